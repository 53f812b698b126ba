"""Run our browser modules on data, under node where it is installed, else in Chromium."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MODULES = tuple(
    ROOT / path
    for path in (
        "static/js/rules.js",
        "static/js/taxonomy.js",
        "tests/taxonomy/rule_vectors.mjs",
        "static/js/tree/forest.js",
        "static/js/tree/rows.js",
    )
)

# Modules as data: addresses, so that neither a server nor a package.json is needed. Imports among them are replaced.
LOAD = """async (texts) => {
  const address = (text) => "data:text/javascript," + encodeURIComponent(text);
  const rules = address(texts[0]);
  const taxonomy = address(texts[1].replace("./rules.js", rules));
  const parts = [rules, taxonomy, ...texts.slice(2).map(address)];
  return Object.assign({}, ...(await Promise.all(parts.map((part) => import(part)))));
}"""


def call(function: str, data: Any) -> Any:
    """What `function`, the text of (modules, data) => answer, answers; `modules` has all that our modules export."""
    texts = [module.read_text(encoding="utf-8") for module in MODULES]
    node = shutil.which("node")
    return _in_node(node, function, texts, data) if node else _in_chromium(function, texts, data)


def _in_node(node: str, function: str, texts: list[str], data: Any) -> Any:
    program = f"""
        const {{ readFileSync }} = await import("node:fs");
        const [texts, data] = JSON.parse(readFileSync(0, "utf8"));
        const modules = await ({LOAD})(texts);
        console.log(JSON.stringify(await ({function})(modules, data)));
    """
    done = subprocess.run(
        [node, "--input-type=module", "--eval", program],
        input=json.dumps([texts, data]),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _in_chromium(function: str, texts: list[str], data: Any) -> Any:
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        except api.Error as error:
            pytest.skip(f"neither node nor Chromium is here: {error.message.splitlines()[0]}")
        script = f"async ([texts, data]) => ({function})(await ({LOAD})(texts), data)"
        answer = browser.new_page().evaluate(script, [texts, data])
        browser.close()
    return answer

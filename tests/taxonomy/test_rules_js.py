"""The browser's rules answer as the server's do: the shared vectors and random books, under node or in Chromium."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from taxonomy.rules import Node, Rule, RuleBook
from tests.taxonomy.test_rules import VECTORS, as_json

ROOT = Path(__file__).parents[2]
RULES_JS = ROOT / "static/js/rules.js"
RUNNER = ROOT / "tests/taxonomy/rule_vectors.mjs"


def test_the_shared_vectors():
    assert differences(VECTORS) == []


def test_random_books_are_answered_alike():
    rng = random.Random(5)
    nodes = [[id, rng.choice([None, *range(1, id)]) if id > 1 else None, rng.random() < 0.9] for id in range(1, 13)]
    vectors = [random_vector(rng, nodes) for _ in range(300)]

    assert differences({"nodes": nodes, "vectors": vectors}) == []


def random_vector(rng: random.Random, nodes: list[list]) -> dict[str, object]:
    """Rules, sets, and the server's answers."""
    rules = []
    for id in range(rng.randint(1, 8)):
        kind = rng.choice(["excludes", "requires", "at_most_one_child", "co_occurs"])
        others = [rng.randint(1, 12) for _ in range(rng.randint(1, 3))]
        rules.append({"id": id, "kind": kind, "subject": rng.randint(1, 12), "others": others, "line": None})
    book = RuleBook.compile(
        [Node(*node) for node in nodes], [Rule(**rule | {"others": tuple(rule["others"])}) for rule in rules]
    )
    sets = [rng.sample(range(1, 14), rng.randint(0, 9)) for _ in range(4)]
    cases = [{"tags": tags, "conflicts": [as_json(conflict) for conflict in book.conflicts(tags)]} for tags in sets]
    return {"about": "random", "line": None, "rules": rules, "conflicts": cases}


def differences(vectors: dict[str, object]) -> list[str]:
    """What rules.js answers otherwise."""
    node = shutil.which("node")
    return _in_node(node, vectors) if node else _in_chromium(vectors)


def _in_node(node: str, vectors: dict[str, object]) -> list[str]:
    # Modules as data: addresses: node would take a .js file without package.json for an old-style script.
    program = f"""
        const {{ readFileSync: read }} = await import("node:fs");
        const load = (path) => import("data:text/javascript," + encodeURIComponent(read(path, "utf8")));
        const {{ RuleBook }} = await load({json.dumps(str(RULES_JS))});
        const {{ differences }} = await load({json.dumps(str(RUNNER))});
        console.log(JSON.stringify(differences(RuleBook, JSON.parse(read(0, "utf8")))));
    """
    done = subprocess.run(
        [node, "--input-type=module", "--eval", program], input=json.dumps(vectors), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _in_chromium(vectors: dict[str, object]) -> list[str]:
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        except api.Error as error:
            pytest.skip(f"neither node nor Chromium is here: {error.message.splitlines()[0]}")
        script = """async ([rules, runner, vectors]) => {
            const load = (text) => import("data:text/javascript," + encodeURIComponent(text));
            const [{ RuleBook }, { differences }] = [await load(rules), await load(runner)];
            return differences(RuleBook, vectors);
        }"""
        found = browser.new_page().evaluate(script, [RULES_JS.read_text(), RUNNER.read_text(), vectors])
        browser.close()
    return found

"""Every page of the product, looked at by axe in light and in dark: nothing serious may be found.

A page without parameters is looked at because it has a row in the table of permissions; one with parameters needs an
example in the filled site (`filled_site.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page

from tests.browser.filled_site import make_site
from tests.test_permissions import TABLE

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Parts of pages, files, what only answers programs or leads elsewhere; the API's own page is not ours.
NOT_PAGES = {
    "quality/<slug:page>/<slug:table>.csv",
    "export/",
    "faces/photos/<int:pk>.jpg",
    "imports/<int:pk>/errors.csv",
    "review/",
    "review/next/",
    "review/<int:pk>/guideline/<int:tag>/",
    "sign-in/",  # looked at by itself, before anybody signed in
    "suggestions/",
    "tags/<int:pk>/figures/",
    "tags/counts.json",
    "taxonomy/file/current.json",
    "taxonomy/guidelines/<int:pk>/examples/",
    "taxonomy/guidelines/clips/",
    "taxonomy/guidelines/picked/",
    "taxonomy/rules/tags/",
    "taxonomy/versions/<int:number>.json",
    "videos/<int:pk>/reviews/",
}
PAGES = [
    route
    for route, allowed in TABLE.items()
    if "GET" in allowed and not route.startswith("api/") and "(?P" not in route and route not in NOT_PAGES
]
# What people have before them all day is looked at with every change; the rest by `make test-all`.
MAIN = {
    "",
    "adjudication/<slug:line>/<int:video>/",
    "faces/",
    "history/",
    "models/",
    "people/",
    "quality/",
    "review/<int:pk>/",
    "second-looks/",
    "taxonomy/",
    "taxonomy/change-sets/<int:pk>/",
    "taxonomy/tags/<int:pk>/",
    "videos/",
    "videos/<int:pk>/",
}
GRAVE = {"serious", "critical"}
LOOK = """async (rules) => {
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));  // in the colours asked for
  const found = await axe.run(document, { resultTypes: ["violations"], ...rules });
  return found.violations.map((each) => ({
    rule: each.id, impact: each.impact, help: each.help,
    nodes: each.nodes.map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`),
  }));
}"""
DRAWN = {"/taxonomy/": "[role=treeitem]"}  # what a page's scripts draw from what they ask for
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}  # all that the dark changes


@pytest.fixture
def found_on(window, tmp_path):
    """What axe finds on the pages of these routes, in one line each."""

    def found_on(routes: Iterable[str]) -> list[str]:
        site = make_site(tmp_path)
        # The security policy lets no script in that is not ours, so not axe either.
        opened = window(site.person, bypass_csp=True)
        opened.add_init_script(path=AXE_FILE_PATH)
        page = opened.new_page()
        found = [violations(page, site.examples.get(route, f"/{route}")) for route in routes]
        opened.clear_cookies()
        return [*chain.from_iterable(found), *violations(page, "/sign-in/")]

    return found_on


def violations(page: Page, path: str) -> list[str]:
    page.emulate_media(color_scheme="light")
    answer = page.goto(path)
    if not answer or answer.status != 200 or page.locator("main").count() != 1:
        return [
            f"{path} is no page of its own ({answer and answer.status}): give it an example or name it in NOT_PAGES"
        ]
    if drawn := DRAWN.get(path):
        page.locator(drawn).first.wait_for()
    found = page.evaluate(LOOK, {})
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(LOOK, COLOURS)
    return [
        f"{path}: {each['rule']} ({each['impact']}): {each['help']}\n    " + "\n    ".join(each["nodes"][:5])
        for each in found
        if each["impact"] in GRAVE
    ]


def test_axe_finds_nothing_serious_on_the_main_pages(found_on):
    assert not (found := found_on(sorted(MAIN))), "\n".join(found)


@pytest.mark.slow
def test_axe_finds_nothing_serious_on_any_other_page(found_on):
    assert not (found := found_on(route for route in PAGES if route not in MAIN)), "\n".join(found)

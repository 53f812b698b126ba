"""The browser's taxonomy, loaded from a published version."""

import pytest

from taxonomy import names, versions
from taxonomy.models import Rule, Tag
from tests.factories import make_line, make_tag
from tests.taxonomy import modules

pytestmark = pytest.mark.django_db


def named(name: str, *aliases: str, zh: str = "", **kw) -> Tag:
    tag = make_tag(name, **kw)
    names.follow(tag)
    if zh:
        names.make(tag, zh, language="zh", preferred=True).save()
    for alias in aliases:
        names.make(tag, alias, language=names.language(alias)).save()
    return tag


def ask(expression: str, **values):
    """Evaluate an expression about `taxonomy`, the version published now."""
    content = versions.read(versions.publish())
    function = (
        f"({{ Taxonomy }}, {{ content, values }}) => {{ const taxonomy = new Taxonomy(content); return {expression}; }}"
    )
    return modules.call(function, {"content": content, "values": values})


def found(*queries: str) -> list[list[str]]:
    """The names of the tags found by each query."""
    return ask(
        'values.queries.map((query) => taxonomy.search(query).map(({ id }) => taxonomy.label(id, "en")))',
        queries=queries,
    )


def test_names_aliases_pinyin_and_initials_are_found():
    named("Basketball", "hoops", zh="篮球")

    assert found("bask", "HOOP", "篮", "lanqiu", "lan qiu", "lq", "ｈoops") == [["Basketball"]] * 7


def test_the_best_answers_come_first():
    for name in ("Fireball", "Hand ball", "Ballet", "Ball"):
        named(name)

    assert found("ball") == [["Ball", "Ballet", "Hand ball", "Fireball"]]


def test_small_typing_errors_are_forgiven_where_nothing_else_is_found():
    named("Basketball")
    named("Baseball")

    assert found("baksetb", "basketbll", "bseball", "xyzzy", "bal") == [
        ["Basketball"],
        ["Basketball"],
        ["Baseball"],
        [],
        ["Baseball", "Basketball"],
    ]


def test_at_most_twenty_are_found():
    for n in range(30):
        named(f"Ball {n}")

    assert [len(tags) for tags in found("ball")] == [20]


def test_only_what_may_be_given_is_found():
    named("Ball A", assignable=False)
    named("Ball B", state="deprecated")
    named("Ball C")

    assert found("ball", "", "  ") == [["Ball C"], [], []]


def test_a_tag_knows_its_place_and_its_siblings():
    root = named("Sports", zh="体育")
    ball = named("Ball", parent=root)
    fight = named("Fight", parent=root, position=1)
    named("Old", parent=root, state="deprecated")
    leo = named("Leo", kind="person")

    answer = ask(
        """{
        path: taxonomy.path(values.ball), place: taxonomy.place(values.ball, "zh-hans"),
        kind: taxonomy.kind(values.leo),
        siblings: taxonomy.siblings(values.ball), none: taxonomy.siblings(values.leo), top: taxonomy.children(),
        unknown: taxonomy.label(0, "en"),
        }""",
        ball=ball.pk,
        leo=leo.pk,
    )

    assert answer == {
        "path": [root.pk],
        "place": ["体育"],
        "kind": "person",
        "siblings": [fight.pk],
        "none": [],
        "top": [root.pk],
        "unknown": "#0",
    }


def test_its_rule_book_knows_the_business_line():
    line, rain, sun = make_line(slug="ads"), named("Rain"), named("Sun")
    Rule.objects.create(kind="excludes", subject=rain, business_line=line).others.add(sun)

    counts = ask(
        '[null, "ads", "search"].map((line) => taxonomy.book(line).conflicts(values.tags).length)',
        tags=[rain.pk, sun.pk],
    )

    assert counts == [0, 1, 0]


def test_a_merged_tag_leads_on():
    last = named("Rain")
    first = named("Drizzle", state="merged", merged_into=last)

    assert ask("taxonomy.resolve(values.tag)", tag=first.pk) == last.pk

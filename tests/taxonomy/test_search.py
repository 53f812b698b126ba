"""Finding tags on the server."""

import pytest
from django.utils import translation

from taxonomy import names, search
from taxonomy.models import Tag
from tests.factories import make_tag

pytestmark = pytest.mark.django_db


def named(name: str, *aliases: str, **kw) -> Tag:
    tag = make_tag(name, **kw)
    names.follow(tag)
    for alias in aliases:
        names.make(tag, alias, language=names.language(alias)).save()
    return tag


def found(query: str, **kw) -> list[str]:
    return [answer.name for answer in search.search(query, **kw)]


def test_a_tag_is_found_by_the_beginning_of_its_name_in_any_case():
    named("Basketball")

    assert found("bAsk") == ["Basketball"]


@pytest.mark.parametrize("query", ["hoops", "篮", "篮球", "lanqiu", "lanq", "lq", "LAN QIU", "ＨＯＯＰＳ"])
def test_aliases_and_pinyin_find_it_too(query):
    named("Basketball", "hoops", "篮球")

    assert found(query) == ["Basketball"]


def test_whole_names_come_before_beginnings_before_words_before_parts():
    for name in ("Fireball", "Hand ball", "Ballet", "Ball"):
        named(name)

    assert found("ball") == ["Ball", "Ballet", "Hand ball", "Fireball"]


def test_a_tag_is_found_once_by_its_best_name():
    named("Ball", "Ballon", "ball game")

    [answer] = search.search("ball")

    assert answer.matched == "Ball"


def test_the_way_through_the_tree_comes_with_it():
    sports = named("Sports")
    ball = named("Ball games", parent=sports)
    named("Basketball", parent=ball)

    [answer] = search.search("basketb")

    assert answer.path == ("Sports", "Ball games")


def test_names_are_shown_in_the_readers_language():
    tag = named("Basketball")
    names.make(tag, "篮球", language="zh", preferred=True).save()

    with translation.override("zh-hans"):
        assert found("basket") == ["篮球"]


def test_retired_tags_are_not_found():
    for state in ("draft", "deprecated"):
        named(f"Ball {state}", state=state)

    assert found("ball") == []


def test_abstract_tags_are_found_unless_somebody_wants_to_give_one():
    named("Ball", assignable=False)

    assert (found("ball"), found("ball", assignable=True)) == (["Ball"], [])


@pytest.mark.parametrize("query", ["", "  ", "%", "_", "\\", "'; DROP", "\x00"])
def test_odd_queries_find_nothing(query):
    named("Ball")

    assert found(query) == []


def test_no_more_than_the_limit_in_few_queries(django_assert_max_num_queries):
    for n in range(30):
        named(f"Ball {n}")

    with django_assert_max_num_queries(4):
        assert len(found("ball", limit=7)) == 7

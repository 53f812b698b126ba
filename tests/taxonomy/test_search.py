"""Finding tags on the server."""

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from taxonomy import names, search, search_keys
from taxonomy.models import Tag, TagName, TagWord
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


def test_who_asks_for_other_states_finds_them():
    for state in ("draft", "deprecated"):
        named(f"Ball {state}", state=state)

    assert found("ball", states=["draft", "deprecated"]) == ["Ball draft", "Ball deprecated"]


def test_the_api_finds_the_states_it_is_asked_for(client, sign_in):
    sign_in("editor")
    named("Ball", state="deprecated")

    assert client.get("/api/tags/?q=ball").json() == []
    assert [tag["name"] for tag in client.get("/api/tags/?q=ball&states=active,deprecated").json()] == ["Ball"]
    assert client.get("/api/tags/?q=ball&states=gone").status_code == 400


@pytest.mark.parametrize("typed", ["basektball", "baskeball", "basketbsll", "baskketball", "bsket", "lanqui", "蓝球"])
def test_small_slips_are_forgiven(typed):
    named("Basketball", "篮球")
    named("Base camp")

    assert found(typed) == ["Basketball"]


def test_a_slip_in_one_of_several_words_is_forgiven():
    named("Hand ball")
    named("Hand cream")

    assert found("hand bakl") == ["Hand ball"]
    assert found("hadn ball") == ["Hand ball"]


def test_a_word_that_exists_is_not_taken_for_another():
    for name in ("Marten", "Martin"):
        named(name)

    assert found("martin") == ["Martin"]


def test_three_letters_are_taken_as_they_are():
    named("Cat")

    assert found("cet") == []


def test_words_may_come_in_any_order():
    named("Street dance contest")

    assert found("contest str") == ["Street dance contest"]


def test_the_shortest_of_very_many_names_come_first():
    tags = [make_tag(f"Ball {'x' * (180 - n % 170)}{n}") for n in range(300)]
    TagName.objects.bulk_create(names.make(tag, tag.name, language="en") for tag in tags)

    answers = found("ball", limit=20)

    assert [len(name) for name in answers] == sorted(len(tag.name) for tag in tags)[:20]


@given(st.text("abc篮球 éß-", max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_makes_the_same_keys_of_a_word(word):
    with connection.cursor() as cursor:
        cursor.execute("SELECT taxonomy_word_keys(%s)", [word])
        [(keys,)] = cursor.fetchall()

    assert set(keys) == search_keys.word_keys(word)


def test_words_are_kept_however_a_name_is_written():
    tag = make_tag("Ball")
    TagName.objects.bulk_create([names.make(tag, "Hand ball", language="en")])
    TagName.objects.update(normalised="foot ball")

    assert set(TagWord.objects.values_list("text", flat=True)) == {"hand", "ball", "foot"}


@given(st.text("重庆长大银行音乐快乐abc 12", max_size=10))
def test_pinyin_is_that_of_the_whole_text(text):
    folded = search_keys.fold(text)
    whole = "".join(part.strip() for part in lazy_pinyin(folded))

    assert search_keys.keys(text).pinyin == (whole.replace(" ", "") if search_keys.is_chinese(text) else "")

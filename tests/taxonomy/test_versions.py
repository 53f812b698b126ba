"""Published versions and the rule books compiled from them."""

import pytest

from taxonomy import names, rulebook, versions
from taxonomy.models import Rule, Tag, TagName, TaxonomyVersion
from tests.factories import make_line, make_tag, make_user

pytestmark = pytest.mark.django_db


def make_rule(kind: str, subject: Tag, *others: Tag, **kw) -> Rule:
    rule = Rule.objects.create(kind=kind, subject=subject, **kw)
    rule.others.set(others)
    return rule


def test_the_first_version_is_number_one():
    make_tag("Rain")
    editor = make_user("editor")

    version = versions.publish("The beginning", editor)

    assert (version.number, version.comment, version.author) == (1, "The beginning", editor)
    assert versions.read(version)["tags"]["name"] == ["Rain"]


def test_publishing_what_did_not_change_returns_the_newest_version():
    make_tag("Rain")

    assert versions.publish() == versions.publish() == versions.current()


@pytest.mark.parametrize(
    "change",
    [
        lambda tag: Tag.objects.update(name="Snow"),
        lambda tag: Tag.objects.update(assignable=False),
        lambda tag: Tag.objects.update(state="deprecated"),
        lambda tag: TagName.objects.create(tag=tag, language="zh", text="下雨"),
        lambda tag: make_rule("excludes", tag, make_tag()),
    ],
)
def test_each_change_makes_a_new_version(change):
    tag = make_tag("Rain")
    versions.publish()

    change(tag)

    assert versions.publish().number == 2


def test_an_empty_taxonomy_can_be_published():
    assert versions.read(versions.publish())["tags"]["id"] == []


def test_publishing_costs_the_same_for_any_size(django_assert_num_queries):
    for _ in range(3):
        make_rule("excludes", make_tag(), make_tag(), make_tag())

    with django_assert_num_queries(14):  # as many for the annex as for the content
        versions.publish()


def test_the_main_name_is_found_by_pinyin_without_a_row_of_its_own():
    make_tag("篮球")

    [[name]] = versions.read(versions.publish())["tags"]["names"]

    assert name == ["zh", "篮球", 0, "lanqiu", "lq"]


def test_a_rule_book_answers_for_its_business_line():
    line, rain, sun = make_line(), make_tag(), make_tag()
    make_rule("excludes", rain, sun, business_line=line)
    versions.publish()

    assert rulebook.load(line=line.pk).conflicts([rain.pk, sun.pk])
    assert not rulebook.load().conflicts([rain.pk, sun.pk])


def test_an_older_version_keeps_its_rules():
    rain, sun = make_tag(), make_tag()
    versions.publish()
    make_rule("excludes", rain, sun)
    versions.publish()

    assert not rulebook.load(1).conflicts([rain.pk, sun.pk])
    assert rulebook.load(2).conflicts([rain.pk, sun.pk])
    assert rulebook.load() is rulebook.load(2)


def test_before_the_first_version_nothing_is_known():
    assert 1 not in rulebook.load()


def test_a_known_rule_book_costs_one_query(django_assert_num_queries):
    make_tag()
    versions.publish()
    rulebook.load()

    with django_assert_num_queries(1):
        rulebook.load()


def test_only_active_tags_may_be_given():
    tags = {state: make_tag(state=state) for state in ("draft", "active", "deprecated")}
    versions.publish()

    assert [state for state, tag in tags.items() if rulebook.load().assignable(tag.pk)] == ["active"]


def test_a_merged_tag_leads_to_where_it_went_and_its_rules_follow():
    last, other = make_tag(), make_tag()
    middle = make_tag(state="merged", merged_into=last)
    first = make_tag(state="merged", merged_into=middle)
    make_rule("excludes", first, other)
    versions.publish()

    assert rulebook.resolve(first.pk) == last.pk
    assert rulebook.load().conflicts([last.pk, other.pk])
    assert TaxonomyVersion.objects.count() == 1


def test_a_renamed_tag_keeps_one_main_name():
    tag = make_tag("Rain")
    names.follow(tag)
    tag.name = "Snow"

    names.follow(tag, former="Rain")

    assert list(tag.names.values_list("text", "preferred", "normalised")) == [("Snow", True, "snow")]

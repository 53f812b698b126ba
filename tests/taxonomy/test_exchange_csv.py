"""Taxonomies as CSV: in, out, and refused."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotation.demo import world
from taxonomy import rulebook, search, versions
from taxonomy.exchange import csv, csv_writing, importing
from taxonomy.exchange.rows import Refused
from taxonomy.models import Rule, Tag, TagName, TaxonomyVersion
from tests.factories import make_line

pytestmark = pytest.mark.django_db


def load(text: str, rules: str | None = None, **kw) -> importing.Report:
    return importing.run(csv.read(text.encode(), None if rules is None else rules.encode()), **kw)


def refusals(text: str, rules: str | None = None) -> list[tuple[int, str]]:
    with pytest.raises(Refused) as caught:
        load(text, rules)
    assert not TaxonomyVersion.objects.exists()
    return [(problem.line, problem.reason) for problem in caught.value.problems]


def test_a_tree_is_imported_whatever_the_order_of_its_rows():
    report = load("id,name,parent\nb,Ball,s\ns,Sports,\nk,Basketball,b\n")

    assert (report.created, report.version.number) == (3, 1)
    assert list(Tag.objects.order_by("depth").values_list("code", "depth", "parent__code")) == [
        ("s", 1, None),
        ("b", 2, "s"),
        ("k", 3, "b"),
    ]


def test_names_and_aliases_of_both_languages_can_be_searched():
    load("id,name,name_zh,aliases\nk,Basketball,篮球,hoops|打球\n")

    assert set(TagName.objects.values_list("language", "text", "preferred")) == {
        ("en", "Basketball", True),
        ("zh", "篮球", True),
        ("en", "hoops", False),
        ("zh", "打球", False),
    }
    assert [search.search(query)[0].name for query in ("hoop", "lanqiu", "dq")] == ["Basketball"] * 3


def test_a_header_with_parent_id_is_understood():
    load("\ufeffid,name,parent_id\r\n1,舞蹈,\r\n2,街舞,1\r\n")

    assert Tag.objects.get(code="2").parent.name == "舞蹈"
    assert search.search("jw")[0].name == "街舞"


def test_other_headers_can_be_named():
    taxonomy = csv.read(b"Key,Label\nx,Rain\n", columns={"id": "Key", "name": "Label"})

    assert importing.run(taxonomy).created == 1


def test_importing_again_changes_nothing():
    text = "id,name,name_zh,parent,kind,aliases,assignable\ns,Sports,体育,,category,a|b,no\nl,Leo,,,person,,yes\n"
    load(text)

    again = load(text)

    assert (again.created, again.changed, again.unchanged, again.version.number) == (0, 0, 2, 1)


def test_known_tags_are_changed_and_others_stay():
    load("id,name,parent,aliases\ns,Sports,,\nf,Food,,\nb,Ball,s,old\n")

    report = load("id,name,parent,aliases\nb,Balls,f,new\n")

    ball = Tag.objects.get(code="b")
    assert (report.created, report.changed) == (0, 1)
    assert (ball.name, ball.parent.code, ball.depth) == ("Balls", "f", 2)
    assert set(ball.names.values_list("text", flat=True)) == {"Balls", "new"}
    assert Tag.objects.count() == 3


def test_what_the_file_does_not_speak_of_stays():
    load("id,name,kind,aliases,assignable\nl,Leo,person,captain,no\n")

    load("id,name\nl,Leo\n")

    tag = Tag.objects.get()
    assert (tag.kind, tag.assignable) == ("person", False)
    assert set(tag.names.values_list("text", flat=True)) == {"Leo", "captain"}


def test_a_branch_can_be_turned_upside_down():
    load("id,name,parent\na,A,\nb,B,a\nc,C,b\n")

    load("id,name,parent\nc,C,\nb,B,c\na,A,b\n")

    assert list(Tag.objects.order_by("depth").values_list("code", flat=True)) == ["c", "b", "a"]


def test_rules_come_from_columns_or_from_a_file():
    make_line(slug="ads")
    load(
        "id,name,excludes,requires\na,A,b|c,\nb,B,,\nc,C,,a|b\n",
        "kind,subject,others,business_line,weight,note\nco_occurs,a,c,,0.5,often\nat_most_one_child,a,,ads,,\n",
    )

    assert Rule.objects.count() == 5
    a, b = Tag.objects.get(code="a").pk, Tag.objects.get(code="b").pk
    assert rulebook.load().conflicts([a, b])


def test_a_dry_run_tells_and_changes_nothing():
    report = load("id,name\na,Rain\n", dry_run=True)

    assert (report.created, report.changes, report.version) == (1, ("new: Rain (a)",), None)
    assert not Tag.objects.exists()
    assert not TaxonomyVersion.objects.exists()


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("id,name,parent\na,A,b\nb,B,a\n", 2, "is its own ancestor"),
        ("id,name,parent\na,A,a\n", 2, "is its own ancestor"),
        ("id,name,parent\na,A,\nb,B,\nc,C,a\nc,C,b\n", 5, "second parent"),
        ("id,name\na,A\na,B\n", 3, "stands on line 2 already"),
        ("id,name,parent\na,A,zz\n", 2, "there is no parent zz"),
        ("id,name,parent\n" + "\n".join(f"{n},T,{n - 1 or ''}" for n in range(1, 9)), 8, "deeper than 6"),
        ("id,name\n,A\n", 2, "the id is missing"),
        ("id,name\na,\n", 2, "the name is missing"),
        ("id\na\n", 1, "the column name is missing"),
        ("", 1, "is missing"),
        ("id,name,id\n", 1, "same name"),
        ("id,name,kind\na,A,thing\n", 2, "unknown kind thing"),
        ("id,name,kind,parent\na,A,,\nb,B,person,a\n", 3, "an open tag has no parent"),
        (f"id,name\na,{'x' * 201}\n", 2, "more than 200"),
        ("id,name\na,A,B\n", 2, "more cells"),
        ('id,name\na,"A\n', 2, "unexpected end of data"),
        ("id,name\na,A\x00\n", 2, "null character"),
        ("id,name,excludes\na,A,q\n", 2, "there is no tag q"),
        ('id,name\na,"two\nlines"\nb,\n', 4, "the name is missing"),
    ],
)
def test_bad_input_is_refused_with_line_and_reason(text, line, reason):
    assert any(number == line and reason in told for number, told in refusals(text)), refusals(text)
    assert not Tag.objects.exists()


def test_a_file_in_another_encoding_is_refused():
    with pytest.raises(Refused, match="line 3: the file is not in UTF-8"):
        importing.run(csv.read("id,name\na,A\nb,篮球\n".encode("gbk")))


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ("kind,subject,others\nhates,a,a\n", "unknown kind hates"),
        ("kind,subject,others\nexcludes,a,\n", "the other tags are missing"),
        ("kind,subject,others,business_line\nexcludes,a,a,tv\n", "there is no business line tv"),
        ("kind,subject,others,weight\nco_occurs,a,a,much\n", "the weight is not a number"),
        ("kind,subject,others,weight\nco_occurs,a,a,nan\n", "the weight is not a number"),
        ("subject\na\n", "the column kind is missing"),
    ],
)
def test_bad_rules_are_refused(rules, reason):
    assert any(reason in told for _line, told in refusals("id,name\na,A\n", rules))


def test_a_move_below_ones_own_branch_is_refused():
    load("id,name,parent\na,A,\nb,B,a\n")

    with pytest.raises(Refused, match="is its own ancestor"):
        load("id,name,parent\na,A,b\n")


def test_a_move_that_pushes_a_branch_too_deep_is_refused():
    load("id,name,parent\n" + "\n".join(f"{n},T,{n - 1 or ''}" for n in range(1, 7)) + "\nroot,R,\n")

    with pytest.raises(Refused, match="deeper than 6"):
        load("id,name,parent\n1,T,root\n")


def test_export_then_import_is_the_identity():
    for slug in world.lines():
        make_line(slug=slug)
    importing.run(csv.read(world.TAXONOMY.read_bytes(), (world.FOLDER / "rules.csv").read_bytes()))
    tag = Tag.objects.get(code="basketball")
    TagName.objects.create(tag=tag, language="ja", text="バスケ", normalised="バスケ")
    Tag.objects.filter(code="football").update(state="deprecated")
    before = versions.publish()
    tags, rules = "".join(csv_writing.tags()), "".join(csv_writing.rules())

    report = load(tags, rules)

    assert (report.created, report.changed, report.rules, report.version) == (0, 0, 0, before)
    assert "".join(csv_writing.tags()) == tags


def test_the_demo_taxonomy_keeps_its_promises():
    for slug in world.lines():
        make_line(slug=slug)

    report = importing.run(csv.read(world.TAXONOMY.read_bytes(), (world.FOLDER / "rules.csv").read_bytes()))

    assert report.created == len(world.tags())
    assert report.rules == len(world.rules())


def test_the_commands_import_and_export(tmp_path: Path):
    file, rules = tmp_path / "tags.csv", tmp_path / "rules.csv"
    file.write_text("id,name,excludes\na,Rain,b\nb,Sun,\n")
    told = StringIO()

    call_command("import_taxonomy", file, dry_run=True, stdout=told)
    call_command("import_taxonomy", file, stdout=told)
    call_command("export_taxonomy", tmp_path / "out.csv", rules=rules)

    assert "a dry run" in told.getvalue()
    assert "version 1" in told.getvalue()
    assert "a,,category,active,yes,Rain,Rain,,," in (tmp_path / "out.csv").read_text()
    assert "excludes,a,b" in rules.read_text()


def test_the_command_says_why_it_refuses(tmp_path: Path):
    file = tmp_path / "tags.csv"
    file.write_text("id,name,parent\na,Rain,zz\n")

    with pytest.raises(CommandError, match="line 2: there is no parent zz"):
        call_command("import_taxonomy", file)

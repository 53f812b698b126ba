"""Tables and folders in, videos out; what is wrong with a row is said at its line."""

import json
from pathlib import Path

import pytest

from tagging import intake, signals
from tagging.models import Import, Video
from tagging.tables import Unreadable
from taxonomy import versions
from tests.factories import make_line, make_tag

pytestmark = pytest.mark.django_db


def imported(path: Path, content: str | bytes, **kw) -> Import:
    """Write the file, import it whole."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return intake.run(intake.start(path, **{"source": "s"} | kw))


def errors(import_: Import) -> list[tuple[int, str, str]]:
    return [(error.line, error.field, error.reason) for error in import_.errors.all()]


def titles() -> list[str]:
    return list(Video.objects.order_by("external_id").values_list("title", flat=True))


def test_a_csv_becomes_videos(tmp_path):
    done = imported(tmp_path / "a.csv", "id,title,author\n1,One,Ann\n2,Two,Bo\n")

    assert (done.state, done.position, done.imported, done.known, done.failed) == ("done", 2, 2, 0, 0)
    first = Video.objects.get(external_id="1")
    assert (first.title, first.uploader, first.source, first.media_state) == ("One", "Ann", "s", "none")
    assert (first.imported_by, first.import_line) == (done, 2)


def test_the_same_file_again_imports_nothing(tmp_path):
    imported(tmp_path / "a.csv", "id,title\n1,One\n2,Two\n")
    again = imported(tmp_path / "a.csv", "id,title\n1,One\n2,Two\n3,Three\n")

    assert (again.imported, again.known) == (1, 2)


def test_of_two_rows_with_one_id_the_first_is_taken(tmp_path):
    done = imported(tmp_path / "a.csv", "id,title\n1,First\n1,Second\n")

    assert (done.imported, done.known, titles()) == (1, 1, ["First"])


def test_a_row_without_id_is_known_by_its_text(tmp_path):
    imported(tmp_path / "a.csv", "title\nOne\nTwo\n")
    again = imported(tmp_path / "b.csv", "title\nTwo\nThree\n")

    assert (again.imported, again.known) == (1, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_are_found(tmp_path, encoding, delimiter):
    table = f"视频id{delimiter}标题{delimiter}作者\n7{delimiter}晚饭后，运动一下！{delimiter}张三\n"
    imported(tmp_path / "a.csv", table.encode(encoding))

    video = Video.objects.get()
    assert (video.external_id, video.title, video.uploader) == ("7", "晚饭后，运动一下！", "张三")


def test_a_file_in_no_known_encoding_is_refused_clearly(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,title\n1,One\n", encoding="utf-16")
    with pytest.raises(Unreadable, match="UTF-16"):
        intake.start(path, source="s")

    path.write_bytes(b"id,title\n1,\xff\xff\xff\n")
    with pytest.raises(Unreadable, match="neither UTF-8 nor GB18030"):
        intake.start(path, source="s")


def test_one_bad_byte_does_not_make_utf8_another_encoding(tmp_path):
    good = "".join(f"{n},中文标题\n" for n in range(10))
    done = imported(tmp_path / "a.csv", ("id,title\n" + good).encode() + b"x,bad \xff byte\n")

    assert done.imported == 11
    assert Video.objects.get(external_id="x").title == "bad \ufffd byte"
    assert Video.objects.get(external_id="3").title == "中文标题"


def test_rows_of_wrong_shape_are_errors_and_the_others_are_imported(tmp_path):
    done = imported(tmp_path / "a.csv", 'id,title\n1,One\n2\n3,Three,more\n\n"4\nx",Four\n5,Five\n')

    assert (done.imported, done.failed) == (3, 2)
    assert [line for line, _field, _reason in errors(done)] == [3, 4]
    assert Video.objects.get(external_id="5").import_line == 8


def test_a_quote_never_closed_costs_its_own_rows_only(tmp_path):
    rest = "".join(f"{n},{'x' * 100}\n" for n in range(2000))
    done = imported(tmp_path / "a.csv", f'id,title\na,One\nb,"open\n{rest}')

    assert done.failed == 1
    assert errors(done)[0][0] == 3
    assert done.imported > 500


def test_jsonl_takes_numbers_lists_and_says_what_is_no_object(tmp_path):
    lines = [
        json.dumps({"id": 1, "caption": "One"}),
        "not json",
        "[1]",
        "",
        json.dumps({"id": 2, "caption": {"zh": "二"}}),
        "[" * 100_000,
        json.dumps({"id": 3}),
    ]
    done = imported(tmp_path / "a.jsonl", "\n".join(lines))

    assert (done.imported, done.failed) == (2, 4)
    assert [(line, field) for line, field, _reason in errors(done)] == [(2, ""), (3, ""), (5, "title"), (6, "")]


def test_text_the_database_cannot_hold_is_cleaned(tmp_path):
    record = '{"id": "1", "title": "nul \\u0000 half \\ud83d"}\n{"id": "a\\u0000b", "title": "x"}\n'
    done = imported(tmp_path / "a.jsonl", record)

    assert titles() == ["nul  half \ufffd"]
    assert errors(done)[0][:2] == (2, "external_id")


def test_texts_too_long_are_refused(tmp_path):
    done = imported(tmp_path / "a.csv", f"id,title\n1,{'x' * 2001}\n2,ok\n")

    assert (done.imported, errors(done)[0][:2]) == (1, (2, "title"))


def test_columns_may_be_named_by_hand(tmp_path):
    imported(tmp_path / "a.csv", "a,b\n1,One\n", mapping={"external_id": "a", "title": "b"})

    assert titles() == ["One"]


def test_an_unknown_column_or_field_is_refused_with_the_known_ones(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,One\n")
    with pytest.raises(intake.IntakeError, match="it has: a, b"):
        intake.start(tmp_path / "a.csv", source="s", mapping={"title": "c"})
    with pytest.raises(intake.IntakeError, match="external_id, title"):
        intake.start(tmp_path / "a.csv", source="s", mapping={"titel": "a"})


@pytest.fixture
def published():
    return versions.publish()


@pytest.fixture
def given(published):
    """(external id, tag) of each tag that came in, as a listener of the signal sees them."""
    pairs = []

    def listen(sender, import_, **kw):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT external_id, tag_id FROM imported_tags JOIN tagging_video ON id = video_id")
            pairs.extend(cursor.fetchall())

    signals.imported.connect(listen)
    yield pairs
    signals.imported.disconnect(listen)


def test_tags_are_found_by_code_id_name_alias_and_path(tmp_path, given):
    fashion = make_tag("时尚")
    women = make_tag("女装", parent=make_tag("营销售卖", parent=fashion))
    other = make_tag("女装", parent=make_tag("别的"))
    dunk = make_tag("Slam dunk", code="dunk")
    dunk.names.create(language="zh-hans", text="扣篮")
    rows = ["时尚 > 营销售卖 > 女装", "dunk", str(dunk.pk), "ＳＬＡＭ  dunk", "扣篮|时尚", '["别的 › 女装"]']
    table = "id;tags\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(rows)).replace('["', '"[""').replace(
        '"]', '""]"'
    )

    done = imported(tmp_path / "a.csv", table, business_line=make_line())

    assert errors(done) == []
    expected = [women, dunk, dunk, dunk, dunk, other]
    assert sorted(given) == sorted([("4", fashion.pk), *((str(n), tag.pk) for n, tag in enumerate(expected))])


def test_a_tag_that_is_not_in_the_taxonomy_is_an_error_of_its_row(tmp_path, given):
    make_tag("Music")
    make_tag("Twice")
    make_tag("Twice")
    make_tag("Old", state="deprecated")
    make_tag("Group", assignable=False)
    table = "id,tags\n1,Music\n2,Music|Musik\n3,Twice\n4,Old\n5,Group\n6,\n"

    done = imported(tmp_path / "a.csv", table, business_line=make_line())

    assert sorted(Video.objects.values_list("external_id", flat=True)) == ["1", "6"]
    assert [(e.line, e.field, e.value) for e in done.errors.all()] == [
        (3, "tags", "Musik"), (4, "tags", "Twice"), (5, "tags", "Old"), (6, "tags", "Group"),
    ]  # fmt: skip
    assert [external for external, _tag in given] == ["1"]


def test_a_merged_tag_means_the_one_it_was_merged_into(tmp_path, given):
    kept = make_tag("Football")
    middle = make_tag("Soccer game", state="merged", merged_into=kept)
    make_tag("Soccer", state="merged", merged_into=middle)

    imported(tmp_path / "a.csv", "id,tags\n1,Soccer\n", business_line=make_line())

    assert given == [("1", kept.pk)]


def test_tags_of_a_known_video_are_left_alone(tmp_path, given):
    make_tag("Music")
    line = make_line()
    imported(tmp_path / "a.csv", "id,tags\n1,\n", business_line=line)
    imported(tmp_path / "b.csv", "id,tags\n1,Music\n2,Music\n", business_line=line)

    assert [external for external, _tag in given] == ["2"]


def test_tags_need_a_business_line(tmp_path):
    (tmp_path / "a.csv").write_text("id,tags\n1,Music\n")
    with pytest.raises(intake.IntakeError, match="business line"):
        intake.start(tmp_path / "a.csv", source="s", mapping={"tags": "tags"})


def test_tags_need_a_published_taxonomy():
    with pytest.raises(intake.IntakeError, match="published"):
        intake.take([{"title": "One", "tags": ["Music"]}], source="s", business_line=make_line())


def test_a_folder_becomes_videos_with_what_the_files_beside_say(tmp_path):
    folder = tmp_path / "clips"
    (folder / "deep").mkdir(parents=True)
    for name in ("b_second clip.mp4", "a.MP4", "deep/c.webm", "notes.txt", ".hidden.mp4"):
        (folder / name).write_bytes(b"x")
    (folder / "a.json").write_text(json.dumps({"title": "Told", "author": "Ann", "media": "/etc/passwd"}))
    (folder / "deep" / "c.json").write_text("{")

    done = intake.run(intake.start(folder, source="s"))

    assert titles() == ["Told", "b second clip"]
    assert list(Video.objects.order_by("id").values_list("external_id", "media_source", "media_state")) == [
        ("a.MP4", "a.MP4", "pending"), ("b_second clip.mp4", "b_second clip.mp4", "pending"),
    ]  # fmt: skip
    assert errors(done)[0][0] == 3


@pytest.mark.parametrize("media", ["/etc/passwd", "../x.mp4", "a/../../x.mp4", "..\\x.mp4", "\\\\host\\x.mp4"])
def test_a_path_that_leaves_the_media_folder_is_refused(tmp_path, media):
    done = imported(tmp_path / "a.csv", f"id,media\n1,{media}\n2,fine.mp4\n", media_folder=tmp_path)

    assert errors(done) == [(2, "media", "The path leaves the media folder.")]
    assert done.imported == 1


def test_media_need_a_folder_or_an_allowed_host(tmp_path, settings):
    settings.IMPORT_URL_HOSTS = ["cdn.example.com", "http://10.0.0.5:9000"]
    rows = ["https://cdn.example.com/a.mp4", "http://10.0.0.5:9000/b.mp4"]
    bad = [
        "a.mp4", "http://cdn.example.com/a.mp4", "https://cdn.example.com.evil/a", "https://cdn.example.com:81/a",
        "https://user@cdn.example.com/a", "file:///etc/passwd", "http://10.0.0.5:9001/b", "https://[x/a",
    ]  # fmt: skip
    done = imported(tmp_path / "a.csv", "id,media\n" + "".join(f"{m},{m}\n" for m in rows + bad))

    assert (done.imported, done.failed) == (2, len(bad))


def test_rows_given_directly_are_taken_at_once():
    taken = intake.take([{"external_id": "1", "title": "One"}, {"title": 2}, {"title": []}], source="s")

    assert (taken.import_.state, taken.import_.imported, taken.import_.failed) == ("done", 2, 1)
    assert {video.title for video in taken.videos} == {"One", "2"}


def test_a_cancelled_import_stops_and_goes_on_when_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "CHUNK_ROWS", 2)
    path = tmp_path / "a.csv"
    path.write_text("id,title\n" + "".join(f"{n},T\n" for n in range(5)))
    import_ = intake.start(path, source="s")

    stopped = intake.run(import_, report=intake.cancel)
    assert (stopped.state, stopped.position, stopped.imported) == ("cancelled", 2, 2)
    assert intake.run(import_).state == "cancelled"

    assert intake.resume(import_)
    done = intake.run(import_)
    assert (done.state, done.position, done.imported, done.known) == ("done", 5, 5, 0)


def test_a_file_that_is_gone_fails_the_import(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,title\n1,One\n")
    import_ = intake.start(path, source="s")
    path.unlink()

    done = intake.run(import_)

    assert (done.state, done.error) == ("failed", "The file cannot be opened.")

"""What was reviewed and skipped, and the file of all of it."""

import csv
import io
import json
import uuid

import pytest

from annotation import exports, queue, reviews
from annotation.views import history
from tests.annotation.factories import add, claim, make_review, make_task, publish
from tests.factories import make_tag, make_user, make_video

pytestmark = pytest.mark.django_db


def reviewed(line, reviewer, *tags, **kw):
    publish()
    make_task(line, video=make_video(**kw))
    return make_review(claim(reviewer, line), add(*tags))


def test_own_reviews_are_listed_newest_first_page_by_page(client, sign_in, line, monkeypatch):
    monkeypatch.setattr(history, "PAGE", 2)
    reviewer = sign_in(lines=(line,))
    mine = [reviewed(line, reviewer, make_tag()) for _ in range(3)]
    reviewed(line, make_user(), make_tag())

    first = client.get("/history/")
    second = client.get("/history/", {"before": first.context["older"]})

    assert list(first.context["reviews"]) == [mine[2], mine[1]]
    assert list(second.context["reviews"]) == [mine[0]]
    assert second.context["older"] is None


def test_a_video_tells_its_reviews_to_who_works_for_the_line(client, sign_in, line):
    review = reviewed(line, make_user(), make_tag("Slam dunk"))
    address = f"/videos/{review.task.video_id}/reviews/"

    sign_in("annotator", lines=(line,))
    assert "Slam dunk" in client.get(address).content.decode()

    sign_in("annotator")
    assert "Slam dunk" not in client.get(address).content.decode()


def test_skipped_clips_are_put_back_by_admins(client, sign_in, line):
    make_task(line)
    reviewer = make_user()
    task = claim(reviewer, line)
    queue.skip(task.pk, reviewer, task.token, "no sound")
    sign_in("admin")

    assert "no sound" in client.get("/skipped/").content.decode()
    client.post(f"/skipped/{task.pk}/put-back/")

    task.refresh_from_db()
    assert task.state == "waiting"


def test_the_export_has_one_row_for_each_reviewed_video(client, sign_in, line):
    reviewer = make_user()
    reviewed(line, reviewer, make_tag("b", code="b"), make_tag("a", code="a"), title='扣篮 "again"\nand again')
    reviewed(line, reviewer)
    make_task(line)
    sign_in("admin")

    answer = client.get("/export/", {"line": line.slug})
    rows = [json.loads(text) for text in b"".join(answer.streaming_content).decode().splitlines()]

    assert [(row["title"], row["tags"], row["tag_names"]) for row in rows] == [
        ('扣篮 "again"\nand again', ["a", "b"], ["a", "b"]),
        ("A video", [], []),
    ]
    assert rows[0]["reviewers"] == [reviewer.username]


def test_undone_reviews_are_not_exported(line):
    reviewer = make_user()
    reviewed(line, reviewer, make_tag())
    reviews.undo(reviewer=reviewer, operation=uuid.uuid4())

    assert list(exports.jsonl([line])) == []


def test_a_table_cell_never_runs_as_a_formula(line):
    reviewed(line, make_user(), title="=HYPERLINK(1)")

    header, row = csv.reader(io.StringIO(b"".join(exports.as_csv([line])).decode()))

    assert header == exports.COLUMNS
    assert row[2] == "'=HYPERLINK(1)"


def test_only_lines_one_may_see_are_exported(client, sign_in, line):
    sign_in("annotator", lines=(line,))

    assert client.get("/export/").status_code == 403

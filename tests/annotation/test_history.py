"""What was reviewed and skipped, and the file of all of it."""

import csv
import io
import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from annotation import exports, past, queue, reviews
from annotation.agreement import rulings
from annotation.models import Consensus, ReviewTask
from annotation.views import history
from taxonomy import names
from taxonomy.models import TagName
from tests.annotation.factories import add, claim, make_review, make_task, publish
from tests.factories import make_line, make_tag, make_user, make_video

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
    second = client.get("/history/?" + first.context["older"])

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


def test_own_reviews_are_found_by_clip_tag_line_and_whether_they_were_taken_back(client, sign_in, line):
    reviewer = sign_in(lines=(line, other := make_line()))
    names.follow(rain := make_tag("Rain"))
    rainy = reviewed(line, reviewer, rain, title="A walk in the RAIN", external_id="r1")
    snowy = reviewed(other, reviewer, make_tag(), title="Snow")
    reviews.undo(reviewer=reviewer, operation=uuid.uuid4(), review=snowy.pk)

    def found(**asked):
        return list(client.get("/history/", asked).context["reviews"])

    assert found(q="rain") == found(q="r1") == found(tag="rain") == found(line=line.slug) == [rainy]
    assert found(undone="1") == found(line=other.slug) == [snowy]
    assert found(q="rain", line=other.slug) == []
    assert found(before="nonsense", line="of others") == [snowy, rainy]


def test_a_search_goes_on_where_its_window_ended(client, sign_in, line, monkeypatch):
    monkeypatch.setattr(past, "WINDOW", 2)
    reviewer = sign_in(lines=(line,))
    first = reviewed(line, reviewer, title="Rain")
    for _ in range(3):
        reviewed(line, reviewer, title="Snow")

    page = client.get("/history/", {"q": "rain"})

    assert page.context["partial"]
    assert "Search older reviews" in page.content.decode()
    assert list(client.get("/history/?" + page.context["older"]).context["reviews"]) == [first]


def test_a_review_tells_what_all_together_made_of_it(client, sign_in):
    line = make_line(overlap=2)
    rain, snow = make_tag("Rain"), make_tag("Snow")
    reviewer = sign_in(lines=(line,))
    publish()
    video = make_video()
    for slot in (1, 2):
        make_task(line, video=video, slot=slot)
    mine = make_review(claim(reviewer, line), add(rain))
    make_review(claim(make_user(lines=(line,)), line), add(snow))
    given = Consensus.objects.filter(video=video)
    given.filter(tag=rain).update(given=False, ruled=True)
    given.filter(tag=snow).update(given=True, ruled=False)

    assert client.get("/history/").context["reviews"][0].outcomes == []  # it may still be taken back
    ReviewTask.objects.update(done_at=timezone.now() - timedelta(hours=25))
    page = client.get("/history/")

    assert [(row.tag, row.given) for row in page.context["reviews"][0].outcomes] == [(rain, False), (snow, True)]
    text = page.content.decode()
    assert "it was ruled that Rain is not in the clip" in text
    assert "all together gave Snow" in text
    assert f"#review-{mine.pk}" in text


def test_who_is_ruled_against_reads_who_ruled_and_why(client, sign_in):
    line = make_line(overlap=2)
    rain = make_tag("Rain")
    names.follow(rain)
    TagName.objects.create(tag=rain, language="zh", text="雨", preferred=True)
    reviewer = sign_in(lines=(line,))
    publish()
    video = make_video()
    for slot in (1, 2):
        make_task(line, video=video, slot=slot)
    make_review(claim(reviewer, line), add(rain))
    make_review(claim(make_user(lines=(line,)), line), add())
    judge = make_user("editor", first_name="Inês")
    disputed = Consensus.objects.get(tag=rain)
    rulings.rule(disputed, accept=False, adjudicator=judge, seen=0, comment="Only wet streets.")
    ReviewTask.objects.update(done_at=timezone.now() - timedelta(hours=25))  # it can no longer be taken back

    text = " ".join(client.get("/history/").content.decode().split())
    chinese = client.get("/history/", headers={"accept-language": "zh-hans"}).content.decode()

    assert "it was ruled that Rain is not in the clip" in text
    assert "Inês: Only wet streets." in text
    assert "雨" in chinese[chinese.index("outcomes") :].split("</ul>")[0]

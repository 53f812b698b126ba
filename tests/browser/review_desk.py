"""What the tests of the review page are about: a queue of clips, and the page as its user sees it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from annotation.models import ReviewTask
from taxonomy import names, versions
from taxonomy.models import BusinessLine, Guideline, Rule, Tag
from tests.annotation.factories import make_task
from tests.factories import make_line, make_model, make_suggestions, make_tag, make_user, make_video

AT_START = ("/review/next/", "/taxonomy/file/")  # what the page's scripts ask for


def named(text: str, **kw: object) -> Tag:
    tag = make_tag(text, **kw)
    names.follow(tag)
    return tag


@dataclass
class Queue:
    """A business line with one reviewer, a small taxonomy and clips to review, the first one first."""

    line: BusinessLine
    reviewer: User
    dunk: Tag
    street: Tag
    league: Tag
    cheering: Tag
    tasks: list[ReviewTask] = field(default_factory=list)


def make_queue(clips: int = 3) -> Queue:
    """Each clip is proposed “Slam dunk” and “Streetball”; “League game” is their sibling and excludes the latter."""
    line = make_line(name="Recommendation", name_zh="推荐")
    basketball = named("Basketball", assignable=False)
    dunk, street, league = (named(text, parent=basketball) for text in ("Slam dunk", "Streetball", "League game"))
    cheering = named("Crowd cheering", kind="content")
    names.make(cheering, "欢呼", language="zh", preferred=True).save()
    rule = Rule.objects.create(kind="excludes", subject=street)
    rule.others.add(league)
    Guideline.objects.create(tag=dunk, body="The ball goes in from above.")
    queue = Queue(line, make_user("annotator", lines=(line,)), dunk, street, league, cheering)
    taxonomy, model = versions.publish(), make_model()
    for n in range(1, clips + 1):
        video = make_video(title=f"Clip {n}: dunks at the street court")
        make_suggestions(video, {dunk: 0.9, street: 0.6}, model=model, taxonomy=taxonomy)
        queue.tasks.append(make_task(line, video=video, priority=-n))
    return queue


class Desk:
    """The review page in words."""

    def __init__(self, page: Page):
        self.page = page

    def enter(self) -> Desk:
        """Open the page and wait until its scripts run, have the taxonomy, and have asked for the next clip."""
        ends = [
            self.page.expect_response(lambda answer, part=part: part in answer.url and answer.status < 300)
            for part in AT_START
        ]
        with ends[0] as next_clip, ends[1] as taxonomy:
            self.page.goto("/review/")
        for answer in (next_clip, taxonomy):
            answer.value.finished()
        self.page.evaluate("new Promise((done) => setTimeout(done, 20))")  # what came is taken in
        return self

    def loaded(self, place: str = "#clip") -> Desk:
        """Wait until the player there has a picture. A script that polls would need `eval`, which the pages forbid."""
        wait = "new Promise(done => video.addEventListener('loadeddata', done))"
        self.page.locator(f"{place} video").evaluate(f"video => video.readyState > 1 || {wait}")
        return self

    def press(self, *keys: str) -> Desk:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def row(self, tag: Tag) -> Locator:
        return self.page.locator(f"#clip .tag[data-tag='{tag.pk}']")

    def shows(self, text: str) -> None:
        expect(self.page.locator("#clip .text")).to_contain_text(text)

    def verdict_is(self, tag: Tag, choice: str) -> None:
        expect(self.row(tag).locator(f"input[type=radio][value='{choice}']")).to_be_checked()

    def saved(self) -> None:
        expect(self.page.locator("#saved")).to_have_attribute("data-state", "saved")

    def search(self, words: str, finds: str) -> Desk:
        self.press("/")
        self.page.keyboard.type(words)
        expect(self.page.locator("#clip .found li").first).to_contain_text(finds)
        return self.press("Enter")

    def notices(self) -> Locator:
        return self.page.locator("#clip .notices")

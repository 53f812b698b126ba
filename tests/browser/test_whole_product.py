"""One walk through the whole product, as its people do it: import, review, retrain, promote, review on."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Review, ReviewTask
from ml.registry.models import ModelVersion, Promotion, TrainingRun
from tagging.models import Import, LinePolicy, SuggestionSet, Video, VideoTag
from tests.browser.clip_folder import SOURCE, kinds, make_folder, make_taxonomy
from tests.browser.review_desk import Desk
from tests.factories import make_line, make_user
from tests.workers import worker

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a good password"
LONG = 120_000  # ms: the worker needs seconds for each step when the machine is free


@pytest.fixture
def line():
    line = make_line(name="Recommendation")
    LinePolicy.objects.create(business_line=line, threshold=0.02)  # a dozen clips make no model sure
    return line


@pytest.fixture
def tags():
    return make_taxonomy()


@pytest.fixture
def folder(settings, tmp_path):
    settings.IMPORT_FOLDERS = [tmp_path]
    return make_folder(tmp_path)


@pytest.fixture
def stack(settings):
    """The file of a stack of the admin's own, in place of the usual one, which learns for a minute."""
    settings.TRAINING_STACK = os.path.relpath(Path(__file__).with_name("few_clips.toml"))
    return settings.TRAINING_STACK


@pytest.fixture
def sign_in(open_page):
    """A window in which somebody has signed in with name and password."""

    def sign_in(user) -> Page:
        page = open_page(None)
        page.goto("/")
        page.get_by_label("Username").fill(user.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(re.compile(r"//[^/]+/$"))
        return page

    return sign_in


def test_clips_are_imported_reviewed_learned_from_and_suggested_anew(line, tags, folder, sign_in, stack):
    admin = sign_in(make_user("admin", lines=(line,)))
    reviewer = make_user("annotator", lines=(line,))
    with worker("default,gpu"):
        import_clips(admin, line, folder)
        first = train(admin, stack)
        promote(admin, first)
        wait_for_suggestions(admin, first, folder.untagged)

        desk = Desk(sign_in(reviewer)).enter()
        reviewed = review_two(desk, tags)
        second = train(admin, stack, active=first)
        promote(admin, second)
        wait_for_suggestions(admin, second, folder.untagged - 2)

    check_what_was_renewed(admin, reviewed, first, second)
    desk.enter()
    expect(desk.page.locator("#clip [name=model_version]")).to_have_value(str(second.pk))


def import_clips(page, line, folder):
    page.get_by_role("link", name="Imports").click()
    page.get_by_label("CSV or JSONL file").set_input_files(folder.table)
    page.get_by_label("Folder on the server").select_option(str(folder.path))
    page.get_by_label("Source").fill(SOURCE)
    page.get_by_label("Business line", exact=True).select_option(label=line.name)
    page.get_by_role("button", name="Import").click()

    expect(page.get_by_label("Title")).to_have_value("标题")
    page.get_by_label("Id", exact=True).select_option("clip no")
    page.get_by_role("button", name="Import").click()

    progress = page.locator("#progress")
    expect(progress.locator(".chip")).to_have_text("done", timeout=LONG)
    expect(progress.locator(".kpi", has_text="new videos")).to_contain_text(str(folder.clips))
    expect(progress.locator(".kpi", has_text="rows refused")).to_contain_text("1")
    expect(progress).to_contain_text("There is no such tag.")
    expect(progress).not_to_contain_text("media being examined", timeout=LONG)
    assert Import.objects.get().state == "done"
    assert Video.objects.filter(media_state="ready", media__isnull=False).count() == folder.clips
    assert Review.objects.filter(kind="import").count() == folder.tagged
    assert ReviewTask.objects.filter(state="waiting").count() == 0


def promote(page, version):
    """On its page; whatever speaks against it is shown there, confirmed and kept."""
    page.goto("/models/")
    page.get_by_role("table").get_by_role("link", name=str(version), exact=True).first.click()
    gate = page.get_by_role("region", name="Promote")
    told = gate.locator(".alert.warn li").all_inner_texts()
    if told:
        gate.get_by_label("I know, and want it all the same").check()
    gate.get_by_role("button", name="Promote").click()

    expect(page.get_by_text(f"{version} is the active version now.")).to_be_visible()
    assert ModelVersion.objects.active() == version
    assert Promotion.objects.get(version=version).objections == told


def wait_for_suggestions(page, version, videos):
    page.goto("/suggestions/")
    expect(page.get_by_text("All videos that nobody reviewed yet have suggestions")).to_be_visible(timeout=LONG)
    made = SuggestionSet.objects.filter(model_version=version)
    assert (
        made.count() == made.filter(video__reviewed_at=None, error="", suggestions__gt=0).distinct().count() == videos
    )
    assert ReviewTask.objects.exclude(state="done").count() == videos


def review_two(desk, tags):
    """Accept, reject with a reason and add on one clip; accept the next, and after an undo once more."""
    first = on_screen(desk)
    named, other = (tags[kind] for kind in kinds(first.video.title))
    focus(desk, named).press("a")
    focus(desk, other).press("r")
    expect(desk.page.locator("#picker")).to_be_visible()
    desk.press("2")
    desk.search("umbr", "Umbrella")
    desk.press("Enter")

    desk.saved()
    review = Review.objects.get(task=first)
    assert review.reviewer == first.business_line.members.get(groups__name="annotator")
    assert said(review)[named.pk] == ("accept", "")
    assert said(review)[other.pk] == ("reject", "minor")
    assert said(review)[tags["Umbrella"].pk] == ("add", "")

    second = on_screen(desk, former=first)
    desk.press("u")
    assert on_screen(desk, former=second) == first
    desk.verdict_is(other, "reject")
    expect(desk.row(tags["Umbrella"])).to_be_visible()
    desk.press("Enter")
    assert on_screen(desk, former=first) == second
    desk.page.wait_for_timeout(350)  # twice in a moment would count as one press
    desk.press("Enter")
    on_screen(desk, former=second)
    desk.saved()

    assert list(first.reviews.order_by("pk").values_list("kind", flat=True)) == ["review", "undo", "review"]
    assert second.reviews.count() == 1
    assert VideoTag.objects.filter(video=first.video, tag=tags["Umbrella"], source="review").exists()
    return [first.video, second.video]


def on_screen(desk, former=None) -> ReviewTask:
    """The task whose clip is shown, once it is not `former` any more."""
    clip = desk.page.locator("#clip")
    if former:
        expect(clip).not_to_have_attribute("data-task", str(former.pk))
    return ReviewTask.objects.select_related("video", "business_line").get(pk=clip.get_attribute("data-task"))


def focus(desk, tag) -> Desk:
    """With the arrows, from wherever the keyboard is."""
    rows = desk.page.locator("#clip .tag").evaluate_all("rows => rows.map((row) => Number(row.dataset.tag))")
    desk.press(*["ArrowUp"] * len(rows), *["ArrowDown"] * rows.index(tag.pk))
    expect(desk.row(tag)).to_have_attribute("aria-current", "true")
    return desk


def said(review):
    return {verdict.tag_id: (verdict.choice, verdict.reason) for verdict in review.verdicts.all()}


def train(page, stack, active=None) -> ModelVersion:
    """On the page that shows how far it is; all reviews are learned from."""
    page.goto("/models/")
    page.get_by_role("button", name="Retrain on all reviews").click()
    expect(page.get_by_role("progressbar", name="Progress of this stage")).to_be_visible()
    expect(page.get_by_text("The new version is ready to be looked at")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("img", name="Loss of").first).to_be_visible()

    run = TrainingRun.objects.latest("pk")
    assert (run.state, run.stack, run.version.parent) == ("done", stack, active)
    assert run.losses
    if active:
        assert run.version.snapshot_hash != active.snapshot_hash
        assert run.version.metrics["rival"]["version"] == active.pk
    return run.version


def check_what_was_renewed(page, reviewed, first, second):
    """Clips that nobody reviewed have suggestions of the second version; reviewed ones keep what their reviewer saw."""
    for video in Video.objects.filter(suggestion_sets__model_version=first).distinct():
        versions = list(video.suggestion_sets.order_by("pk").values_list("model_version", flat=True))
        newest = first if video in reviewed else second
        assert versions == ([first.pk] if video in reviewed else [first.pk, second.pk])
        page.goto(video.get_absolute_url())
        expect(page.get_by_role("region", name="Suggestions").locator("header")).to_contain_text(str(newest))

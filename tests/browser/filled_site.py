"""A site that has something of everything a page can show, and one person who may open every page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from django.contrib.auth.models import User
from django.core import signing
from django.utils import timezone

from annotation import people, queue
from annotation.agreement import comments, rulings
from annotation.groups.models import ClipGroup, GroupedClip, GroupReview
from annotation.learning.acceptance import Side, Sides
from annotation.learning.ratios import Sums
from annotation.models import CanaryLook, Consensus, DriftWindow, LearningSettings, ReviewTask, RulingNotice, SecondLook
from annotation.verdicts import Said
from ml.registry import canaries
from ml.registry.models import Canary, ModelVersion, Promotion, TrainingRun
from ml.types import FoundPhrase, Span
from tagging import new_phrases
from tagging.face_models import KnownPerson
from tagging.models import Import, RowError
from tagging.views import imports
from taxonomy import versions
from taxonomy.models import Edit, Guideline, Rule, RuleProposal
from tests.annotation.factories import make_review, make_task
from tests.browser.review_desk import Queue, make_queue
from tests.factories import make_model, make_tag, make_user
from tests.taxonomy.drafting import make_set

METRICS = {
    "f1": 0.8,
    "ece": 0.05,
    "videos": 100,
    "recallers": {"union": 0.9, "mentions.v1": 0.4},
    "reliability": [{"confidence": 0.1, "accuracy": 0.2, "count": 9}, {"confidence": 0.9, "accuracy": 0.8, "count": 9}],
    "programs": [{"confidence": 0.9, "named": 0.3, "right": 1.0, "count": 30}],
}


@dataclass(frozen=True)
class Site:
    person: User
    examples: dict[str, str]  # route -> an address of it that has something to show


def make_site(folder: Path) -> Site:
    """A file that waits for its columns to be named lies in `folder`."""
    filled = make_queue(clips=5)
    person = filled.reviewer
    people.give_roles(person, ["annotator", "editor", "admin"])
    _review(filled)
    examples = _disputes(filled)
    examples |= _taxonomy(filled) | _models(person) | _imports(filled, folder) | _people(filled) | _clips(filled)
    return Site(person, examples)


def _review(filled: Queue) -> None:
    """A review with each verdict, one that waits, one skipped."""
    reviewer, model = filled.reviewer, ModelVersion.objects.get().pk
    task = queue.claim(reviewer, filled.line)
    assert task
    said = [Said(filled.dunk.pk, "accept"), Said(filled.street.pk, "reject", "minor"), Said(filled.cheering.pk, "add")]
    make_review(task, said, reviewer, model_version=model)
    task = queue.claim(reviewer, filled.line)
    assert task
    said = [Said(filled.dunk.pk, "accept"), Said(filled.street.pk, "replace", "", filled.league.pk)]
    make_review(task, said, reviewer, model_version=model)
    ReviewTask.objects.filter(pk=filled.tasks[4].pk).update(
        state="skipped", skip_reason="does not play", reviewer=reviewer
    )


def _taxonomy(filled: Queue) -> dict[str, str]:
    guideline, rule = Guideline.objects.get(), Rule.objects.get()
    RuleProposal.objects.create(
        kind="excludes", subject=filled.dunk, other=filled.street, strength=32.0,
        sets=200, subject_sets=80, other_sets=80, together=0, expected=32.0, bound=0.1,
    )  # fmt: skip
    title = "Bubble tea at the court"
    found = FoundPhrase(Span("title", 0, 10), "Bubble tea", "content", 0.9, ())
    video = filled.tasks[2].video
    type(video).objects.filter(pk=video.pk).update(title=title)
    new_phrases.note({video.pk: [found]})
    changed = make_set(filled.reviewer, (Edit.Op.RENAME, {"tag": filled.league.code, "name": "League match"}))
    return {
        "taxonomy/tags/<int:pk>/": f"/taxonomy/tags/{filled.dunk.pk}/",
        "taxonomy/guidelines/": f"/taxonomy/guidelines/?tag={filled.dunk.code}",
        "taxonomy/guidelines/<int:pk>/again/": f"/taxonomy/guidelines/{guideline.pk}/again/",
        "taxonomy/rules/<uuid:key>/": f"/taxonomy/rules/{rule.key}/",
        "taxonomy/versions/compare/": "/taxonomy/versions/compare/?former=1&later=2",
        "taxonomy/change-sets/<int:pk>/": f"/taxonomy/change-sets/{changed.pk}/",
        "taxonomy/change-sets/<int:pk>/impact/": f"/taxonomy/change-sets/{changed.pk}/impact/",
    }


def _models(person: User) -> dict[str, str]:
    active = make_model(state="active", metrics=METRICS)
    worse = make_model(metrics=METRICS | {"f1": 0.5}, parent=active)
    Promotion.objects.create(version=active, by=person, objections=["f1 fell"])
    run = TrainingRun.objects.create(
        stack="small",
        state="done",
        version=worse,
        losses={"ranker": [[1, 0.9], [2, 0.5], [3, 0.4]]},
        trigger="verdicts",
        figures={"verdicts": 5000},
    )
    return {
        "models/<int:pk>/": f"/models/{worse.pk}/",
        "models/runs/<int:pk>/": f"/models/runs/{run.pk}/",
        "models/<int:pk>/canary/": f"/models/{worse.pk}/canary/",
        "models/canaries/<int:pk>/": f"/models/canaries/{_trial(worse).pk}/",
    }


def _trial(version: ModelVersion) -> Canary:
    """A trial with a plot, and a window of audited reviews."""
    canary = canaries.start(version, share=20)
    for number, clips in enumerate((120, 240), 1):
        sums = Sums(clips, 0.8 * clips, clips, 0.8 * clips, 0.8 * clips, clips)
        side = Side(sums, sums)
        CanaryLook.objects.create(canary=canary, number=number, sides=Sides(side, side).told())
    told = {"reviews": 100, "last_review": 0, "accepted": asdict(sums), "brier": asdict(sums)}
    DriftWindow.objects.create(promotion=Promotion.objects.get(), number=0, **told)
    LearningSettings.objects.create(number=1, verdicts=5000)
    return canary


def _imports(filled: Queue, folder: Path) -> dict[str, str]:
    table = folder / "clips.csv"
    table.write_text("id,title\n1,A dunk\n")
    step = {
        "path": str(table),
        "name": table.name,
        "source": "site",
        "media": "",
        "line": None,
        "by": filled.reviewer.pk,
    }
    token = signing.dumps(step, salt=imports.SALT, compress=True)
    made = Import.objects.create(kind="csv", source="site", name="clips.csv", path="clips.csv", state="done", total=5)
    RowError.objects.create(imported_by=made, line=3, field="tags", reason="There is no such tag.")
    return {"imports/columns/<str:token>/": f"/imports/columns/{token}/", "imports/<int:pk>/": f"/imports/{made.pk}/"}


def _people(filled: Queue) -> dict[str, str]:
    leo = KnownPerson.objects.create(
        tag=make_tag("Captain Leo", kind="person"), consent="Contract 7", consent_on="2026-01-31"
    )
    versions.publish()
    return {"people/<int:pk>/": f"/people/{filled.reviewer.pk}/", "faces/<int:pk>/": f"/faces/{leo.pk}/"}


def _clips(filled: Queue) -> dict[str, str]:
    task = queue.claim(filled.reviewer, filled.line)
    assert task
    group = ClipGroup.objects.create(business_line=filled.line, likeness=0.9)
    GroupedClip.objects.bulk_create(GroupedClip(group=group, video=each.video) for each in filled.tasks[3:])
    done = GroupReview.objects.create(
        business_line=filled.line, reviewer=filled.reviewer, operation=uuid4(), choices={str(filled.dunk.pk): "all"}
    )
    video = filled.tasks[0].video_id
    return {
        "groups/<int:pk>/": f"/groups/{group.pk}/",
        "groups/reviews/<int:pk>/": f"/groups/reviews/{done.pk}/",
        "gold/new/": f"/gold/new/?line={filled.line.slug}&video={video}",
        "videos/<int:pk>/": f"/videos/{video}/",
        "review/<int:pk>/": f"/review/{task.pk}/",
    }


def _disputes(filled: Queue) -> dict[str, str]:
    """On the first clip a second reviewer says otherwise and rules; a question is open; a second look is due."""
    video, line, second = filled.tasks[0].video, filled.line, make_user(lines=(filled.line,))
    line.overlap = 2
    line.save()
    task = make_task(line, video=video, slot=2, state="claimed", reviewer=second, token=1, lease_until=timezone.now())
    said = [Said(filled.dunk.pk, "reject", "wrong"), Said(filled.street.pk, "accept")]
    make_review(task, said, second, model_version=ModelVersion.objects.earliest("pk").pk)
    asked = comments.say(video.pk, line.pk, second, "Is this a dunk?", question=True)
    comments.answer(asked, filled.reviewer, "It is.")
    added = Consensus.objects.get(video=video, tag=filled.cheering)
    rulings.rule(added, accept=False, adjudicator=second, seen=0, comment="Nobody cheers.")
    looked = filled.tasks[1]
    looked.refresh_from_db()
    SecondLook.objects.create(
        business_line=line, task=looked, review=looked.current_review, tag=filled.street, refused=True, confidence=0.9,
        gain=0.8, model_version=ModelVersion.objects.earliest("pk"),
    )  # fmt: skip
    return {
        "videos/<int:pk>/comments/": f"/videos/{video.pk}/comments/",
        "adjudication/<slug:line>/<int:video>/": f"/adjudication/{line.slug}/{video.pk}/",
        "rulings/<int:pk>/": f"/rulings/{RulingNotice.objects.get().pk}/",
    }

"""What of videos and suggestions a change of the taxonomy touches, counted before it is published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from ml.registry.models import ModelVersion
from tagging import model_tags, rule_breaks
from tagging.models import LinePolicy, Video
from taxonomy.drafting import rule_edits
from taxonomy.impact import EXAMPLES, Count, Example, Touched

RULES = 10  # new rules held against the stored sets: each asks its own questions, and people wait for the answer
LABELS = "SELECT count(*) FROM tagging_videotag WHERE tag_id = ANY(%s)"
SUGGESTIONS = "SELECT count(*) FROM tagging_suggestion WHERE tag_id = ANY(%s)"
CLIPS = "SELECT video_id FROM tagging_videotag WHERE tag_id = ANY(%s) ORDER BY tag_id, video_id DESC LIMIT %s"


def count(touched: Touched) -> Iterator[Count]:
    """Labels by what happens to them, suggestions, policies, and the models that know changed tags."""
    yield Count("labels", _("labels of changed tags"), _count(LABELS, touched.tags), _clips(touched.tags))
    yield Count("carried", _("labels that go to another tag"), _count(LABELS, touched.carried), _clips(touched.carried))
    again = touched.reviewed_again
    yield Count("reviewed_again", _("labels to be reviewed again"), _count(LABELS, again), _clips(again))
    yield Count("suggestions", _("suggestions of changed tags"), _count(SUGGESTIONS, touched.tags))
    policies = LinePolicy.objects.filter(subtrees__in=touched.tags).distinct().select_related("business_line")
    lines = [Example(str(policy.business_line)) for policy in policies]
    yield Count("policies", _("policies of business lines that name changed tags"), len(lines), lines[:EXAMPLES])
    yield _models(touched)
    yield _broken(touched)


def _models(touched: Touched) -> Count:
    """The models that still say something (the active one and the candidates) with how many of their tags change."""
    versions = ModelVersion.objects.exclude(state=ModelVersion.State.RETIRED)
    tags = {model: model_tags.known(model.taxonomy_version) & set(touched.tags) for model in versions}
    found = [
        Example(_("%(model)s: %(count)d of its tags") % {"model": model, "count": len(own)}, model.get_absolute_url())
        for model, own in tags.items()
        if own
    ]
    return Count("models", _("models that give changed tags"), len(found), found[:EXAMPLES])


def _broken(touched: Touched) -> Count:
    """What would no longer stand: the sets themselves stay as they are until somebody reviews the clip."""
    rules = touched.draft.touched_rules()
    values = [rule_edits.as_values(rule, touched.draft.lines) for rule in rules[:RULES]]
    found = [rule_breaks.of(rule_breaks.live(each), EXAMPLES) for each in values]
    label = _("stored tag sets that new rules would break")
    if len(rules) > RULES:
        label = _("stored tag sets that the first %(count)d new rules would break") % {"count": RULES}
    clips = [example for broken in found for example in broken.examples][:EXAMPLES]
    told = [Example(f"{clip.video}: {', '.join(clip.tags)}", clip.video.get_absolute_url()) for clip in clips]
    return Count("broken", label, sum(broken.sets for broken in found), told)


def _count(statement: str, tags: list[int]) -> int:
    if not tags:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(statement, [tags])
        return int(cursor.fetchone()[0])


def _clips(tags: list[int]) -> list[Example]:
    if not tags:
        return []
    with connection.cursor() as cursor:
        cursor.execute(CLIPS, [tags, EXAMPLES])
        ids: list[Any] = [pk for (pk,) in cursor.fetchall()]
    videos = Video.objects.filter(pk__in=ids).only("title", "external_id")
    return [Example(str(video), video.get_absolute_url()) for video in videos]

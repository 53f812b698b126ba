"""What learning by itself asks of the database each minute, over ten million verdicts of a year, and its pages."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.reviewing.client import Reviewer
from benchmarks.site import gunicorn

if TYPE_CHECKING:
    from ml.registry.models import Canary, TrainingRun

ROUNDS = 5
SHARED_OUT = """
UPDATE annotation_review SET model_version_id = %(canary)s
WHERE created_at > %(since)s AND model_version_id = %(rival)s AND id %% 10 = 0
"""
# All but some hundred videos have been looked at, so that a worker who asks for work has to pass them over.
LOOKED_AT = """
INSERT INTO tagging_suggestionset (video_id, model_version_id, taxonomy_version_id, created_at)
SELECT id, %(rival)s, (SELECT max(id) FROM taxonomy_taxonomyversion), now() FROM tagging_video WHERE id %% 1000 > 0
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--verdicts", type=int, default=10_000_000)
    parser.add_argument("--days", type=int, default=14, help="that the trial has gone on for")


def run(options: Namespace) -> dict[str, object]:
    """Medians in milliseconds."""
    from annotation.learning import acceptance, triggers, watching, windows
    from annotation.learning.models import CanaryLook, LearningSettings
    from benchmarks.reviewing import verdicts
    from ml.registry.models import Canary
    from tagging import suggestions
    from tagging.models import Video

    made = verdicts.make(options.verdicts, 5_000, 50)
    canary = _trial(options.days)
    settings = LearningSettings.objects.create(number=1, verdicts=1_000_000, drift=True)
    figures: dict[str, object] = {"verdicts": options.verdicts}
    figures["first_windows_ms"] = _ms(lambda: windows.close_full(settings), 1)
    figures["no_new_window_ms"] = _ms(lambda: windows.close_full(settings))
    figures["new_verdicts"] = triggers.new_verdicts(_last(options.days), settings.verdicts or 0)
    figures["new_verdicts_ms"] = _ms(lambda: triggers.new_verdicts(_last(options.days), settings.verdicts or 0))
    sides = acceptance.of_trial(canary)
    figures["trial_clips"] = [sides.canary.accepted.clips, sides.rival.accepted.clips]
    figures["trial_ms"] = _ms(lambda: acceptance.of_trial(canary))
    figures["claim_ms"] = _ms(lambda: list(Video.objects.to_suggest(canary.rival).order_by("pk")[:128]))
    figures["claim_beside_a_canary_ms"] = _ms(
        lambda: list(Video.objects.to_suggest(canary.rival, canary).order_by("pk")[:128])
    )
    figures["progress_ms"] = _ms(suggestions.progress)
    CanaryLook.objects.bulk_create(CanaryLook(canary=canary, number=n, sides=sides.told()) for n in range(300))
    assert Canary.objects.get().runs
    assert watching.latest(canary)
    with gunicorn() as address:
        person = Reviewer(address, made.cookie, "")
        for name, path in (("learning", "/models/learning/"), ("trial", f"/models/canaries/{canary.pk}/")):
            figures[f"{name}_page_ms"] = _ms(lambda path=path: _ask(person, path))
    return figures


def _trial(days: int) -> Canary:
    from django.db import connection
    from django.utils import timezone

    from ml.registry import canaries
    from ml.registry.models import ModelVersion, Promotion

    rival = ModelVersion.objects.first()
    assert rival
    ModelVersion.objects.filter(pk=rival.pk).update(state="active")
    Promotion.objects.create(version=rival)
    month_ago, since = timezone.now() - timedelta(days=30), timezone.now() - timedelta(days=days)
    Promotion.objects.update(at=month_ago)
    version = ModelVersion.objects.create(stack="small", bundle="new", snapshot_hash="0" * 64, taxonomy_version=1)
    canary = canaries.start(version, started_at=since)
    values = {"canary": version.pk, "rival": rival.pk, "since": since}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # reviews are append-only
        cursor.execute(SHARED_OUT, values)
        cursor.execute(LOOKED_AT, values)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    return canary


def _last(days: int) -> TrainingRun:
    from django.utils import timezone

    from ml.registry.models import TrainingRun

    return TrainingRun(snapshot_at=timezone.now() - timedelta(days=days))


def _ask(person: Reviewer, path: str) -> None:
    status, text, _seconds = person.ask("GET", path)
    assert status == 200, (path, status, text[:300])


def _ms(ask: Callable[[], object], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        start = perf_counter()
        ask()
        times.append(1000 * (perf_counter() - start))
    return round(median(times), 1)

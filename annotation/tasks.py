"""Long work in a worker. What there is to do is in the database, so a message may be lost or come twice."""

from __future__ import annotations

from celery import shared_task

from annotation import mined_rules, rereview, retraining
from annotation.agreement import missing, refreshing
from annotation.groups import gathering
from annotation.learning import sequels, triggers, watching
from annotation.probes import looking_back, trust
from annotation.prospects import front, rescoring
from annotation.quality import fold
from ml.registry import nudges, runs
from taxonomy.models import BusinessLine


@shared_task
def retrain(run: int) -> None:
    retraining.retrain(run)


@shared_task
def rescore() -> None:
    """Priorities follow what tags have examples by now. A second worker at it leaves it to the first."""
    if rescoring.rescore() is not None:
        nudges.spread()


@shared_task
def spread_fronts() -> None:
    """Put the front of each line's queue in order; weighing put the clips there, each by itself."""
    for line in BusinessLine.objects.all():
        front.spread(line)


@shared_task
def resume_training() -> None:
    """Tell a worker of runs whose message was lost or whose worker died."""
    for run in runs.forgotten():
        nudges.train(run)


@shared_task
def watch_learning() -> None:
    """A canary that does worse is rolled back first; then what a training left, then whether one is due."""
    watching.watch()
    sequels.decide()
    triggers.check()


@shared_task
def review_split_tags() -> None:
    """What is left of a large split, and labels that a review gave in the very moment of one."""
    rereview.of_split_tags()


@shared_task
def measure_agreement() -> None:
    refreshing.refresh_all()


@shared_task
def look_back() -> None:
    """Gold clips first: they wait for it."""
    looking_back.at_gold() or missing.look_back()


@shared_task
def find_missing_tags() -> None:
    missing.refresh_all()


@shared_task
def learn_trust() -> None:
    """Count what gold clips tell of reviewers."""
    trust.learn()


@shared_task
def mine_rules(line: int | None = None) -> None:
    mined_rules.mine(BusinessLine.objects.get(pk=line) if line else None)


@shared_task
def add_up_reviews() -> None:
    """Keep the sums of the quality pages up."""
    fold.fold_all()


@shared_task
def gather_groups(line: int | None = None) -> None:
    """Put waiting clips that are alike into groups: of one business line, or of each."""
    for row in BusinessLine.objects.filter(pk=line) if line else BusinessLine.objects.all():
        gathering.gather(row)

"""`manage.py make_demo` on a real database, with a few short clips and a stack that trains in seconds."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotation.demo import clips, making, world
from annotation.models import Consensus, Review, ReviewTask, Verdict
from ml.registry.models import ModelVersion, TrainingRun
from ml.training import stacks
from tagging.models import Import, SuggestionSet, Video, VideoTag
from taxonomy.models import BusinessLine, Guideline, Rule, Tag, TaxonomyVersion
from tests.factories import make_tag

FIRST = ("rain-1", "rain-2", "snow-2", "snow-3", "cooking-1", "cooking-2", "pets-1", "pets-2", "puzzle-2")
LATER, WAITING = ("piano-2",), ("rain-3", "pets-4")
SHARED = "rain-3"  # one line's two reviewers do not agree on it


@pytest.fixture(scope="module")
def few(tmp_path_factory) -> Path:
    """The table cut down to some clips of one second, of all splits."""
    table = clips.TABLE.read_text(encoding="utf-8").split("[[clip]]")[1:]
    rows = {tomllib.loads(text)["id"]: text for text in table}
    short = ["[[clip]]" + _shortened(rows[id]) for id in (*FIRST, *LATER, *WAITING)]
    path = tmp_path_factory.mktemp("demo") / "few.toml"
    path.write_text("\n".join(short), encoding="utf-8")
    return path


def _shortened(text: str) -> str:
    return "\n".join("seconds = 1" if line.startswith("seconds") else line for line in text.splitlines())


@pytest.fixture(autouse=True)
def folders(settings, tmp_path, monkeypatch):
    settings.VAR = tmp_path
    for name in ("MEDIA_ROOT", "BUNDLE_ROOT", "FEATURE_ROOT", "SNAPSHOT_ROOT", "IMPORT_ROOT"):
        setattr(settings, name, tmp_path / name.lower())
    settings.TRAINING_STACK = "demo_stack"
    monkeypatch.setattr(stacks, "FOLDER", Path(__file__).parent)


def counts():
    models = (BusinessLine, Tag, Rule, Guideline, TaxonomyVersion, Import, Video, Review, Verdict, ReviewTask)
    return [model.objects.count() for model in (*models, TrainingRun, ModelVersion, SuggestionSet, VideoTag)]


class Crash(Exception):
    """The process dies."""


def make_with_crashes(table):
    """Start again and again; each start dies at the first step it is the first to reach."""
    reached = set()

    def say(text):
        step = re.split(r"[:(]", text)[0]  # without counts and numbers of runs
        if step not in reached:
            reached.add(step)
            raise Crash

    for _start in range(20):
        try:
            making.make(clips.load(table), say)
        except Crash:
            continue
        return reached
    raise AssertionError("the demo never came to its end")


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_fills_an_empty_database_however_often_it_is_broken_off(few, capsys):
    steps = make_with_crashes(few)
    assert len(steps) >= 7

    assert Tag.objects.count() == len(world.tags())
    assert Rule.objects.count() == len(world.rules())
    assert TaxonomyVersion.objects.count() == 2  # tags and rules; then what the tags mean
    assert set(Video.objects.values_list("media_state", flat=True)) == {"ready"}
    assert ModelVersion.objects.active() is not None

    reviewed = set(Video.objects.exclude(reviewed_at=None).values_list("external_id", flat=True))
    assert reviewed == {*FIRST, *LATER, SHARED}
    assert Review.objects.count() == 3 * len({*FIRST, *LATER}) + 2
    assert Consensus.objects.filter(video__external_id=SHARED, tag__code="relaxing", yes=1, doubt__gt=0).count() == 1
    said = Counter(Verdict.objects.filter(review__model_version=None).values_list("choice", flat=True))
    assert set(said) == {"add"}, "before the first model there is nothing to accept"

    waiting = Video.objects.filter(reviewed_at=None)
    assert all(video.suggestion_sets.count() == 1 for video in waiting)
    assert ReviewTask.objects.filter(state="waiting", video__in=waiting).exists()
    assert not ReviewTask.objects.filter(state="claimed").exists()

    before = counts()
    call_command("make_demo", "--if-empty", clips=few)
    assert capsys.readouterr().out == "", "there is nothing left to do"
    call_command("make_demo", clips=few)
    assert "The demo is ready" in capsys.readouterr().out
    assert counts() == before


@pytest.mark.django_db
def test_leaves_other_content_alone(few):
    make_tag()

    call_command("make_demo", "--if-empty", clips=few)
    with pytest.raises(CommandError, match="not the demo's"):
        call_command("make_demo", clips=few)

    assert (Tag.objects.count(), BusinessLine.objects.count(), Video.objects.count()) == (1, 0, 0)

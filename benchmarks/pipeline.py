"""Suggestions for 200 clips, from the claim to the stored rows, over the bare forward passes of their models. CPU time.

Seconds are those of `time.process_time`, one thread for the models. Decoding is no part of the ratio that is bound: at
one frame a second it costs what the codec costs, so it is told beside it.

The stack's own backbone is timm's smallest. `--backbone resnet50 --size 224` measures the same pipeline around one that
a platform would use; its weights are drawn by lot, which costs as much as learned ones.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from django.conf import settings

from annotation.demo import founding
from annotation.models import ReviewTask
from benchmarks.loops import drawing, steps
from ml import media
from ml.feature_store import FeatureStore
from ml.layers.backbone import BackboneConfig, network, save
from ml.layers.inputs import Inputs
from ml.modality.extractor import Material
from ml.pipeline import Pipeline
from ml.registry import serving
from ml.training import stacks
from ml.types import VideoInput
from tagging import suggestions
from tagging.models import Suggestion, SuggestionSet, Video
from taxonomy.models import BusinessLine, Tag

LEARNT = 60  # clips that come with tags, for the stack to learn
ROUNDS = 3  # of both; the quickest counts, for other work on the machine makes CPU time dearer


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--backbone", help="a name of timm instead of the stack's own")
    parser.add_argument("--size", type=int, default=224, help="pixels of the pictures that the backbone sees")
    parser.add_argument("--seed", type=int, default=1)


def run(options: Namespace) -> dict[str, object]:
    founding.lines_and_people()
    founding.taxonomy()
    founding.policies()
    files = sorted(options.data.rglob("*.mp4")) if options.data else None
    take_in(options.clips, random.Random(options.seed), files)
    version, training = steps.train(around(options.backbone, options.size) if options.backbone else "small")
    pipeline = Pipeline.load(version.folder, FeatureStore(Path(settings.FEATURE_ROOT)))
    waiting = list(Video.objects.to_suggest(version).values_list("pk", flat=True))
    spent, stages = min((suggest() for _ in range(ROUNDS)), key=lambda told: told[0] - told[1]["decode"])
    again = min(retag(waiting) for _ in range(ROUNDS))
    steps.say("bare forward passes")
    bare = forwards(pipeline, suggestions.inputs(waiting))
    forward = sum(bare.values())
    return {
        "clips": len(waiting),
        "bound": 1.15,
        "ratio": round((spent - stages["decode"]) / forward, 2),
        "ratio_with_decoding": round(spent / forward, 2),
        "pipeline_cpu_s": round(spent, 2),
        "stages_cpu_s": {name: round(seconds, 2) for name, seconds in stages.items()},
        "forward_cpu_s": {name: round(seconds, 2) for name, seconds in bare.items()},
        "again_from_cached_features_cpu_ms_a_clip": round(1000 * again / len(waiting), 1),
        "suggestions": Suggestion.objects.count(),
        "training_s": training,
    }


def around(backbone: str, size: int) -> str:
    """The stack `small` with another backbone: the path of its file."""
    folder = Path(tempfile.mkdtemp(dir=settings.VAR)) / backbone
    torch.manual_seed(0)
    save(network(backbone), BackboneConfig.of(backbone, size), folder)
    text = (stacks.FOLDER / "small.toml").read_text()
    for known, other in (
        ('model = "test_resnet"', f'model = "{backbone}"'),
        ("size = 96", f"size = {size}"),
        ('weights = "bundle"', f'weights = "{folder}"'),
    ):
        if known not in text:
            raise ValueError(f"ml/stacks/small.toml has no {known!r} any more: --backbone has to name what replaced it")
        text = text.replace(known, other, 1)
    (folder / "small.toml").write_text(text)
    return str(folder / "small.toml")


def take_in(count: int, draw: random.Random, files: Sequence[Path] | None) -> None:
    """Import clips whose texts speak of the demo's tags: the first ones with tags, the others to be tagged."""
    tags = list(Tag.objects.filter(assignable=True).order_by("pk"))
    folder = Path(tempfile.mkdtemp(dir=settings.VAR))
    rows = []
    for number in range(LEARNT + count):
        chosen = draw.sample(tags[:20] if number < LEARNT else tags, 2)
        title = f"{chosen[0].name} {number}, " + " ".join(draw.choices(drawing.WORDS, k=draw.randint(6, 20)))
        name = f"{number}.mp4"
        if files:
            shutil.copy(files[number % len(files)], folder / name)
        else:
            drawing.draw(folder / name, number)
        rows.append({"id": name, "title": title, "media": name, "tags": "|".join(tag.code for tag in chosen)})
        if number % 20 == 0:
            steps.say(f"  {number} clips made")
    mapping = {"external_id": "id", "title": "title", "media": "media"}
    learnt = steps.write_csv("learnt.csv", rows[:LEARNT])
    line = BusinessLine.objects.first()
    steps.import_videos(learnt, "bench", mapping=mapping | {"tags": "tags"}, line=line, media=folder)
    steps.import_videos(steps.write_csv("rest.csv", rows[LEARNT:]), "bench", mapping=mapping, media=folder)


def suggest() -> tuple[float, Counter[str]]:
    """CPU seconds of the whole, nothing cached, and of the stages of which the pipeline knows."""
    _, pipeline = serving.active() or (None, None)
    assert pipeline is not None
    ReviewTask.objects.filter(reviews=None).delete()
    SuggestionSet.objects.all().delete()
    stages: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as features:
        pipeline.store = FeatureStore(Path(features))
        begun = time.process_time()
        while suggestions.suggest_batch():
            stages.update(pipeline.timings)
        spent = time.process_time() - begun
    stages["claim, rules, policies, rows"] = spent - sum(stages.values())
    return spent, stages


def retag(waiting: Sequence[int]) -> float:
    """CPU seconds of proposing again with cached features, as after a promotion; the first round caches them."""
    _, pipeline = serving.active() or (None, None)
    assert pipeline is not None
    pipeline.store = FeatureStore(Path(settings.FEATURE_ROOT))
    inputs = suggestions.inputs(waiting)
    begun = time.process_time()
    pipeline.propose(inputs)
    return time.process_time() - begun


def forwards(pipeline: Pipeline, videos: Sequence[VideoInput]) -> dict[str, float]:
    """CPU seconds of each model's forward passes over the videos, on tensors that lie ready, in the stack's batches."""
    passes: dict[str, list[Callable[[], object]]] = {}

    def record(name: str, module: torch.nn.Module) -> object:
        def keep(_module: object, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
            passes.setdefault(name, []).append(lambda: module(*args, **kwargs))

        return module.register_forward_pre_hook(keep, with_kwargs=True)

    extractors = {extractor.modality: extractor for extractor in pipeline.modality.extractors}
    hooks = [record("text", extractors["text"].model), record("frames", extractors["frames"].backbone)]
    with tempfile.TemporaryDirectory() as folder:
        features = pipeline.modality.features(videos, FeatureStore(Path(folder)))
    for hook in hooks:
        hook.remove()
    sounds = [Material(sound=media.waveform(video.media)) for video in videos if video.media]
    passes["sound"] = [lambda: extractors["sound"].extract(sounds)]
    for name, part in {**pipeline.recallers, "ranker": pipeline.ranker}.items():
        if model := getattr(part, "model", None):
            inputs = Inputs.collate(features, model.fusion.config.widths, part.table)
            passes[name] = [lambda model=model, inputs=inputs: getattr(model, "videos", model)(inputs)]
    with torch.inference_mode():
        return {name: min(_cpu(calls) for _ in range(ROUNDS)) for name, calls in passes.items()}


def _cpu(calls: Sequence[Callable[[], object]]) -> float:
    begun = time.process_time()
    for call in calls:
        call()
    return time.process_time() - begun

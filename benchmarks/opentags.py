"""Open tags: the whole recall-rank stack on uploaders' tags, split by channel, beside the nearest titles' vote."""

from __future__ import annotations

import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.sets import seeds, uploader_tags
from ml.feature_store import FeatureStore
from ml.layers.selection import top
from ml.parts import indicator
from ml.training import stacks, workplace
from ml.training.journal import Journal, Progress
from ml.training.stages import CHUNK, Stages
from ml.types import Array, Example, Proposal, Snapshot, VideoInput, Vocabulary

STACK = Path(__file__).parent / "sets" / "opentags.toml"
NEIGHBOURS = 50  # of the baseline


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 1)
    parser.add_argument("--stack", default=str(STACK), help="name of a stack or path of a .toml file")
    parser.add_argument("--features", type=Path, help="folder of cached features; without it they are made anew")
    parser.add_argument("--share", type=float, default=1.0, help="of the videos to learn from")
    parser.add_argument("--split", default="test", choices=("dev", "test"), help="what is judged")


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    figures: dict[str, object] = {}
    for name, files in uploader_tags.find(seeds.required(options.data)).items():
        trials: dict[str, list[dict[str, float]]] = {}
        for seed in range(options.seeds):
            snapshot = uploader_tags.read(files, seed, options.share)
            for variant, judged in _trial(snapshot, options).items():
                trials.setdefault(variant, []).append(judged)
        figures |= {f"{name} {variant}": seeds.summary(each) for variant, each in trials.items()}
        figures[name] = {"tags": len(snapshot.vocabulary)} | {
            split: len(snapshot.split(split)) for split in ("train", "dev", "test")
        }
    return figures


def _trial(snapshot: Snapshot, options: Namespace) -> dict[str, dict[str, float]]:
    judged = snapshot.split(options.split)
    found = {"nearest titles": judge(nearest_titles(snapshot, judged), judged, snapshot.vocabulary)}
    print("nearest titles", found, file=sys.stderr, flush=True)
    began = time.process_time()
    proposals = propose(snapshot, judged, options)
    spent = {"cpu_s": time.process_time() - began}
    found["stack"] = judge(_best(proposals), judged, snapshot.vocabulary) | spent
    print("stack", found["stack"], file=sys.stderr, flush=True)
    for name in sorted({name for mine in proposals for p in mine for name in p.recallers}):
        found[name] = judge(_alone(proposals, name), judged, snapshot.vocabulary)
        print(name, found[name], file=sys.stderr, flush=True)
    return found


def propose(snapshot: Snapshot, videos: Sequence[Example], options: Namespace) -> list[list[Proposal]]:
    """Train every part of the stack as the product does, and propose for these videos."""
    config, journal = stacks.read(options.stack), Journal(_tell, lambda: False)
    with (
        tempfile.TemporaryDirectory() as folder,
        workplace.opened(Path(folder) / "bundle", {"snapshot": snapshot.hash, "config": config}) as place,
    ):
        store = FeatureStore(options.features or Path(folder) / "features")
        pipeline = Stages(snapshot, config, place, store, journal).run()
        inputs = [example.video for example in videos]
        parts = [pipeline.propose(inputs[i : i + CHUNK]) for i in range(0, len(inputs), CHUNK)]
        print(journal.seconds, journal.notes, file=sys.stderr, flush=True)
    return [mine for part in parts for mine in part]


def _tell(progress: Progress) -> None:
    if progress.done == progress.total:
        print(progress.stage, progress.loss, file=sys.stderr, flush=True)


def _best(proposals: Sequence[Sequence[Proposal]]) -> list[list[int]]:
    return [[proposal.tag for proposal in mine] for mine in proposals]


def _alone(proposals: Sequence[Sequence[Proposal]], name: str) -> list[list[int]]:
    """What one recaller proposed, by its own score."""
    own = [[p for p in mine if name in p.recallers] for mine in proposals]
    return [[p.tag for p in sorted(mine, key=lambda p: -p.recallers[name])] for mine in own]


def judge(said: Sequence[Sequence[int]], videos: Sequence[Example], vocabulary: Vocabulary) -> dict[str, float]:
    """Recall at 20 and 50 (mean over videos), precision at 5, and candidates a video; `said`: best first."""
    hits = [np.array([tag in video.tags for tag in mine]) for mine, video in zip(said, videos, strict=True)]
    truths = [len(video.tags) for video in videos]
    share = lambda k: float(np.mean([mine[:k].sum() / n for mine, n in zip(hits, truths, strict=True)]))
    precision = float(np.mean([mine[:5].sum() / 5 for mine in hits]))
    proposed = float(np.mean([len(mine) for mine in said]))
    return {"recall@20": share(20), "recall@50": share(50), "precision@5": precision, "proposed": proposed}


def nearest_titles(snapshot: Snapshot, videos: Sequence[Example]) -> list[list[int]]:
    """The baseline: the titles most alike under TF-IDF vote for their tags."""
    learned = snapshot.split("train")
    table = TfidfVectorizer(sublinear_tf=True)
    rows = table.fit_transform([_title(example.video) for example in learned])
    asked = table.transform([_title(example.video) for example in videos])
    labels = indicator([example.tags for example in learned], snapshot.vocabulary)
    ids = np.array(snapshot.vocabulary.ids)
    said: list[list[int]] = []
    for start in range(0, len(videos), CHUNK):
        likeness: Array = (asked[start : start + CHUNK] @ rows.T).toarray()
        least = np.partition(likeness, -NEIGHBOURS, axis=1)[:, [-NEIGHBOURS]]
        votes = np.where(likeness >= least, likeness, 0.0) @ labels
        said += [ids[columns].tolist() for columns in top(np.where(votes > 0, votes, -np.inf), 50)]
    return said


def _title(video: VideoInput) -> str:
    return video.title

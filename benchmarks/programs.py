"""Which program a clip comes from: channels stand for programs, some are unknown, and titles are all there is."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score
from sklearn.svm import LinearSVC

from benchmarks.sets import seeds, uploader_tags
from ml.feature_store import FeatureStore
from ml.modality.extraction import Modality
from ml.parts import TrainingSet, silent
from ml.recall.program import ProgramRecaller
from ml.types import Features, Tag, VideoInput, Vocabulary

UNKNOWN, HELD_OUT = 0.2, 0.25  # of the channels; of the videos of the others
COVERAGES = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0)  # shares of all clips, the surest, that are given a program
LEAST_NAME = 5  # letters of a name that another may have in it by intent and not by chance
VARIANTS = {
    "cosface": {"margin": "cosface"},
    "arcface": {"margin": "arcface"},
    "one centre": {"margin": "cosface", "centres": 1},
    "concat": {"margin": "cosface", "fusion": "concat"},
}


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 3)
    parser.add_argument("--least", type=int, default=12, help="videos of a channel that counts as a program")
    parser.add_argument("--grams", action="store_true", help="n-grams of the titles only, without the sentence encoder")
    parser.add_argument("--features", type=Path, default=Path("var/features"), help="folder of cached features")


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    figures: dict[str, object] = {}
    for name, files in uploader_tags.find(seeds.required(options.data)).items():
        channels = _channels(files[0], options)
        trials: dict[str, list[dict[str, float]]] = {}
        for seed in range(options.seeds):
            parts = channels.split(seed)
            found = {"TF-IDF + linear SVM": partial(_svm, *parts)}
            found |= {k: partial(_recaller, channels, *parts, s, seed) for k, s in VARIANTS.items()}
            for variant in [v for v in found if seeds.wanted(v, options.only, list(found))]:
                began = time.process_time()
                told = found[variant]()
                trials.setdefault(variant, []).append(told | {"cpu_s": time.process_time() - began})
                print(name, seed, variant, trials[variant][-1], file=sys.stderr, flush=True)
        figures[name] = {variant: seeds.summary(each) for variant, each in trials.items()}
        figures[name] |= {"programs": len(channels.titles), "videos": len(channels.features)}
    return figures


@dataclass(frozen=True)
class Channels:
    features: Sequence[Features]
    program: NDArray[np.int64]  # number of each video's channel
    titles: Sequence[str]  # of the channels

    def sisters(self, one: int, other: int) -> bool:
        """Whether the name of one channel is within the other's: such channels show clips of one program."""
        names = sorted(("".join(filter(str.isalnum, self.titles[i].casefold())) for i in (one, other)), key=len)
        return len(names[0]) >= LEAST_NAME and names[0] in names[1]

    def split(self, seed: int) -> tuple[TrainingSet, TrainingSet]:
        """To learn from and to be judged by: the latter has programs that are nowhere else."""
        draw = np.random.default_rng(seed)
        unknown = draw.permutation(len(self.titles))[: round(UNKNOWN * len(self.titles))]
        strange = np.isin(self.program, unknown)
        judged = strange | (draw.random(len(self.program)) < HELD_OUT)
        tags = [frozenset() if odd else frozenset({int(p) + 1}) for p, odd in zip(self.program, strange, strict=True)]
        kept = [i for i in range(len(self.titles)) if i not in set(unknown.tolist())]
        vocabulary = Vocabulary(tuple(Tag(i + 1, self.titles[i], (self.titles[i],), kind="program") for i in kept))
        names = np.zeros((len(vocabulary), 0), np.float32)
        whole = TrainingSet(vocabulary, names, self.features, tags, [frozenset()] * len(tags))
        return whole.subset(np.flatnonzero(~judged).tolist()), whole.subset(np.flatnonzero(judged).tolist())


def _channels(path: Path, options: Namespace) -> Channels:
    rows = uploader_tags._rows(path)
    counts = Counter(row["channel_id"] for row in rows)
    kept = [row for row in rows if counts[row["channel_id"]] >= options.least]
    numbers = {channel: i for i, channel in enumerate(sorted({row["channel_id"] for row in kept}))}
    titles = {numbers[row["channel_id"]]: row["channel_title"] for row in kept}
    modality = Modality.build({} if options.grams else {"text": {"extractor": "minilm.v1"}})
    inputs = [VideoInput(i, title=row["title"]) for i, row in enumerate(kept)]
    found = modality.features(inputs, FeatureStore(options.features))
    program = np.array([numbers[row["channel_id"]] for row in kept], dtype=np.int64)
    return Channels(found, program, [titles[i] for i in range(len(numbers))])


def _recaller(
    channels: Channels, train: TrainingSet, test: TrainingSet, settings: dict[str, object], seed: int
) -> dict[str, float]:
    recaller = ProgramRecaller.train(train, settings | {"seed": seed}, step=silent)
    witnesses, *_ = recaller.witnesses(test.features)
    sure = recaller.scale.probability(witnesses)
    told = _judged(sure, np.array(recaller.known), test)
    first, named = sure.argmax(axis=1), sure.max(axis=1) >= recaller.scale.least
    right = np.array([recaller.known[i] in tags for i, tags in zip(first, test.tags, strict=True)])
    known = np.array([bool(tags) for tags in test.tags])
    near = right | np.array(
        [
            channels.sisters(channels.program[item.video.id], recaller.known[i] - 1)
            for item, i in zip(test.features, first, strict=True)
        ]
    )
    return told | {
        "named_precision_with_sisters": float(near[named].mean()) if named.any() else 0.0,
        "named_precision": float(right[named].mean()) if named.any() else 0.0,
        "named_of_known": float((named & right)[known].mean()),
        "named_of_unknown": float(named[~known].mean()),
    }


def _svm(train: TrainingSet, test: TrainingSet) -> dict[str, float]:
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True, min_df=2)
    rows = [i for i, tags in enumerate(train.tags) if tags]
    x = vectors.fit_transform([train.features[i].video.title for i in rows])
    model = LinearSVC(C=1.0).fit(x, [min(train.tags[i]) for i in rows])
    scores = model.decision_function(vectors.transform([item.video.title for item in test.features]))
    return _judged(scores, model.classes_, test)


def _judged(scores: NDArray[np.float64], tags: NDArray[np.int64], test: TrainingSet) -> dict[str, float]:
    first, sure = tags[scores.argmax(axis=1)], scores.max(axis=1)
    known = np.array([bool(mine) for mine in test.tags])
    right = np.array([tag in mine for tag, mine in zip(first.tolist(), test.tags, strict=True)])
    surest = np.argsort(-sure[known], kind="stable")[: round(0.95 * known.sum())]
    return {
        "top1": float(right[known].mean()),
        "precision_at_95_coverage": float(right[known][surest].mean()),
        "open_set_auroc": float(roc_auc_score(known, sure)),
    } | _precisions(right[np.argsort(-sure, kind="stable")])


def _precisions(right: NDArray[np.bool_]) -> dict[str, float]:
    """How many of the surest clips are named rightly; those of unknown programs are among them."""
    return {f"precision_of_{share:.0%}": float(right[: round(share * len(right))].mean()) for share in COVERAGES}

"""Classes of texts: BOW + CNN + attention, ALBERT from scratch and pretrained, linear machines; KuaiRec too."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import torch

from benchmarks.sets import kuairec, labelled_text, seeds
from benchmarks.texts import bag, linear, networks, product, sentences, transformers
from benchmarks.texts.task import Scores, Task, together
from ml.feature_store import FeatureStore

Method = Callable[[Task, int], Scores]  # of a task and a seed
Tasks = Callable[[int], Iterable[Task]]  # of a seed

SEEDLESS = {
    "tfidf_svm": linear.svm,
    "kernel_ridge": linear.ridge,
    "sentence_svm": linear.sentence_svm,
    "sentence_ridge": linear.sentence_ridge,
}
# The same methods besides, with a sentence encoder's vector of each text; the plain one then is no partner.
SENTENCES = {
    "sentence_svm": "tfidf_svm",
    "sentence_ridge": "kernel_ridge",
    "sentence_bag": "joint_bag",
    "sentence_network": "bow_cnn_attention",
    "token_bag": "joint_bag",
}
TOKENS = "token_bag"  # which reads the states of a text's tokens too
PARTNERS = ("tfidf_svm", "kernel_ridge", "joint_bag", "bow_cnn_attention", "albert_pretrained")
TOGETHER = "together"  # of those partners that were asked for
LEVELS, PRODUCT, PRODUCT_OF_LEVELS = "kuairec", "text_classifier", "text_classifier_of_levels"


def add_arguments(parser: ArgumentParser) -> None:
    seeds.add_arguments(parser, 3)
    parser.add_argument("--folds", type=int, default=labelled_text.FOLDS, help="of 10 folds to run")
    parser.add_argument("--epochs", type=int, default=5, help="of the networks that are no transformers")
    parser.add_argument("--features", type=Path, default=Path("var/features"), help="folder of cached sentence vectors")
    parser.add_argument("--steps", type=int, default=1_000, help="of ALBERT's pretraining")


def run(options: Namespace) -> dict[str, object]:
    torch.set_num_threads(1)
    methods, figures = _methods(options), {}  # type: dict[str, Method], dict[str, object]
    chosen = {name: method for name, method in methods.items() if seeds.wanted(name, options.only, list(methods))}
    tasks = _tasks(options)
    reads = not chosen.keys().isdisjoint((*SENTENCES, PRODUCT, PRODUCT_OF_LEVELS))
    for name in [name for name in tasks if seeds.wanted(name, options.only, list(tasks))]:
        cut = partial(_read, tasks[name], FeatureStore(options.features)) if reads else tasks[name]
        cut = partial(_read_tokens, cut, options.features) if TOKENS in chosen else cut
        found = _trials(cut, chosen, options.seeds)
        figures |= {f"{name} {method}": seeds.summary(trials) for method, trials in found.items()}
    return figures


def _methods(options: Namespace) -> dict[str, Method]:
    found: dict[str, Method] = {**SEEDLESS, "joint_bag": bag.bag, "sentence_bag": bag.sentence_bag}
    found[TOKENS] = bag.token_bag
    found |= {PRODUCT: product.text_classifier, PRODUCT_OF_LEVELS: partial(product.text_classifier, further=False)}
    for name, variant in (networks.VARIANTS | networks.READ).items():
        found[name] = partial(networks.encoder, variant=variant, epochs=options.epochs)
    found["albert_from_scratch"] = partial(transformers.fine_tuned, steps=0)
    found["albert_pretrained"] = partial(transformers.fine_tuned, steps=options.steps)
    return found


def _tasks(options: Namespace) -> dict[str, Tasks]:
    data = seeds.required(options.data)
    found: dict[str, Tasks] = {}
    for name, files in labelled_text.find(data).items():
        found[name] = lambda seed, n=name, f=files: map(  # type: ignore[misc]
            Task.of, labelled_text.splits(n, f, seed, options.folds)
        )
    if (data / LEVELS).is_dir():
        found[LEVELS] = lambda seed: [kuairec.as_task(data / LEVELS)]
    return found


def _read(tasks: Tasks, store: FeatureStore, seed: int) -> list[Task]:
    return [sentences.read(task, store) for task in tasks(seed)]


def _read_tokens(tasks: Tasks, folder: Path, seed: int) -> list[Task]:
    return [sentences.read_tokens(task, folder) for task in tasks(seed)]


def _trials(tasks: Tasks, methods: dict[str, Method], count: int) -> dict[str, list[dict[str, float]]]:
    """Accuracy of each method in each trial: a seed, or a fold."""
    found = defaultdict[str, list[dict[str, float]]](list)
    same: dict[str, Scores] = {}  # what no seed changes
    for seed in range(count):
        cut = list(tasks(seed))
        for task in cut:
            scores = dict(same)
            for name, method in methods.items():
                if name not in same:
                    began = time.process_time()
                    scores[name] = method(task, seed)
                    found[name].append(task.accuracy(scores[name]) | {"cpu_s": time.process_time() - began})
                    print(task.name, name, found[name][-1], file=sys.stderr, flush=True)
            if len(partners := _partners(scores)) > 1:
                found[TOGETHER].append(task.accuracy(together(partners)))
        if len(cut) > 1:
            break  # folds are trials enough
        same = {name: scores[name] for name in SEEDLESS if name in scores}
    return found


def _partners(scores: dict[str, Scores]) -> list[Scores]:
    """Of the asked ones, the one that reads sentences in place of its plain one."""
    plain = {SENTENCES[name] for name in scores if name in SENTENCES}
    return [found for name, found in scores.items() if name in SENTENCES or (name in PARTNERS and name not in plain)]

"""From texts to a folder that `albert.v1` loads: vocabulary, corpus, network; what was interrupted goes on.

Beside the folder-to-be lies `<name>.partial` with what is done so far. Each file in it is whole when it is there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from ml.layers import accelerator
from ml.pretraining import albert, albert_training, vocabulary
from ml.pretraining.corpus import Corpus
from ml.pretraining.partial import PretrainingError, publish, whole, working
from ml.pretraining.settings import Settings, Stage

FIGURES = "pretraining.json"
LEAST = 100  # texts


def pretrain(texts: Iterable[str], out: Path, settings: Settings, stage: Stage) -> dict[str, float]:
    """Train on `texts` and write `out`: config.json, model.safetensors, tokenizer.json, pretraining.json.

    Called again after an interruption it goes on: `texts` is then not read again once they are written down, and the
    result is what it would have been. Returns how well held-out pieces and orders are guessed. Raises PretrainingError.
    """
    torch.set_num_threads(1)
    with working(out, asdict(settings)) as folder:
        done = _Work(folder, settings, stage)
        tokenizer, corpus = done.tokenizer(texts), done.corpus(texts)
        return done.train(tokenizer, corpus, out)


@dataclass(frozen=True)
class _Work:
    folder: Path
    settings: Settings
    stage: Stage

    def tokenizer(self, texts: Iterable[str]) -> Tokenizer:
        file = self.folder / "tokenizer.json"
        if not file.is_file():
            step = self.stage("vocabulary")
            trained = vocabulary.train(self._written(texts), self.settings.vocabulary)
            with whole(file) as part:
                trained.save(str(part))
            step(1, 1, None)
        return Tokenizer.from_file(str(file))

    def corpus(self, texts: Iterable[str]) -> Corpus:
        file = self.folder / "corpus.safetensors"
        if not file.is_file():
            step, tokenizer = self.stage("pieces"), self.tokenizer(texts)
            found = Corpus.encode(self._written(texts), tokenizer)
            if len(found) < LEAST:
                raise PretrainingError(f"There are {len(found)} texts; a language is learned from {LEAST} at least.")
            with whole(file) as part:
                found.save(part)
            step(1, 1, None)
        return Corpus.load(file)

    def train(self, tokenizer: Tokenizer, corpus: Corpus, out: Path) -> dict[str, float]:
        device = accelerator.name()
        learned, kept = albert_training.parts(corpus, self.settings.seed)
        source = albert_training.batches(self.settings, tokenizer, corpus, learned)
        model = albert.network(self.settings, tokenizer)
        file = self.folder / "checkpoint.safetensors"
        albert_training.learn(model, source, self.settings, file, self.stage("albert"), device)
        others = albert_training.batches(self.settings, tokenizer, corpus, kept)
        figures = {"texts": float(len(corpus)), **albert_training.judged(model, others, device)}
        ready = self.folder / "ready"
        shutil.rmtree(ready, ignore_errors=True)
        model.cpu().save_pretrained(ready)
        vocabulary.ready(tokenizer, self.settings.longest).save_pretrained(ready)
        told = {"settings": asdict(self.settings), "held_out": figures}
        (ready / FIGURES).write_text(json.dumps(told, indent=2), encoding="utf-8")
        publish(ready, out)
        return figures

    def _written(self, texts: Iterable[str]) -> _Lines:
        """The texts as they were when the pretraining began, one JSON string a line."""
        file = self.folder / "texts.jsonl"
        if not file.is_file():
            step = self.stage("texts")
            with whole(file) as part, part.open("w", encoding="utf-8") as lines:
                for number, text in enumerate(texts, start=1):
                    lines.write(json.dumps(text) + "\n")
                    if number % 1000 == 0:
                        step(number, 0, None)
        return _Lines(file)


@dataclass(frozen=True)
class _Lines:
    file: Path

    def __iter__(self) -> Iterator[str]:
        with self.file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)

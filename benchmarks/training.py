"""How long a stack takes to train on so many videos whose features are cached: time of each part, most memory.

The features are made, of the real sizes: each tag has a direction in each modality, and a video scatters around those
of its tags. The titles are made of words that belong to tags, and of words that belong to none.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ml.bundle import TAGS, write_tags
from ml.feature_store import FeatureStore
from ml.modality.extraction import Modality
from ml.modality.frames import BackboneConfig, network, save
from ml.training import examples, loop, stacks
from ml.training.stages import tag_texts
from ml.types import Array, Tag, Vocabulary

BATCH = 500  # videos whose features are kept together
SECONDS_OF_SOUND = 0.96  # of one row


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--videos", type=int, default=10_000)
    parser.add_argument("--tags", type=int, default=3_000)
    parser.add_argument("--seconds", type=int, default=15, help="length of a clip")
    parser.add_argument("--stack", default="small")


def run(options: Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="tagwright-training-") as folder:
        workshop = Workshop(Path(folder), options)
        workshop.prepare()
        wall, cpu = time.perf_counter(), time.process_time()
        loop.train(
            workshop.snapshot, Path(folder) / "bundle", store=workshop.store, stack=str(workshop.stack), report=_told
        )
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        metrics = json.loads((Path(folder) / "bundle" / "metrics.json").read_text())
        size = sum(path.stat().st_size for path in (Path(folder) / "bundle").rglob("*") if path.is_file())
    return {
        "videos": options.videos,
        "tags": options.tags,
        "stack": options.stack,
        "minutes": round(wall / 60, 2),
        "cpu_minutes": round(cpu / 60, 2),
        "most_memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "bundle_mb": round(size / 2**20),
        "seconds": metrics["seconds"],
        "recall_at_20": round(metrics["candidate"]["recall_at_20"], 3),
        "notes": metrics["notes"],
    }


def _told(progress: loop.Progress) -> None:
    if progress.done == 0:
        print(f"{progress.stage} (CPU {time.process_time():.0f} s)", file=sys.stderr)


class Workshop:
    """A snapshot, a store with the features of its videos, and a stack whose backbone is given."""

    def __init__(self, folder: Path, options: Namespace) -> None:
        self.folder, self.options = folder, options
        self.store, self.snapshot = FeatureStore(folder / "features"), folder / "snapshot"
        self.stack = folder / "stack.toml"
        self.random = np.random.default_rng(0)
        groups = max(1, options.tags // 20)
        above = [Tag(i + 1, f"group{i}", (f"group{i}",)) for i in range(groups)]
        below = [
            Tag(i + 1, name := _word(i), (name,), parent=i % groups + 1)
            for i in range(groups, max(groups, options.tags))
        ]
        self.vocabulary = Vocabulary((*above, *below))
        rank = np.arange(1, len(below) + 1)
        self.chance = (1 / rank) / (1 / rank).sum()  # a few tags are everywhere, most are rare
        self.leaves = np.array([tag.id for tag in below])

    def prepare(self) -> None:
        """Untimed: in the product all of it is there before a training begins."""
        self._write_stack()
        modality = Modality.build(stacks.read(str(self.stack))["modality"])
        rows = list(self._videos())
        self._write_snapshot(rows)
        self._fill(modality, rows)

    def _write_stack(self) -> None:
        """The named stack with backbones of fixed random weights, as a warm start finds them."""
        named = stacks.FOLDER / f"{self.options.stack}.toml"
        text = named.read_text()
        for name in stacks.read(self.options.stack)["modality"]:
            if name == "frames":
                config = BackboneConfig.of("test_resnet", 96)
                torch.manual_seed(0)
                save(network(config.model), config, self.folder / "backbone")
        head, _, rest = text.partition("[modality.frames]")
        rest = rest.replace('weights = "bundle"', f'weights = "{self.folder / "backbone"}"', 1)
        sound, _, rest = rest.partition("[modality.sound]")
        rest = rest[rest.index("# The order is that of the evidence") :]  # sound: statistics, which need no weights
        self.stack.write_text(f'{head}[modality.frames]{sound}[modality.sound]\nextractor = "logmel.v1"\n\n{rest}')

    def _videos(self) -> Iterator[dict[str, Any]]:
        splits = np.array(["train", "dev", "test"])
        for i in range(self.options.videos):
            said = self.random.choice(self.leaves, size=int(self.random.integers(1, 5)), replace=False, p=self.chance)
            words = [_word(int(tag) - 1) for tag in said if self.random.random() < 0.4]
            words += [f"w{int(n)}" for n in self.random.zipf(1.3, size=8) % 50_000]
            title = " ".join(self.random.permutation(words))
            split = str(splits[self.random.choice(3, p=[0.7, 0.15, 0.15])])
            content = hashlib.sha256(str(i).encode()).hexdigest()
            yield {
                "id": i + 1, "title": title, "media": f"{i}.mp4", "content_hash": content,
                "tags": sorted(map(int, said)), "rejected": [], "split": split,
            }  # fmt: skip

    def _write_snapshot(self, rows: list[dict[str, Any]]) -> None:
        self.snapshot.mkdir()
        write_tags(self.snapshot / TAGS, self.vocabulary)
        (self.snapshot / examples.VIDEOS).write_text("".join(json.dumps(row) + "\n" for row in rows))
        manifest = {"format": 1, "hash": examples.content_hash(self.snapshot), "taxonomy_version": 1}
        (self.snapshot / "manifest.json").write_text(json.dumps(manifest))

    def _fill(self, modality: Modality, rows: list[dict[str, Any]]) -> None:
        """Features of every video, and of the tags' names."""
        names, dims = modality.names, modality.dims
        tags = len(self.vocabulary)
        means = {m: self.random.normal(size=(tags, dim)).astype(np.float32) for m, dim in dims.items()}
        entries = []
        for row in rows:
            places = [tag - 1 for tag in row["tags"]]
            entries += [
                (row["content_hash"], names["frames"], self._frames(means["frames"][places])),
                (row["content_hash"], names["sound"], self._sound(means["sound"][places])),
                (_key(row["title"]), names["text"], {"text": self._unit(means["text"][places].mean(0))}),
            ]
            if len(entries) >= 3 * BATCH:
                self.store.put_all(entries)
                entries = []
        for i, text in enumerate(tag_texts(self.vocabulary)):
            entries.append((_key(text.text()), names["text"], {"text": self._unit(means["text"][i])}))
        self.store.put_all(entries)

    def _frames(self, means: Array) -> dict[str, Array]:
        count = self.options.seconds
        times = np.arange(count, dtype=np.float32)
        return {"frames": self._around(means, count), "frame_times": times}

    def _sound(self, means: Array) -> dict[str, Array]:
        return {"sound": self._around(means, int(self.options.seconds / SECONDS_OF_SOUND))}

    def _around(self, means: Array, count: int) -> Array:
        """Each row near one of the means."""
        near: Array = means[self.random.integers(len(means), size=count)]
        return near + self.random.normal(scale=2.0, size=near.shape).astype(np.float32)

    def _unit(self, mean: Array) -> Array:
        row = mean + self.random.normal(scale=1.0, size=mean.shape).astype(np.float32)
        return np.asarray(row / np.linalg.norm(row), np.float32)


def _word(number: int) -> str:
    return f"tag{number}word"


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

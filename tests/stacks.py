"""A tiny real stack: text only, a handful of videos, trained once a test run."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from pathlib import Path

from django.conf import settings

from ml.feature_store import FeatureStore
from ml.registry.models import ModelVersion
from ml.types import VideoInput
from taxonomy import versions
from taxonomy.models import Tag
from tests.servers import SHARED

# Far from what sequences give, so that the database's rows can have the ids the stack was trained with.
TAGS = {9001: "Rain", 9002: "Cooking", 9003: "Basketball", 9004: "Concert"}
TITLES = {
    9001: ["Rain on the window", "Heavy rain in the city", "A walk in the rain"],
    9002: ["Cooking noodles", "Cooking an egg at home", "Grandma is cooking soup"],
    9003: ["Basketball in the park", "A basketball final", "Basketball tricks"],
    9004: ["A concert under the sky", "Concert of the school choir", "Rock concert"],
}
NAME = "tiny"


def train() -> Path:
    """The bundle below BUNDLE_ROOT; trained when it is not there yet."""
    from ml.training import loop

    out, shared = Path(settings.BUNDLE_ROOT) / NAME, SHARED / NAME
    if not out.exists():
        with (SHARED / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # the processes of one test run train it once
            if not shared.exists():
                snapshot = _snapshot(SHARED / "snapshot")
                loop.train(snapshot, shared, store=FeatureStore(Path(settings.FEATURE_ROOT)))
        shutil.copytree(shared, out)
    return out


def serve(**kw: object) -> ModelVersion:
    """Make the tiny stack a version of the registry, active unless told otherwise; its tags become rows, published."""
    train()
    Tag.objects.bulk_create(
        [Tag(pk=pk, code=f"tiny-{pk}", name=name) for pk, name in TAGS.items()], ignore_conflicts=True
    )
    versions.publish()
    values = {"stack": "small", "bundle": NAME, "snapshot_hash": "0" * 64, "taxonomy_version": 1, "state": "active"}
    return ModelVersion.objects.create(**values | kw)


def examples() -> list[tuple[VideoInput, int]]:
    """Every title with its tag."""
    pairs = [(title, tag) for tag, titles in TITLES.items() for title in titles]
    return [(VideoInput(id=n, title=title), tag) for n, (title, tag) in enumerate(pairs, start=1)]


def _snapshot(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    tags = [{"id": pk, "name": name, "names": [name]} for pk, name in TAGS.items()]
    videos = [
        {"id": video.id, "title": video.title, "tags": [tag], "rejected": [], "split": split}
        for (video, tag), split in zip(examples(), ["train", "dev", "test"] * len(TAGS), strict=True)
    ]
    digest = hashlib.sha256()
    for name, rows in (("tags.jsonl", tags), ("videos.jsonl", videos)):
        content = "".join(json.dumps(row) + "\n" for row in rows).encode()
        digest.update(content)
        (folder / name).write_bytes(content)
    (folder / "manifest.json").write_text(json.dumps({"hash": digest.hexdigest(), "format": 1, "taxonomy_version": 1}))
    return folder

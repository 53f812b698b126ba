"""The frozen training set made from reviews: a folder whose name is the hash of what is in it."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg, JSONBAgg
from django.db.models import F, Func, JSONField, Q, Value
from django.db.models.functions import Coalesce

from annotation.models import Consensus, Review, Verdict
from ml.registry import archive
from tagging import tag_merges
from taxonomy import versions
from taxonomy.models import BusinessLine, Tag, TagRelation

FORMAT = 1
CHUNK = 2000  # videos fetched at once from the server-side cursor
TEST, DEV = 15, 15  # percent

Choice = Verdict.Choice
TEXTS = ("title", "description", "cover_text", "uploader", "program")


class NothingToLearn(ValueError):
    """Nobody has said anything about a video yet."""


@dataclass(frozen=True)
class Taken:
    """A snapshot on disk."""

    folder: Path
    hash: str
    taxonomy_version: int


def take() -> Taken:
    """Freeze what reviewers say now. The same state gives the same hash, and then the folder that is there already.

    Raises NothingToLearn.
    """
    root = Path(settings.SNAPSHOT_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".taking-", dir=root))
    try:
        manifest = _write(folder)
        if not manifest["videos"]:
            raise NothingToLearn("Nobody has reviewed a video yet, so there is nothing to learn from.")
        folder.chmod(0o755)  # mkdtemp makes it private; workers of other users may have to read it
        kept = _keep(folder, root / manifest["hash"])
        archive.keep(kept, f"snapshots/{kept.name}")
        return read(kept.name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def read(name: str) -> Taken:
    """The snapshot of that name below SNAPSHOT_ROOT, or from the archive. Raises FileNotFoundError."""
    folder = Path(settings.SNAPSHOT_ROOT) / name
    if not folder.is_dir():
        archive.bring(f"snapshots/{name}", folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return Taken(folder, manifest["hash"], manifest["taxonomy_version"])


def split(source: str, external_id: str) -> str:
    """train, dev or test: a property of the video that nothing can change, so no model ever learns a test video."""
    digest = hashlib.sha256(f"{source}/{external_id}".encode()).digest()
    place = int.from_bytes(digest[:4], "big") % 100
    return "test" if place < TEST else "dev" if place < TEST + DEV else "train"


def _keep(folder: Path, target: Path) -> Path:
    if not target.exists():
        try:
            folder.rename(target)
        except OSError:  # another worker took the same snapshot at this moment
            if not target.exists():
                raise
    return target


def _write(folder: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    tags = list(_tags())
    with (folder / "tags.jsonl").open("wb") as file:
        _write_lines(file, tags, digest)
    splits: Counter[str] = Counter()
    with (folder / "videos.jsonl").open("wb") as file:
        _write_lines(file, _counted(_videos({tag["id"] for tag in tags}), splits), digest)
    version = versions.current()
    manifest = {
        "hash": digest.hexdigest(),
        "format": FORMAT,
        "taxonomy_version": version.number if version else 0,
        "videos": splits.total(),
        "splits": {name: splits[name] for name in ("train", "dev", "test")},
        "lines": {str(line.pk): {"en": line.name, "zh": line.name_zh or line.name} for line in _lines()},
        "media_root": str(Path(settings.MEDIA_ROOT).resolve()),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    return manifest


def _lines() -> Iterable[BusinessLine]:
    return BusinessLine.objects.order_by("pk")


def _write_lines(file: IO[bytes], rows: Iterable[Mapping[str, Any]], digest: Any) -> None:
    for row in rows:
        line = json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n"
        digest.update(line)
        file.write(line)


def _counted(rows: Iterable[dict[str, Any]], splits: Counter[str]) -> Iterator[dict[str, Any]]:
    for row in rows:
        splits[row["split"]] += 1
        yield row


def _tags() -> Iterator[dict[str, Any]]:
    """What a model may say: the active tags."""
    active = Tag.objects.filter(state=Tag.State.ACTIVE).order_by("pk").prefetch_related("names", "relations")
    known = {tag.pk for tag in active}
    for tag in active:
        yield {
            "id": tag.pk,
            "name": tag.name,
            "names": list(dict.fromkeys([tag.name, *(name.text for name in tag.names.all())])),
            "parent": tag.parent_id if tag.parent_id in known else None,
            "kind": tag.kind,
            "assignable": tag.assignable,
            "relations": [[one.kind, one.other_id] for one in tag.relations.all() if _leads_on(one, known)],
        }


def _leads_on(relation: TagRelation, known: set[int]) -> bool:
    """A split says what became of a tag, not what it has to do with others."""
    return relation.other_id in known and relation.kind != TagRelation.Kind.SPLIT_INTO


def _videos(known: set[int]) -> Iterator[dict[str, Any]]:
    """Reviewed videos with their known tags; what was said of merged tags counts for where they went."""
    merged = tag_merges.targets()

    def today(tags: Iterable[int]) -> set[int]:
        return {merged.get(tag, tag) for tag in tags} & known

    for of_lines in _settled(_said().iterator(chunk_size=CHUNK)):
        lines = {row["line"]: today([*row["said"], *row["put"]]) for row in of_lines}
        tags = set().union(*lines.values())
        refused = today(tag for row in of_lines for tag in row["refused"])
        rejected = refused - tags  # wanted by one line and refused by another: it is in the clip
        if tags or rejected:
            spans = _spans(((merged.get(tag, tag), *span) for row in of_lines for tag, *span in row["spans"]), tags)
            yield _video(of_lines[0], tags, rejected, lines) | ({"spans": spans} if spans else {})


def _spans(told: Iterable[tuple[Any, ...]], tags: set[int]) -> dict[str, list[list[float]]]:
    """In which parts of the clip each tag was said to hold, in seconds."""
    found: dict[str, list[list[float]]] = defaultdict(list)
    for tag, start, end in sorted(told):
        if tag in tags and [start, end] not in found[str(tag)]:
            found[str(tag)].append([start, end])
    return dict(found)


def _settled(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The rows of each video; where several reviewed it for a line, what they say together instead of all they said."""
    videos = (list(rows) for _, rows in groupby(rows, key=itemgetter("video")))
    while some := list(islice(videos, CHUNK)):
        together = _consensus([of_lines[0]["video"] for of_lines in some])
        for of_lines in some:
            yield [row | together.get((row["video"], row["line"]), {}) for row in of_lines]


def _consensus(videos: Iterable[int]) -> dict[tuple[int, int], dict[str, Any]]:
    """What was settled, by video and line. A tag that nobody refused and that is not given says nothing."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    rows = Consensus.objects.filter(video__in=list(videos)).order_by("pk")
    for settled in rows.only("video", "business_line", "tag", "given", "no", "ruled"):
        place = settled.video_id, settled.business_line_id
        row = found.setdefault(place, {"said": [], "put": [], "refused": []})
        if settled.given:
            row["said"].append(settled.tag_id)
        elif settled.no or settled.ruled:
            row["refused"].append(settled.tag_id)
    return found


def _said() -> Any:
    """One row a reviewed video and business line, over all reviews in force; the rows of a video stand together."""
    video = "review__task__video__"
    columns = {name: F(f"{video}{name}") for name in ("source", "external_id", *TEXTS)}
    # Of a task that was reviewed again, the review before is no longer in force.
    in_force = Q(review=F("review__task__current_review")) | Q(review__task__current_review=None)
    return (
        Verdict.objects.filter(in_force, review__undone_by=None)
        .exclude(review__kind__in=[Review.Kind.UNDO, Review.Kind.GOLD])
        .values(
            video=F("review__task__video"),
            line=F("review__task__business_line"),
            path=F(f"{video}media__path"),
            content_hash=F(f"{video}media__content_hash"),
            **columns,
        )
        .annotate(
            said=ArrayAgg("tag", filter=Q(choice__in=[Choice.ACCEPT, Choice.ADD]), distinct=True, default=[]),
            put=ArrayAgg("replacement", filter=Q(choice=Choice.REPLACE), distinct=True, default=[]),
            spans=JSONBAgg(
                Func(
                    Coalesce("replacement", "tag"),
                    "start",
                    "end",
                    function="jsonb_build_array",
                    output_field=JSONField(),
                ),
                filter=Q(start__isnull=False),
                default=Value([], JSONField()),
            ),
            refused=ArrayAgg("tag", filter=Q(choice__in=[Choice.REJECT, Choice.REPLACE]), distinct=True, default=[]),
        )
        .order_by("video", "line")
    )


def _video(row: Mapping[str, Any], tags: set[int], rejected: set[int], lines: Mapping[int, set[int]]) -> dict[str, Any]:
    return {
        "id": row["video"],
        **{name: row[name] for name in TEXTS},
        "media": row["path"],
        "content_hash": row["content_hash"],
        "tags": sorted(tags),
        "rejected": sorted(rejected),
        "lines": {str(line): sorted(said) for line, said in lines.items()},
        "split": split(row["source"], row["external_id"]),
    }

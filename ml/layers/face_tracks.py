"""Faces of one clip, those of one person together: a single picture may mislead, a person is seen in several."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml.types import Array


def tracks(faces: Array, times: Array, same: float) -> list[NDArray[np.int64]]:
    """Rows of each track. faces (n, width) in the order of times (n,).

    A face joins the track whose mean is nearest, up to the distance `same`; two faces of one picture are two people.
    """
    found: list[list[int]] = []
    means: list[Array] = []
    for row, face in enumerate(faces):
        free = [i for i, rows in enumerate(found) if times[rows[-1]] != times[row]]
        distances = [float(np.linalg.norm(means[i] - face)) for i in free]
        if distances and min(distances) <= same:
            track = free[int(np.argmin(distances))]
            found[track].append(row)
            means[track] = faces[found[track]].mean(axis=0)
        else:
            found.append([row])
            means.append(face)
    return [np.array(rows, dtype=np.int64) for rows in found]


def nearest(faces: Array, known: Array, owners: NDArray[np.int64], people: int) -> Array:
    """(faces, people) L2 distance to the nearest of each person's faces; infinite without any."""
    distances: Array = np.full((people, len(faces)), np.inf, np.float32)
    if len(known):
        each = np.linalg.norm(faces[:, None, :] - known[None, :, :], axis=-1)  # (faces, known)
        np.minimum.at(distances, owners, each.T.astype(np.float32))
    return distances.T

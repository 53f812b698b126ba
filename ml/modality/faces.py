"""Faces in pictures: found, aligned, embedded (dlib)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from ml.media import Whole
from ml.modality.extractor import Extractor, Material, MissingWeights, Settings, fingerprint
from ml.types import FACE_WIDTH, Array

PACKAGE = "face_recognition_models"
LANDMARKS, NETWORK = "shape_predictor_5_face_landmarks.dat", "dlib_face_recognition_resnet_model_v1.dat"
BATCH = 16  # aligned faces through the network at once

Picture = NDArray[np.uint8]  # (height, width, 3), RGB


class Face(NamedTuple):
    """Where a face is, in shares of the picture from its top left, and how surely it is one (0: hardly)."""

    left: float
    top: float
    right: float
    bottom: float
    sure: float


@dataclass(frozen=True)
class FaceConfig:
    """How many pictures of a clip are searched, and for how large faces.

    On one core a picture of 640 x 360 takes 20 ms to search, and each face 80 ms to embed.
    """

    size: int = 640  # pixels of the longer side; the detector sees faces of 80 and more
    fps: float = 1.0
    pictures: int = 16  # at most, spread over the clip
    faces: int = 16  # at most are embedded: the surest
    sure: float = 0.0  # of the detector; higher finds fewer and clearer faces


class FaceReader:
    """dlib's detector (histograms of gradients; King 2015), five landmarks and its ResNet of 29 layers.

    Embeddings are 128 numbers; two of one person are mostly nearer than 0.6 (99.38 % on LFW, as dlib publishes).
    """

    def __init__(self, folder: Path) -> None:
        import dlib  # optional: without it a stack goes on without faces

        self._dlib, self._detector = dlib, dlib.get_frontal_face_detector()
        self._landmarks = dlib.shape_predictor(str(folder / LANDMARKS))
        self._network = dlib.face_recognition_model_v1(str(folder / NETWORK))

    def find(self, picture: Picture, sure: float = 0.0) -> list[Face]:
        """Faces in one picture, from left to right."""
        height, width, _ = picture.shape
        boxes, scores, _ = self._detector.run(np.ascontiguousarray(picture), 0, sure)
        found = [
            Face(b.left() / width, b.top() / height, (b.right() + 1) / width, (b.bottom() + 1) / height, score)
            for b, score in zip(boxes, scores, strict=True)
        ]
        return sorted(found)

    def aligned(self, picture: Picture, face: Face) -> Picture:
        """(150, 150, 3): the face turned upright by its eyes and nose."""
        height, width, _ = picture.shape
        corners = (face.left * width, face.top * height, face.right * width - 1, face.bottom * height - 1)
        picture, box = np.ascontiguousarray(picture), self._dlib.rectangle(*(round(corner) for corner in corners))
        chip: Picture = self._dlib.get_face_chip(picture, self._landmarks(picture, box))
        return chip

    def embed(self, aligned: Sequence[Picture]) -> Array:
        """(faces, 128)."""
        rows: list[Any] = []
        for start in range(0, len(aligned), BATCH):
            rows += self._network.compute_face_descriptor(list(aligned[start : start + BATCH]))
        return np.array([list(row) for row in rows], np.float32).reshape(-1, FACE_WIDTH)


def reader() -> FaceReader:
    """The reader with the installed networks, loaded once a process. Raises MissingWeights."""
    return _reader(weights())


@lru_cache(maxsize=1)
def _reader(folder: Path) -> FaceReader:
    return FaceReader(folder)


def weights() -> Path:
    """The folder of dlib's networks. Its package is not imported: that would need an old setuptools."""
    spec = find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places or find_spec("dlib") is None:
        raise MissingWeights(f"Faces need dlib and its networks: install the packages dlib-bin and {PACKAGE}.")
    return Path(places[0]) / "models"


class FaceExtractor(Extractor):
    """The faces of a clip: `faces` (n, 128) and `face_places` (n, 5), as in `Features`."""

    modality = "faces"
    dim = FACE_WIDTH
    personal = True

    def __init__(self, config: FaceConfig, folder: Path) -> None:
        self.config, self.reader = config, _reader(folder)
        self.name = f"dlib_faces.v1-{fingerprint(asdict(config), folder / LANDMARKS, folder / NETWORK)}"

    @property
    def decoding(self) -> Mapping[str, Any]:
        return {"whole": Whole(self.config.size, self.config.fps, self.config.pictures)}

    @classmethod
    def build(cls, settings: Settings, folder: Path | None, device: str) -> Self:
        """Settings: those of `FaceConfig`."""
        config = FaceConfig(**{name: value for name, value in settings.items() if name != "extractor"})
        return cls(config, weights())

    def extract(self, materials: Sequence[Material]) -> list[dict[str, Array]]:
        found = [self._found(material) for material in materials]
        vectors = self.reader.embed([chip for chips, _ in found for chip in chips])
        ends = np.cumsum([len(chips) for chips, _ in found])
        parts = np.split(vectors, ends[:-1]) if found else []
        return [
            {"faces": part, "face_places": places} if len(part) else {}
            for part, (_, places) in zip(parts, found, strict=True)
        ]

    def _found(self, material: Material) -> tuple[list[Picture], Array]:
        """The surest faces of a clip, aligned, in the order of time, and their places."""
        pictures, times = material.whole, material.whole_times
        seen = [
            (float(time), face, picture)
            for time, picture in zip(times if times is not None else (), pictures, strict=True)
            for face in self.reader.find(picture, self.config.sure)
        ]
        kept = sorted(sorted(seen, key=lambda one: -one[1].sure)[: self.config.faces], key=lambda one: one[:2])
        chips = [self.reader.aligned(picture, face) for _, face, picture in kept]
        return chips, np.array([(time, *face[:4]) for time, face, _ in kept], np.float32).reshape(-1, 5)

"""Taking a person out of the stored features: whoever withdraws their consent is in no cache any more."""

from __future__ import annotations

import numpy as np

from ml.feature_store import FeatureStore
from ml.types import Array

EXTRACTORS = "dlib_faces"  # how the names of face extractors begin, whatever their settings


def erase(store: FeatureStore, faces: Array, near: float) -> int:
    """Forget the face features of every clip with a face within `near` of one of `faces` (n, 128); how many clips.

    Features of whole clips go, since nobody can tell afterwards which of a clip's faces is whose. They are computed
    anew when a model looks at the clip again, and then belong to nobody who is known. Reads every stored face.
    """
    if not len(faces):
        return 0
    gone = 0
    for extractor in store.extractors(EXTRACTORS):
        for key in list(store.keys(extractor)):
            found = (store.get(key, extractor) or {}).get("faces")
            if found is None or not len(found):
                continue
            if np.linalg.norm(found[:, None, :] - faces[None, :, :], axis=-1).min() <= near:
                store.forget(key, extractor)
                gone += 1
    return gone

"""What priorities depend on beside the clip: how many examples tags have, what they are worth, which are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.prospects import candidates
from annotation.prospects.models import TagExamples, TagWeight
from annotation.sampling import Pool
from annotation.sampling.needs import need
from tagging.models import LinePolicy
from tagging.policy import Policy
from taxonomy.models import Tag


@dataclass(frozen=True)
class Knowledge:
    """Tags are columns in the order of their ids."""

    tags: NDArray[np.int64]  # (tags,) ascending
    need: NDArray[np.float64]  # (tags,)
    values: Mapping[int, NDArray[np.float64]]  # by business line, where it weighs tags
    thresholds: Mapping[int, float]  # by business line, where it has a policy

    def pool(
        self, line: int, packed: Sequence[bytes], novelty: Sequence[float | None], conflicts: Sequence[int]
    ) -> Pool:
        """Clips of one line as strategies see them. A novelty that nobody measured counts for nothing."""
        start, found = candidates.unpack(packed)
        column = np.searchsorted(self.tags, found["tag"].astype(np.int64))
        return Pool(
            start=start,
            tag=column,
            confidence=found["confidence"].astype(np.float64),
            votes=found["votes"].astype(np.float64),
            novelty=np.nan_to_num(np.array(novelty, np.float64)),
            conflicts=np.array(conflicts, np.int64),
            need=self.need,
            value=self.values.get(line, np.ones(len(self.tags))),
            threshold=self.thresholds.get(line, Policy().threshold),
        )


def load() -> Knowledge:
    """As it is now; examples as of the last rescoring. Four queries at most."""
    parents = dict(Tag.objects.order_by("pk").values_list("pk", "parent"))
    tags = np.fromiter(parents, np.int64, len(parents))
    examples = dict(TagExamples.objects.values_list("tag", "examples"))
    thresholds = dict(LinePolicy.objects.values_list("business_line", "threshold"))
    counted = np.array([examples.get(tag, 0) for tag in parents], np.int64)
    return Knowledge(tags, need(counted), _values(parents), thresholds)


def _values(parents: Mapping[int, int | None]) -> dict[int, NDArray[np.float64]]:
    """A tag is worth what is said of it, else of the nearest tag above it, else 1."""
    said: dict[int, dict[int, float]] = {}
    for line, tag, weight in TagWeight.objects.values_list("business_line", "tag", "weight"):
        said.setdefault(line, {})[tag] = weight

    def worth(tag: int | None, weights: Mapping[int, float]) -> float:
        while tag is not None and tag not in weights:
            tag = parents[tag]
        return 1.0 if tag is None else weights[tag]

    return {line: np.array([worth(tag, weights) for tag in parents]) for line, weights in said.items()}

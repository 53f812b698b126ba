"""How an image backbone is pretrained on frames nobody has labelled; read without loading torch's models."""

from __future__ import annotations

from dataclasses import dataclass

METHODS = ("moco", "simclr")


@dataclass(frozen=True)
class FrameSettings:
    """The defaults are twenty minutes of one core; `resnet50`, 224, 65536 and 256 are the published ones.

    ValueError for a method that is not known, or a queue that is shorter than the batch.
    """

    method: str = "moco"  # or simclr
    model: str = "test_resnet"  # any backbone of timm; what a stack's [modality.frames] names
    size: int = 96  # pixels
    videos: int = 5_000  # at most
    frames: int = 4  # of each video
    steps: int = 1_000
    batch: int = 64  # videos, or programs
    queue: int = 4_096  # keys of moco
    momentum: float = 0.99  # of moco's key encoder; 0.999 is for a hundred thousand steps
    temperature: float = 0.2
    rate: float = 2e-3  # peak learning rate of AdamW, warmed up over the first tenth, then a cosine
    decay: float = 1e-4
    seed: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"unknown method {self.method!r}; known: {', '.join(METHODS)}")
        if self.method == "moco" and self.queue < self.batch:
            raise ValueError(f"a queue of {self.queue} keys is shorter than a batch of {self.batch}")

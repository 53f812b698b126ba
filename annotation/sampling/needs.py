"""How much one more example of a tag is needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def need(examples: NDArray[np.int64]) -> NDArray[np.float64]:
    """(tags,) 1 / sqrt(1 + n): errors of estimates from n examples fall with the root of n."""
    return 1 / np.sqrt(1.0 + examples)

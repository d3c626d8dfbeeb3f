"""The grid of tiles over a picture, for every engine: nothing here needs torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STRIDE = 16
"""Side of a tile; the network takes pictures of whole tiles."""


def whole_tiles(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture whose last row and column are repeated until its sides are whole tiles."""
    height, width = pixels.shape[:2]
    return np.pad(pixels, ((0, -height % STRIDE), (0, -width % STRIDE), (0, 0)), "edge")

"""The grid of tiles over a picture, for every engine: nothing here needs torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

STRIDE = 16
"""Side of a tile; the network takes pictures of whole tiles."""

AT_ONCE = 6_291_456
"""Pixels that go through the network at once; larger pictures go in strips, so that memory is bounded."""
HALO = 128
"""Border of a strip: more than a pixel is judged by."""


class Strip(NamedTuple):
    """A part of a picture along one of its sides."""

    taken: slice
    """What is read, in pixels of the picture."""
    inner: slice
    """What of that is kept, counted from the start of what is read."""


def strips_of(length: int, across: int, at_once: int = AT_ONCE) -> Iterator[Strip]:
    """Yield strips along a side of this length, each with its border."""
    step = max(STRIDE, at_once // across // STRIDE * STRIDE - 2 * HALO)
    for start in range(0, length, step):
        stop = min(length, start + step)
        first, last = max(0, start - HALO), min(length, stop + HALO)
        yield Strip(slice(first, last), slice(start - first, stop - first))


def part_of(features: Any, axis: int, pixels: slice, size: int = 1) -> Any:
    """Return a part of features, N x C x H x W, along axis 2 or 3; each stands for `size` pixels."""
    start, stop = pixels.start // size, pixels.stop // size
    return features[:, :, start:stop] if axis == 2 else features[:, :, :, start:stop]


def whole_tiles(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture whose last row and column are repeated until its sides are whole tiles."""
    height, width = pixels.shape[:2]
    return np.pad(pixels, ((0, -height % STRIDE), (0, -width % STRIDE), (0, 0)), "edge")

"""What a pixel shows, as a number: so reckoned that every engine counts the same. Nothing needs torch."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIGHTS = 2
"""What is counted of a pixel: its colour and its pattern."""
PARTS = 8
"""A picture is divided into so many rows of parts, each of so many parts."""
BUCKETS = 2**18
"""Sights are told apart by so many numbers."""
FACTORS = (10_368_889, 12_582_917, 8_111_111, 14_420_371)
"""What spreads a pattern of four colours over these numbers; the first spreads a single colour."""
SHIFT = 18
"""The bits of a product below these say too little."""


_ROWS = 32
"""Rows that are reckoned at a time: what is between stays in the processor's cache."""


def sights_of_array(pixels: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return the colour and the pattern of each pixel, SIGHTS x H x W, as `commonness.sights_of` has them."""
    return _sights(pixels, 0, len(pixels))


def times_of_array(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return in how many parts of a picture each sight is seen, SIGHTS x BUCKETS."""
    times = np.zeros((SIGHTS, BUCKETS), np.uint8)
    seen = np.empty(BUCKETS, np.uint8)
    rows, columns = (_starts(length) for length in pixels.shape[:2])
    for top, bottom in pairwise(rows):
        for sights, total in zip(_sights(pixels, top, bottom), times, strict=True):
            for left, right in pairwise(columns):
                # One part at a time: its marks stay in the processor's cache too.
                seen.fill(0)
                seen[sights[:, left:right].ravel()] = 1
                total += seen
    return times


def counts_of_array(pixels: NDArray[np.uint8], times: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return in how many parts what each pixel shows is seen, SIGHTS x H x W."""
    both = zip(sights_of_array(pixels), times, strict=True)
    return np.stack([total.take(sights) for sights, total in both])


def _starts(length: int) -> list[int]:
    """Return where each part begins along a side, and where the last one ends."""
    return [-(-part * length // PARTS) for part in range(PARTS + 1)]


def _sights(pixels: NDArray[np.uint8], first: int, last: int) -> NDArray[np.int32]:
    """Return what is seen in some rows of a picture, the last of which may look at the one below."""
    found = np.empty((SIGHTS, last - first, pixels.shape[1]), np.int32)
    for top in range(first, last, _ROWS):
        bottom = min(last, top + _ROWS)
        here = _colours(pixels[top:bottom])
        below = _colours(pixels[top + 1 : bottom + 1])
        below = np.concatenate([below, here[len(below) :]])
        where = slice(top - first, bottom - first)
        found[0, where] = _bucket(FACTORS[0] * here)
        four = (here, _next(here), below, _next(below))
        found[1, where] = _bucket(sum(factor * colour for factor, colour in zip(FACTORS, four, strict=True)))
    return found


def _colours(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    red, green, blue = (pixels[..., channel].astype(np.int64) for channel in range(3))
    colour: NDArray[np.int64] = red + (green << 8) + (blue << 16)
    return colour


def _next(colour: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([colour[:, 1:], colour[:, -1:]], 1)


def _bucket(number: Any) -> Any:
    return (number >> SHIFT) & (BUCKETS - 1)

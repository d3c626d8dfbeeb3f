"""What a pixel shows, as a number: so reckoned that every engine counts the same. Nothing needs torch."""

from __future__ import annotations

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


def sights_of_array(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the colour and the pattern of each pixel, as `commonness.sights_of` reckons them in torch."""
    colour = pixels.astype(np.int64) @ np.array([1, 256, 65536])
    below = np.concatenate([colour[1:], colour[-1:]])
    four = (colour, _next(colour), below, _next(below))
    pattern: Any = sum(factor * neighbour for factor, neighbour in zip(FACTORS, four, strict=True))
    return _bucket(FACTORS[0] * colour), _bucket(pattern)


def _next(colour: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([colour[:, 1:], colour[:, -1:]], 1)


def _bucket(number: NDArray[np.int64]) -> NDArray[np.int64]:
    return (number >> SHIFT) & (BUCKETS - 1)

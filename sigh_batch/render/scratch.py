"""Memory that is used again from picture to picture."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

LARGEST = 8 << 20
"""Bytes that are kept: those of a picture of 2 megapixels. Of larger ones, which are few, none are held."""


class Scratch(threading.local):
    """Bytes for one thing at a time: fresh pages cost more than what is written into them."""

    def __init__(self) -> None:
        self._kept = np.zeros(0, np.uint8)

    def take(self, size: int) -> NDArray[np.uint8]:
        """Return so many bytes, zero or as they were left; what was taken before is gone."""
        if size > LARGEST:
            return np.zeros(size, np.uint8)
        if self._kept.size < size:
            self._kept = np.zeros(size, np.uint8)
        return self._kept[:size]

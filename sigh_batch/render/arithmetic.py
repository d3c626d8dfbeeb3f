"""OpenCV's own arithmetic, which gives the same pixels on every processor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2


@contextmanager
def own_arithmetic() -> Iterator[None]:
    """Keep OpenCV from handing this thread's work to IPP, whose filters round in ways of their own."""
    used = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(False)
    try:
        yield
    finally:
        cv2.ipp.setUseIPP(used)

"""Text edges finer than a pixel: each pixel of a screen is three stripes, and each has its own coverage.

The text is drawn three times as wide; a stripe's coverage is the mean of its third and of the two
beside it, which is what FreeType's light filter does.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.render.painter import Color, Pixels, TextMode, coverage_table, opacity, shade


class Blend(NamedTuple):
    """What is left of each value of a picture, as a part of 255, and what is added to it."""

    kept: Pixels
    added: Pixels


def blend(thirds: NDArray[np.uint8], color: Color, mode: TextMode) -> Blend:
    """Return how text of that colour changes a picture, from its coverage in thirds of a pixel."""
    height, width = thirds.shape[0], thirds.shape[1] // 3
    mixed = cv2.blur(thirds, (3, 1), borderType=cv2.BORDER_CONSTANT)
    one, three = _tables(color, mode)
    if one is not None:
        mixed = cv2.LUT(mixed, one)
    stripes = cv2.cvtColor(mixed.reshape(height, width, 3), cv2.COLOR_RGB2RGBA)
    if three is not None:
        stripes = cv2.LUT(stripes, three)
    part = opacity(color) / 255
    if part < 1:
        stripes = cv2.multiply(stripes, (part, part, part, 1.0))  # type: ignore[call-overload]
    shares = (color[0] / 255, color[1] / 255, color[2] / 255, 1.0)
    added = cv2.multiply(stripes, shares)  # type: ignore[call-overload]
    kept = cv2.bitwise_not(stripes)
    kept[..., 3] = 255
    return Blend(np.asarray(kept, np.uint8), np.asarray(added, np.uint8))


def find_ink(thirds: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Return the pixels that hold or border on coverage (left, top, right, bottom); left = right if none."""
    left, top, width, height = cv2.boundingRect(thirds)
    if not width:
        return 0, 0, 0, 0
    right = min(thirds.shape[1] // 3, (left + width + 2) // 3 + 1)
    return max(0, left // 3 - 1), top, right, top + height


def apply(change: Blend, region: Pixels) -> None:
    """Change part of an RGBA picture in place."""
    cv2.multiply(region, change.kept, dst=region, scale=1 / 255)
    cv2.add(region, change.added, dst=region)


@functools.lru_cache(maxsize=1024)
def _tables(color: Color, mode: TextMode) -> tuple[NDArray[np.uint8] | None, NDArray[np.uint8] | None]:
    """Return the curve of the coverage: one table for all channels, or one a channel, or none."""
    tables = [coverage_table(mode.contrast, mode.gamma, shade(value)) for value in color[:3]]
    if all(table == tuple(range(256)) for table in tables):
        return None, None
    if tables[0] == tables[1] == tables[2]:
        return np.array(tables[0], np.uint8), None
    channels = np.array([*tables, range(256)], np.uint8)
    return None, np.ascontiguousarray(channels.T)[None]

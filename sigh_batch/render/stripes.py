"""Text edges finer than a pixel: each pixel of a screen is three stripes, and each has its own coverage.

The text is drawn several times as wide. Where coverage is exact, a stripe's is the mean of its third of a
pixel and of the two beside it, which is what FreeType's light filter does. Where it is sampled, it is a
weighted sum of quarters of its pixel and of the two beside it, with the weights measured in Chromium.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.render.painter import Color, Pixels, TextMode, coverage_table, opacity, shade

COLUMNS = {"exact": 3, "sampled": 4}
"""How many times as wide text is drawn, by the kind of coverage."""
_RED = (1, 10, 29, 48, 72, 57, 35, 15, 5, 0, 0, 0)
_GREEN = (0, 1, 7, 22, 41, 65, 65, 41, 22, 7, 1, 0)
_WEIGHTS = np.array([_RED, _GREEN, _RED[::-1]], np.float32) / 256
"""What each quarter of three pixels adds to the stripes of the middle one: a little more than all, cut off.

Sums of these are exact in single precision, whatever their order.
"""


class Blend(NamedTuple):
    """What is left of each value of a picture, as a part of 255, and what is added to it."""

    kept: Pixels
    added: Pixels


def blend(columns: NDArray[np.uint8], color: Color, mode: TextMode) -> Blend:
    """Return how text of that colour changes a picture, from its coverage in columns of a pixel."""
    height, width = columns.shape[0], columns.shape[1] // COLUMNS[mode.coverage]
    mixed = _sampled(columns) if mode.coverage == "sampled" else _averaged(columns)
    one, three = _tables(color, mode)
    if one is not None:
        mixed = np.asarray(cv2.LUT(mixed, one), np.uint8)
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


def find_ink(columns: NDArray[np.uint8], times: int) -> tuple[int, int, int, int]:
    """Return the pixels that hold or border on coverage (left, top, right, bottom); left = right if none."""
    left, top, width, height = cv2.boundingRect(columns)
    if not width:
        return 0, 0, 0, 0
    right = min(columns.shape[1] // times, (left + width + times - 1) // times + 1)
    return max(0, left // times - 1), top, right, top + height


def settle(xs: Sequence[float], start: float) -> list[float]:
    """Return the places moved so that, from `start`, they lie on quarters of a pixel."""
    return [math.floor((x + start) * 4 + 0.5) / 4 - start for x in xs]


def apply(change: Blend, region: Pixels) -> None:
    """Change part of an RGBA picture in place."""
    cv2.multiply(region, change.kept, dst=region, scale=1 / 255)
    cv2.add(region, change.added, dst=region)


def _averaged(thirds: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the coverage of stripes, three a pixel side by side."""
    return np.asarray(cv2.blur(thirds, (3, 1), borderType=cv2.BORDER_CONSTANT), np.uint8)


def _sampled(quarters: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the coverage of stripes, three a pixel side by side."""
    height, width = quarters.shape
    padded = np.zeros((height, width + 8), np.float32)
    padded[:, 4:-4] = quarters
    down, across = padded.strides
    pixels = np.lib.stride_tricks.as_strided(padded, (height, width // 4, 12), (down, 4 * across, across))
    mixed = cv2.transform(np.ascontiguousarray(pixels), _WEIGHTS)
    return np.minimum(mixed, 255).astype(np.uint8).reshape(height, -1)


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

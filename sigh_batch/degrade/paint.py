"""Painting over a picture: a colour through a coverage, on a copy.

Where the paint is opaque nothing of the picture is left, so nothing there can be forged any more: the
marks under it go. Where it lets through, they stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.degrade.picture import Mask, Picture
from sigh_batch.degrade.places import Area


def painted(picture: Picture, coverage: Mask, area: Area, color: Sequence[int]) -> Picture:
    """Return the picture with a colour laid over an area, as far as coverage (0 to 255) says."""
    x, y, wide, high = cv2.boundingRect(coverage)
    coverage = coverage[y : y + high, x : x + wide]
    window = slice(area[1] + y, area[1] + y + high), slice(area[0] + x, area[0] + x + wide)
    pixels, mask = picture.pixels.copy(), picture.mask.copy()
    cover = coverage.astype(np.uint16)[:, :, None]
    mixed = pixels[window] * (255 - cover) + np.asarray(color, np.uint16) * cover + np.uint16(128)
    pixels[window] = (mixed + (mixed >> 8)) >> 8  # divided by 255 and rounded, within 16 bits
    mask[window] = np.where(coverage == 255, 0, mask[window])
    return replace(picture, pixels=pixels, mask=mask)


def stroked(
    picture: Picture, points: Sequence[Sequence[float]], thickness: float, closed: bool = False
) -> Mask:
    """Return the coverage of a line through points; points and thickness are shares of the size."""
    coverage = np.zeros((picture.height, picture.width), np.uint8)
    places = in_sixteenths(picture, points)
    cv2.polylines(coverage, [places], closed, 255, pen_width(picture, thickness), cv2.LINE_AA, shift=4)
    return coverage


def pen_width(picture: Picture, thickness: float) -> int:
    """Return a line's thickness in pixels: a share of the short side, at least 1."""
    return min(max(1, round(thickness * min(picture.width, picture.height))), 255)


def in_sixteenths(picture: Picture, points: Sequence[Sequence[float]]) -> NDArray[np.int32]:
    """Return points in sixteenths of a pixel, as drawing takes them."""
    size = np.array([picture.width, picture.height], np.float64)
    return np.rint(np.asarray(points, np.float64) * size * 16 - 8).astype(np.int32)


def whole_area(picture: Picture) -> Area:
    """Return all of the picture as an area."""
    return 0, 0, picture.width, picture.height

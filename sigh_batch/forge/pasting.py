"""Putting pixels into a picture as editors do: hard or feathered, through a shape, off the pixel grid.

Everything blends on whole numbers of 8 bits, as editors do by default.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.forge.box import Box
from sigh_batch.render.arithmetic import own_arithmetic
from sigh_batch.render.painter import Pixels

Coverage = NDArray[np.uint8]
"""How much of each pixel is painted, 0 to 255."""

_FILTERS = {
    "nearest": cv2.INTER_NEAREST,
    "bilinear": cv2.INTER_LINEAR,
    "bicubic": cv2.INTER_CUBIC,
    "lanczos": cv2.INTER_LANCZOS4,
}
FILTERS = tuple(_FILTERS)


def blended(below: Pixels, above: Pixels, coverage: Coverage) -> Pixels:
    """Return one picture over another of the same size, as far as the coverage says."""
    cover = coverage.astype(np.uint16)[:, :, None]
    mixed = below * (255 - cover) + above * cover + np.uint16(128)
    return ((mixed + (mixed >> 8)) >> 8).astype(np.uint8)  # divided by 255 and rounded, within 16 bits


def paste(pixels: Pixels, patch: Pixels, x: int, y: int, coverage: Coverage | None = None) -> Box | None:
    """Put a patch into the picture with its top left corner there; return the box that it covers, if any.

    Writes to `pixels`, which is the caller's own copy.
    """
    height, width = patch.shape[:2]
    left, top = max(0, -x), max(0, -y)
    right, bottom = min(width, pixels.shape[1] - x), min(height, pixels.shape[0] - y)
    if right <= left or bottom <= top:
        return None
    box = Box(x + left, y + top, right - left, bottom - top)
    part = slice(top, bottom), slice(left, right)
    if coverage is None:
        pixels[box.window] = patch[part]
    else:
        pixels[box.window] = blended(pixels[box.window], patch[part], coverage[part])
    return box


def feathered(width: int, height: int, feather: float) -> Coverage:
    """Return the coverage of a rectangle whose edges soften inwards, over two deviations."""
    across, down = _slope(width, feather), _slope(height, feather)
    return (down[:, None].astype(np.uint32) * across[None, :] // 255).astype(np.uint8)


def _slope(length: int, feather: float) -> NDArray[np.uint16]:
    """Return how a soft edge rises from both ends: a smooth step, in whole numbers."""
    soft = min(round(feather * 2), (length - 1) // 2)
    slope = np.full(length, 255, np.uint16)
    for at in range(soft):
        part = (2 * at + 1) * 128 // (2 * soft)  # 0 to 128
        level = part * part * (384 - 2 * part) * 255 // (128**3)
        slope[at] = slope[length - 1 - at] = level
    return slope


def rounded(width: int, height: int, radius: float) -> Coverage:
    """Return the anti-aliased coverage of a rectangle with round corners; half the side makes a disc."""
    radius = min(radius, min(width, height) / 2)
    if radius < 0.5:
        return np.full((height, width), 255, np.uint8)
    x = np.arange(width, dtype=np.float32) + np.float32(0.5)
    y = np.arange(height, dtype=np.float32) + np.float32(0.5)
    off_x = np.maximum(np.maximum(radius - x, x - (width - radius)), 0)
    off_y = np.maximum(np.maximum(radius - y, y - (height - radius)), 0)
    off = np.sqrt((off_x * off_x)[None, :] + (off_y * off_y)[:, None])
    return np.asarray(np.clip((np.float32(radius + 0.5) - off) * 255 + np.float32(0.5), 0, 255), np.uint8)


def warped(pixels: Pixels, across: float, down: float, turn: float, filter_name: str = "bilinear") -> Pixels:
    """Return pixels stretched by two factors and turned by degrees about their middle, at the same size."""
    height, width = pixels.shape[:2]
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    x, y = (width - 1) / 2, (height - 1) / 2
    a, b, c, d = across * cos, -down * sin, across * sin, down * cos
    matrix = np.array([[a, b, x - a * x - b * y], [c, d, y - c * x - d * y]], np.float64)
    return _moved(pixels, matrix, filter_name)


def shifted(pixels: Pixels, right: float, down: float, filter_name: str = "bilinear") -> Pixels:
    """Return pixels moved by a part of a pixel, interpolated; the edges are continued."""
    if not right and not down:
        return pixels.copy()
    return _moved(pixels, np.array([[1, 0, right], [0, 1, down]], np.float64), filter_name)


def scaled(pixels: Pixels, width: int, height: int, filter_name: str = "bicubic") -> Pixels:
    """Return pixels at another size; a picture that shrinks is averaged first, as editors do it."""
    before_height, before_width = pixels.shape[:2]
    if (before_width, before_height) == (width, height):
        return pixels.copy()
    shrinks = width < before_width or height < before_height
    chosen = cv2.INTER_AREA if shrinks and filter_name != "nearest" else _FILTERS[filter_name]
    with own_arithmetic():
        return np.asarray(cv2.resize(pixels, (width, height), interpolation=chosen), np.uint8)


def zoom_out(pixels: Pixels, box: Box, zoom: float) -> None:
    """Leave in a box what enlarging it for an edit and reducing it again leaves; 1 is for who did not.

    Writes to `pixels`, which is the caller's own copy.
    """
    if zoom != 1:
        larger = scaled(pixels[box.window], round(box.width * zoom), round(box.height * zoom))
        pixels[box.window] = scaled(larger, box.width, box.height)


def _moved(pixels: Pixels, matrix: NDArray[np.float64], filter_name: str) -> Pixels:
    size = pixels.shape[1], pixels.shape[0]
    with own_arithmetic():
        made = cv2.warpAffine(
            pixels, matrix, size, flags=_FILTERS[filter_name], borderMode=cv2.BORDER_REPLICATE
        )
    return np.asarray(made, np.uint8)

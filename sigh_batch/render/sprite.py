"""Pictures made ready for a canvas, whatever the painter: fitted, rounded, filled with a gradient."""

from __future__ import annotations

import functools
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.render import coverage
from sigh_batch.render.painter import Color, Pixels, Radii, corners, opacity


def place(x: float, y: float, width: float, height: float) -> tuple[int, int, int, int]:
    """Return the box of whole pixels nearest to a rectangle (left, top, width, height), never empty."""
    left, top = int(np.floor(x + 0.5)), int(np.floor(y + 0.5))
    right, bottom = int(np.floor(x + width + 0.5)), int(np.floor(y + height + 0.5))
    return left, top, max(1, right - left), max(1, bottom - top)


def fit(image: Pixels, width: int, height: int) -> Pixels:
    """Return the picture at a size: averaged where it shrinks, interpolated where it grows."""
    if image.shape[:2] == (height, width):
        return np.ascontiguousarray(image)
    smaller = width * height < image.shape[0] * image.shape[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(
        cv2.resize(np.ascontiguousarray(image), (width, height), interpolation=method), np.uint8
    )


def round_off(image: Pixels, radii: Radii) -> Pixels:
    """Return the picture as RGBA, its alpha cut by rounded corners; the colours stay as they are."""
    height, width = image.shape[:2]
    whole = image.shape[2] == 3
    if whole:
        image = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2RGBA), np.uint8)
    if not any(corners(radii)):
        return image
    mask = _mask(width, height, corners(radii))
    if not whole:
        image = image.copy()
        mask = np.asarray(cv2.multiply(np.ascontiguousarray(image[..., 3]), mask, scale=1 / 255), np.uint8)
    image[..., 3] = mask
    return image


def gradient(width: int, height: int, top: Color, bottom: Color, begin: float, length: float) -> Pixels:
    """Return an RGBA picture that goes from one colour to the other within `length` rows from `begin`."""
    part = np.clip((np.arange(height) + 0.5 - begin) / length, 0, 1)[:, None]
    first, last = (np.array([*color[:3], opacity(color)], np.float64) for color in (top, bottom))
    column = (first * (1 - part) + last * part + 0.5).astype(np.uint8).view(np.uint32)
    return np.repeat(column, width, axis=1).view(np.uint8).reshape(height, width, 4)


def _mask(width: int, height: int, radii: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    """Return the coverage of a rectangle with rounded corners: only the corners are worth working out."""
    edge = max(1, math.ceil(max(radii)))
    if 2 * edge > min(width, height):
        return coverage.rectangle(0, 0, width, height, radii, (0, 0, width, height))
    mask = np.full((height, width), 255, np.uint8)
    cut = _corners(edge, radii)
    mask[:edge, :edge], mask[:edge, -edge:] = cut[:edge, :edge], cut[:edge, edge:]
    mask[-edge:, :edge], mask[-edge:, -edge:] = cut[edge:, :edge], cut[edge:, edge:]
    return mask


@functools.lru_cache(maxsize=256)
def _corners(edge: int, radii: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    return coverage.rectangle(0, 0, 2 * edge, 2 * edge, radii, (0, 0, 2 * edge, 2 * edge))

"""Moving a picture: pixels, marks and boxes together.

The rule of the marks is one for all: a pixel of the result is marked when any marked pixel lies, if only
partly, in the area that it covers. So no mark is ever lost to scaling, and its edge moves outwards by
less than one pixel of the result. Whole-pixel moves (cut, pad) are exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.degrade.picture import Boxes, Mask, Picture, Pixels, bands
from sigh_batch.degrade.resample import resample


def cut(picture: Picture, left: int, top: int, right: int, bottom: int) -> Picture:
    """Take so many pixels off each side; at least one row and one column stay."""
    left, right = _fitting(left, right, picture.width)
    top, bottom = _fitting(top, bottom, picture.height)
    area = slice(top, picture.height - bottom), slice(left, picture.width - right)
    boxes = picture.boxes - np.array([left, top, 0, 0])
    return picture.moved(picture.pixels[area], picture.mask[area], boxes)


def _fitting(first: int, last: int, size: int) -> tuple[int, int]:
    first = min(first, size - 1)
    return first, min(last, size - 1 - first)


def pad(picture: Picture, left: int, top: int, right: int, bottom: int, color: Sequence[int]) -> Picture:
    """Put so many pixels of a colour on each side; they are not marked."""
    height, width = picture.height + top + bottom, picture.width + left + right
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[...] = np.asarray(color, np.uint8)
    mask = np.zeros((height, width), np.uint8)
    area = slice(top, top + picture.height), slice(left, left + picture.width)
    pixels[area], mask[area] = picture.pixels, picture.mask
    return picture.moved(pixels, mask, picture.boxes + np.array([left, top, 0, 0]))


def scale(picture: Picture, width: int, height: int, filter_name: str, antialias: bool) -> Picture:
    """Scale to a size; edges of the picture stay edges."""
    if (width, height) == (picture.width, picture.height):
        return picture
    pixels = resample(picture.pixels, width, height, filter_name, antialias)
    ratios = np.array([width / picture.width, height / picture.height] * 2)
    return picture.moved(pixels, scaled_mask(picture.mask, width, height), picture.boxes * ratios)


def scaled_size(picture: Picture, factor: float) -> tuple[int, int]:
    """Return width and height times a factor, rounded, at least 1."""
    return max(1, round(picture.width * factor)), max(1, round(picture.height * factor))


def scaled_mask(mask: Mask, width: int, height: int) -> Mask:
    """Return the marks scaled by the rule of this module; exact, in whole numbers."""
    scaled = np.zeros((height, width), np.uint8)
    x, y, wide, high = cv2.boundingRect(mask)
    if wide:
        # Marks are few and near each other: only what they reach is looked at.
        rows = _Gathering(mask.shape[0], height, y, y + high)
        columns = _Gathering(mask.shape[1], width, x, x + wide)
        scaled[rows.target, columns.target] = columns.over(rows.over(mask[:, x : x + wide], 0), 1, x)
    return scaled


class _Gathering:
    """Each result's OR over the source pixels that it touches, along one axis, where marks reach."""

    def __init__(self, old: int, new: int, start: int, stop: int) -> None:
        self.target = slice(start * new // old, -(-stop * new // old))
        edges = np.arange(self.target.start, self.target.stop + 1, dtype=np.int64) * old
        self._first = np.clip(edges[:-1] // new, start, stop - 1)
        self._last = np.clip(-(-edges[1:] // new) - 1, start, stop - 1)
        self._stop = stop

    def over(self, mask: Mask, axis: int, begin: int = 0) -> Mask:
        """Return the gathered marks; `begin` is the index of the mask's first line in the whole."""
        mask = mask[: self._stop] if axis == 0 else mask[:, : self._stop - begin]
        inner = np.bitwise_or.reduceat(mask, self._first - begin, axis=axis)
        return np.asarray(inner | np.take(mask, self._last - begin, axis=axis), np.uint8)


def warp(
    picture: Picture, matrix: NDArray[np.float64], width: int, height: int, color: Sequence[int]
) -> Picture:
    """Move by a 3x3 projective matrix (old to new pixel edges), bilinear; outside is of a colour."""
    inverse = np.asarray(np.linalg.inv(matrix), np.float64)
    marks = [
        (bit, np.where(picture.mask & bit, np.uint8(255), np.uint8(0)))
        for bit in (1 << place for place in range(8))
        if (picture.mask & bit).any()
    ]
    pixels = np.empty((height, width, 3), np.uint8)
    mask = np.zeros((height, width), np.uint8)
    for rows in bands(height):
        whole, parts = _origins(inverse, width, rows)
        pixels[rows] = _fetched(picture.pixels, whole, parts, [float(part) for part in color])
        for bit, plane in marks:
            mask[rows] |= np.where(_fetched(plane, whole, parts, [0]) > 0, bit, 0).astype(np.uint8)
    return picture.moved(pixels, mask, _warped_boxes(picture.boxes, matrix))


def _fetched(
    plane: Pixels, whole: NDArray[np.int16], parts: NDArray[np.uint16], outside: Sequence[float]
) -> Pixels:
    """Return what a plane shows at these places."""
    constant = cv2.BORDER_CONSTANT
    found = cv2.remap(plane, whole, parts, cv2.INTER_LINEAR, borderMode=constant, borderValue=tuple(outside))
    return np.asarray(found, np.uint8)


def _origins(
    inverse: NDArray[np.float64], width: int, rows: slice
) -> tuple[NDArray[np.int16], NDArray[np.uint16]]:
    """Return where each pixel of some rows comes from: whole pixels, and 32nds of one as both parts in one.

    OpenCV's own perspective warp rounds differently from processor to processor; this does not.
    """
    across = np.arange(width) + 0.5
    down = (np.arange(rows.start, rows.stop) + 0.5)[:, None]
    x, y, depth = (inverse[i, 0] * across + (inverse[i, 1] * down + inverse[i, 2]) for i in range(3))
    whole = np.empty((*x.shape, 2), np.int16)
    places = []
    for axis, line in enumerate((x, y)):
        line /= depth
        line -= 0.5
        line *= 32
        place = np.rint(line, out=line).clip(-(1 << 20) + 1, (1 << 20) - 1).astype(np.int32)
        whole[..., axis] = place >> 5
        places.append(place & 31)
    return whole, (places[1] << 5 | places[0]).astype(np.uint16)


def _warped_boxes(boxes: Boxes, matrix: NDArray[np.float64]) -> Boxes:
    """Return the upright boxes around the moved corners."""
    if not len(boxes):
        return boxes
    x, y, wide, high = boxes.T
    corners = np.stack([[x, y], [x + wide, y], [x, y + high], [x + wide, y + high]])
    moved = np.einsum("ij,cjn->cin", matrix[:, :2], corners) + matrix[:, 2][None, :, None]
    places = moved[:, :2] / moved[:, 2:]
    low, high_end = places.min(axis=0), places.max(axis=0)
    return np.concatenate([low, high_end - low]).T

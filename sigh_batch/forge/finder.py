"""Finding what looks like text in pictures that nobody annotated.

Glyphs are small pieces of strong edges on an even ground; pieces of one height beside each other make a
line, closer ones a word. All of it is whole-number work on a picture of at most about a megapixel.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.sample import Element
from sigh_batch.render.painter import Pixels

_LARGEST = 1_300_000
"""Larger pictures are reduced by a whole number."""
_EDGE = 26
"""Levels between a pixel's brightest and darkest neighbour from which it is an edge."""
_LOWEST, _HIGHEST = 4, 80
"""Height of a glyph in pixels of the reduced picture."""
_WIDEST = 24
"""A piece is at most so many times as wide as high: some scripts join all letters of a word."""
_MOST = 8_000
"""A picture with more pieces is noise all over."""
_EVEN = 0.3
"""At least this part of a line is its ground."""

_CROSSINGS = 4
"""A cut along the middle of a line goes at least so often from ground to ink or back."""

Numbers = NDArray[np.int32]
_Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""


class _Pieces(NamedTuple):
    """Boxes of pieces of ink, a column each."""

    x: Numbers
    y: Numbers
    width: Numbers
    height: Numbers

    def of(self, places: NDArray[Any]) -> _Pieces:
        """Return some of them."""
        return _Pieces(*(column[places] for column in self))


class _Line(NamedTuple):
    """Pieces beside each other."""

    box: _Box
    pieces: _Pieces
    words: tuple[_Box, ...]


def find_text(pixels: Pixels) -> tuple[Element, ...]:
    """Return lines that look like text in reading order, each followed by its words where it has several.

    The strings are unknown (None); boxes are in pixels of the picture, a little larger than the ink.
    """
    height, width = pixels.shape[:2]
    step = 1
    while height * width > _LARGEST * step * step:
        step += 1
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    if step > 1:
        size = max(1, width // step), max(1, height // step)
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    pieces = _pieces(grey)
    if pieces is None:
        return ()
    found = list[_Line]()
    for same in _sizes(pieces):
        words = _joined(same, grey.shape, 7)
        for group in _groups(_joined(same, grey.shape, 34)):
            line = same.of(group)
            parts = tuple(sorted(_around(line.of(part)) for part in _groups(words[group])))
            found.append(_Line(_around(line), line, parts))
    elements = list[Element]()
    for one in _ordered(found):
        if not _is_text(grey, one):
            continue
        at = len(elements)
        elements.append(_element("line", one.box, step, width, height, None))
        if len(one.words) > 1:
            elements += [_element("word", part, step, width, height, at) for part in one.words]
    return tuple(elements)


def _pieces(grey: NDArray[np.uint8]) -> _Pieces | None:
    """Return the pieces of edges that have the size and shape of glyphs."""
    edges = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > _EDGE
    count, _, stats, _ = cv2.connectedComponentsWithStats(edges.view(np.uint8), connectivity=8)
    if not 1 < count <= _MOST:
        return None
    stats = stats[1:]
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    kept = (height >= _LOWEST) & (height <= _HIGHEST) & (width <= _WIDEST * height)
    kept &= area * 5 >= width * height  # an outline of a box is mostly empty
    if not kept.any():
        return None
    return _Pieces(*(np.asarray(stats[kept, at], np.int32) for at in range(4)))


def _sizes(pieces: _Pieces) -> list[_Pieces]:
    """Return the pieces of about the usual height, and the much taller ones: an avatar joins no line."""
    usual = int(np.sort(pieces.height)[len(pieces.height) // 2])
    tall = pieces.height * 10 > 22 * usual
    return [part for part in (pieces.of(~tall), pieces.of(tall)) if len(part.x)]


def _joined(pieces: _Pieces, shape: tuple[int, ...], reach: int) -> Numbers:
    """Return a group for every piece: those that meet when each is made longer by a part of its height.

    The reach is in hundredths of the height on either side.
    """
    canvas = np.zeros(shape[:2], np.uint8)
    usual = int(np.sort(pieces.height)[len(pieces.height) // 2])
    more = np.maximum(pieces.height, usual) * reach // 100
    inset = pieces.height // 5
    left, top = pieces.x - more, pieces.y + inset
    right, bottom = pieces.x + pieces.width + more, pieces.y + pieces.height - 1 - inset
    for x, y, other_x, other_y in zip(
        left.tolist(), top.tolist(), right.tolist(), bottom.tolist(), strict=True
    ):
        cv2.rectangle(canvas, (x, y), (other_x, other_y), 255, cv2.FILLED)
    _, labels = cv2.connectedComponents(canvas, connectivity=4)
    middle_y, middle_x = pieces.y + pieces.height // 2, pieces.x + pieces.width // 2
    return np.asarray(labels[middle_y, middle_x], np.int32)


def _groups(labels: Numbers) -> list[NDArray[np.intp]]:
    """Return the places of each label, by label."""
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)


def _around(pieces: _Pieces) -> _Box:
    """Return left, top, right and bottom of pieces."""
    x, y, width, height = pieces
    return int(x.min()), int(y.min()), int((x + width).max()), int((y + height).max())


def _ordered(found: list[_Line]) -> list[_Line]:
    """Return lines from top to bottom, and from left to right where they stand beside each other."""
    if not found:
        return []
    tall = sorted(line.box[3] - line.box[1] for line in found)[len(found) // 2]
    return sorted(found, key=lambda line: ((line.box[1] + line.box[3]) // 2 // max(1, tall), line.box))


def _is_text(grey: NDArray[np.uint8], line: _Line) -> bool:
    """Say whether some pieces make a line: longer than high, of like heights, on a ground that is even."""
    (left, top, right, bottom), pieces = line.box, line.pieces
    width, height = right - left, bottom - top
    if width * 10 < height * 12 or (len(pieces.x) < 2 and width < 2 * height):
        return False
    usual = int(np.sort(pieces.height)[len(pieces.x) // 2])
    if usual * 3 < height:
        return False
    part = grey[top:bottom, left:right]
    middle = part[height // 2] > (int(part.min()) + int(part.max())) // 2
    if np.count_nonzero(middle[1:] != middle[:-1]) < _CROSSINGS:
        return False
    counts = np.bincount(part.ravel(), minlength=256)
    table = np.concatenate([[0], np.cumsum(counts)])
    near = int((table[9:] - table[:-9]).max())
    return near >= _EVEN * part.size


def _element(kind: str, box: _Box, step: int, width: int, height: int, parent: int | None) -> Element:
    left, top, right, bottom = box
    room = max(1, (bottom - top) // 8)
    x, y = max(0, (left - 1) * step), max(0, (top - room) * step)
    across, down = min(width, (right + 1) * step) - x, min(height, (bottom + room) * step) - y
    return Element(kind, x, y, across, down, parent=parent)

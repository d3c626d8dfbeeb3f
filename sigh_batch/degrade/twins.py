"""A forged picture and its clean twin on the way through the world: whatever befalls one befalls the other.

A step is drawn once, from the clean one, and done to both with the same parameters. It is left out of
the pair's way, for both, where it would make the truth useless: where it hides the edit, or lets it
show far from where it was made.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.sample import Json
from sigh_batch.degrade.operation import find
from sigh_batch.degrade.picture import Picture, Pixels
from sigh_batch.rng import Draws

FORGED, SOURCE = 1, 2
"""Bits of a picture's marks: forged pixels, and pixels that forged content was copied from."""
_REACH = 32
"""Pixels that a step may carry an edit, such as by blur or by blocks."""
_BLOCK = 8
_BAND = 1 << 17
"""Bytes of a picture that are compared at a time."""
_STRIP = 16 * _BLOCK
"""Rows of marks that are looked at at a time."""
_HIDDEN = 0.6
"""Part of a box that must be covered for its string to be hidden."""
_MOST_PIXELS = 8_000_000
"""A step that would make a picture larger than this, and larger than it was, is left out."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Twins:
    """Both pictures, which have the same size and the same history."""

    clean: Picture
    forged: Picture

    @property
    def mask(self) -> NDArray[np.bool_]:
        """The pixels in which they differ."""
        return differing(self.clean.pixels, self.forged.pixels)

    def after(self, name: str, draws: Draws, least: int) -> Step:
        """Return both after a step, with parameters drawn for the clean one; `least` pixels stay forged."""
        if not find(name).fits(self.clean):
            return Step(self, {"type": name, "skipped": "the picture is too large for it"})
        return self.follow(name, find(name).draw(draws, self.clean), least)

    def follow(self, name: str, params: Json, least: int) -> Step:
        """Return both after a step with these parameters."""
        told = {"type": name, "params": params}
        step = find(name)
        if step.area(self.clean, params) > max(_MOST_PIXELS, self.clean.width * self.clean.height):
            return Step(self, {**told, "skipped": "the picture would become too large"})
        both = Twins(clean=step.apply(self.clean, params), forged=step.apply(self.forged, params))
        fault = both.fault(least)
        return Step(self, {**told, "skipped": fault}) if fault else Step(both, told)

    def fault(self, least: int) -> str | None:
        """Return what makes the truth about them useless, if anything does."""
        mask = self.mask
        if int(np.count_nonzero(mask)) < least:
            return "it hides the edit"
        if _reaches_out(mask, self.forged.mask & FORGED):
            return "it lets the edit show elsewhere"
        return None

    def hiding(self, places: Sequence[Sequence[float]], kinds: Collection[str]) -> Twins:
        """Return both without the boxes of these kinds that one of the places (shares of the size) covers."""
        return Twins(clean=_hiding(self.clean, places, kinds), forged=_hiding(self.forged, places, kinds))


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a step: both pictures, and what is told of it."""

    twins: Twins
    told: Json

    @property
    def done(self) -> bool:
        """Whether it was carried out."""
        return "skipped" not in self.told


def differing(one: Pixels, other: Pixels) -> NDArray[np.bool_]:
    """Return the pixels in which two pictures of one size differ, in any channel."""
    height, width = one.shape[:2]
    mask = np.zeros((height, width), np.bool_)
    # Edits are small: most bands are the same, and what a band takes stays in the processor's cache.
    step = max(1, _BAND // (3 * width))
    for top in range(0, height, step):
        rows = slice(top, top + step)
        if not np.array_equal(one[rows], other[rows]):
            red, green, blue = cv2.split(cv2.absdiff(one[rows], other[rows]))
            np.greater(cv2.bitwise_or(cv2.bitwise_or(red, green), blue), 0, out=mask[rows])
    return mask


def marked(picture: Picture, mask: NDArray[np.bool_], source: NDArray[np.bool_] | None) -> Picture:
    """Return a picture with its forged pixels marked, and those that were copied from."""
    planes = mask.astype(np.uint8) * FORGED
    if source is not None:
        planes |= source.astype(np.uint8) * SOURCE
    return replace(picture, mask=planes)


def _hiding(picture: Picture, places: Sequence[Sequence[float]], kinds: Collection[str]) -> Picture:
    boxes = picture.boxes.copy()
    chosen = np.array([kind in kinds for kind in picture.kinds], np.bool_)
    left, top, right, bottom = boxes[:, 0], boxes[:, 1], boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    for x, y, wide, high in np.asarray(places) * np.tile([picture.width, picture.height], 2):
        across = np.minimum(right, x + wide) - np.maximum(left, x)
        down = np.minimum(bottom, y + high) - np.maximum(top, y)
        hidden = across.clip(0) * down.clip(0) >= _HIDDEN * boxes[:, 2] * boxes[:, 3]
        boxes[hidden & chosen, 2:] = 0
    return replace(picture, boxes=boxes)


def _reaches_out(mask: NDArray[np.bool_], marks: NDArray[Any]) -> bool:
    """Return whether two pictures differ farther from the marks than a step may carry an edit.

    Looked at in blocks, so that the limit is up to two blocks wider than said.
    """
    rows = np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return False
    part = slice(max(0, int(rows[0]) - 2 * _REACH), int(rows[-1]) + 1 + 2 * _REACH)
    mask, marks = mask[part], marks[part]
    near: NDArray[Any] | None = None
    for top in range(0, len(mask), _STRIP):
        strip = slice(top, top + _STRIP)
        outside = mask[strip] & (marks[strip] == 0)
        if not outside.any():
            continue
        if near is None:
            span = 2 * (_REACH // _BLOCK) + 1
            near = cv2.dilate(_blocks(marks), np.ones((span, span), np.uint8))
        blocks = _blocks(outside.view(np.uint8))
        if (blocks > near[top // _BLOCK :][: len(blocks)]).any():
            return True
    return False


def _blocks(marks: NDArray[Any]) -> NDArray[np.uint8]:
    """Return 1 for every block with a mark in it."""
    height, width = marks.shape
    rows = np.maximum.reduceat(marks, np.arange(0, height, _BLOCK), axis=0)
    return (np.maximum.reduceat(rows, np.arange(0, width, _BLOCK), axis=1) > 0).astype(np.uint8)

"""A picture under a forger's hand: text is removed, moved and written, and all that is touched is noted."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np

from sigh_batch.forge.box import Box, united
from sigh_batch.forge.case import Case, Mask
from sigh_batch.forge.ground import fill
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.lettering import Lettering, Rgb, distance
from sigh_batch.forge.pasting import blended, feathered, scaled
from sigh_batch.forge.pen import Pen, write
from sigh_batch.render.painter import Pixels

_FAINT, _LOUD = 8, 26
"""Levels from which on a pixel counts as ink: so little, because anti-aliasing fades out, but more where the
ground itself varies."""


class Retouch:
    """One picture while it is forged; its pixels are a copy of the case's."""

    def __init__(self, case: Case, hand: Hand) -> None:
        self.pixels: Pixels = case.pixels.copy()
        self.case = case
        self.letters: dict[int, Any] = {}
        """What letters can be cut from, by the number of the line; kept from one edit to the next."""
        self._hand = hand
        self._touched: list[Box] = []
        self._sources: list[Box] = []

    @property
    def box(self) -> Box:
        """All that was touched."""
        return united(self._touched)

    @property
    def touched(self) -> bool:
        """Whether anything was."""
        return bool(self._touched)

    @property
    def source(self) -> tuple[Box, Mask] | None:
        """Where what was copied came from: the box around all of it, and its pixels."""
        if not self._sources:
            return None
        mask = np.zeros(self.pixels.shape[:2], np.bool_)
        for box in self._sources:
            mask[box.window] = True
        return united(self._sources), mask

    def touch(self, box: Box) -> None:
        """Note that a box was touched."""
        self._touched.append(box.inside(self.case.width, self.case.height))

    def copied(self, box: Box) -> None:
        """Note that something was copied from a box of the picture as it was."""
        self._sources.append(box.inside(self.case.width, self.case.height))

    def fill(self, box: Box, margin: int = 0, ground: Rgb | None = None) -> None:
        """Remove what stands in a box; its edges soften over a margin around it, as the hand does it.

        Where it is known that the ground is plain, all but the careless see when ink was drawn into the
        box from beside it, and fill it again with the colour around it.
        """
        hand = self._hand
        soft = min(margin, math.ceil(2 * hand.feather))
        box = box.grown(soft).inside(self.case.width, self.case.height)
        made = fill(self.pixels, box, hand.fill, hand.fill_error)
        if ground is not None and hand.skill != "careless" and _smeared(made, ground):
            made = fill(self.pixels, box, "sampled", hand.fill_error)
            if _smeared(made, ground):
                made[...] = ground
        if soft:
            made = blended(self.pixels[box.window], made, feathered(box.width, box.height, soft / 2))
        self.pixels[box.window] = made
        self.touch(box)

    def write(self, pen: Pen, text: str, x: float, baseline: float, *, within: Box | None = None) -> None:
        """Write a text with its left edge at x; an enlarging hand enlarges the box `within` to do it."""
        paragraph = pen.set(text)
        zoom = self._hand.zoom
        if zoom == 1.0 or within is None:
            box = write(self.pixels, pen, paragraph, x, baseline)
            if box is not None:
                self.touch(box)
            return
        reach = int(pen.style.size * 0.4) + 2
        top = int(baseline - paragraph.lines[0].baseline) - 2
        own = Box(
            int(x + pen.right) - reach, top, int(paragraph.width) + 2 * reach, int(paragraph.height) + 4
        )
        box = united((own, within)).inside(self.case.width, self.case.height)
        wide, high = round(box.width * zoom), round(box.height * zoom)
        crop = scaled(self.pixels[box.window], wide, high, "bicubic")
        larger = pen.enlarged(zoom)
        write(crop, larger, larger.set(text), (x - box.x) * zoom, (baseline - box.y) * zoom)
        self.pixels[box.window] = scaled(crop, box.width, box.height, "bicubic")
        self.touch(box)

    def put(self, patch: Pixels, x: int, y: int) -> None:
        """Put pixels into the picture with their top left corner there."""
        box = Box(x, y, patch.shape[1], patch.shape[0]).inside(self.case.width, self.case.height)
        self.pixels[box.window] = patch[box.y - y : box.bottom - y, box.x - x : box.right - x]
        self.touch(box)


def ink_box(
    case: Case, lettering: Lettering, left: float, right: float, rows: tuple[int, int], clear: float
) -> Box:
    """Return the box of all ink of a stretch of a line, with a margin of a pixel.

    Ink that reaches over the edges by up to `clear` pixels belongs to it, and so do the marks above and
    below that reach over the rows of the line.
    """
    size = lettering.size
    aside = max(1, int(min(clear, 0.4 * size)))
    over = int(0.3 * size) + 1
    nominal = Box(
        math.floor(left), rows[0], max(1, math.ceil(right) - math.floor(left)), max(1, rows[1] - rows[0])
    )
    room = nominal.grown(aside, over).inside(case.width, case.height)
    crop = case.pixels[room.window]
    apart = distance(crop, lettering.ground)
    noisy = _is_noisy(apart)
    ink = np.asarray(apart > (_LOUD if noisy else _FAINT), np.uint8)
    inner = nominal.moved(-room.x, -room.y)
    beside = float(ink[inner.window].mean()) if ink.size else 1.0
    if beside > 0.6:  # no plain ground: everything differs from one colour
        return nominal.grown(1, 0).inside(case.width, case.height)
    _, _, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    kept = []
    for (x, y, width, height, _), (_, middle) in zip(stats[1:].tolist(), centres[1:].tolist(), strict=True):
        part = Box(x, y, width, height)
        framed = height >= room.height - 1 or width >= room.width + 2 * size
        outside = middle < inner.y - 0.05 * size or middle >= inner.bottom + 0.05 * size
        if not framed and not outside and part.meets(inner):
            kept.append(part if height <= 1.7 * size else inner)
    if not kept:
        return nominal.inside(case.width, case.height)
    margin = 2 if noisy else 1
    return united(kept).moved(room.x, room.y).grown(margin, 1).inside(case.width, case.height)


def _smeared(pixels: Pixels, ground: Rgb) -> bool:
    """Say whether a fill has drawn ink into what should be plain."""
    return int(np.count_nonzero(distance(pixels, ground) > _LOUD)) > 0.004 * pixels.size / 3


def _is_noisy(apart: Pixels) -> bool:
    """Say whether the ground varies, as it does around text once a picture was saved as JPEG."""
    quiet = int(np.count_nonzero(apart <= _FAINT))
    return int(np.count_nonzero(apart <= 1)) < 0.9 * quiet

"""What lies behind a conversation, told from where nothing stands before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Mask
from sigh_batch.forge.ground import common_color, fill
from sigh_batch.render.painter import Pixels

_COLUMNS = 24
"""So many columns tell the colour of a row."""
_STRIPS = 28
"""So many columns tell after how many rows a pattern repeats."""
_SHORTEST = 40
"""A wallpaper repeats after no fewer rows."""
_BUSY = 3
_LOUD = 20
"""A pattern differs by fewer levels from the wall's colour."""
_CAP = 12
"""More levels than these between two places are no pattern's, and count no more."""
_SEEN = 5
"""Levels off the wall from which a pixel belongs to what stands before it."""


Kind = Literal["flat", "rows", "busy"]


class Wall(NamedTuple):
    """A wall of one colour, of a colour a row, or with a pattern."""

    kind: Kind
    top: int
    colors: Pixels
    """The commonest colour of each row, n x 3."""
    taken: tuple[Box, ...]
    """What stands before it."""


def wall_of(pixels: Pixels, column: Box, taken: Sequence[Box]) -> Wall:
    """Return the wall behind a column of things."""
    places = [column.x + (2 * at + 1) * column.width // (2 * _COLUMNS) for at in range(_COLUMNS)]
    found = pixels[column.y : column.bottom, places].astype(np.int16)
    free = np.ones(found.shape[:2], np.bool_)
    for box in taken:
        hidden = [at for at, x in enumerate(places) if box.x <= x < box.right]
        if hidden:
            free[max(0, box.y - column.y) : max(0, box.bottom - column.y), hidden[0] : hidden[-1] + 1] = False
    counts = free.sum(axis=1)
    known = np.flatnonzero(counts >= 3)
    if not len(known):
        free[...] = True
        counts, known = free.sum(axis=1), np.arange(len(free))
    ordered = np.sort(np.where(free[:, :, None], found, 999), axis=1)
    middle = np.take_along_axis(ordered, (counts // 2)[:, None, None].repeat(3, 2), axis=1)[:, 0]
    after = np.minimum(np.searchsorted(known, np.arange(len(free))), len(known) - 1)
    colors = _smooth(middle[known[after]].astype(np.uint8))
    off = np.abs(found - colors[:, None]).max(axis=2) > _BUSY
    busy = int((off & free).sum()) * 60 > int(free.sum())
    kind: Kind = "busy" if busy else "flat" if int(np.ptp(colors, axis=0).max()) <= 1 else "rows"
    return Wall(kind, column.y, colors, tuple(taken))


def _smooth(colors: Pixels) -> Pixels:
    """Return the colours of rows without thin lines; one colour where they are no gradient."""
    window = min(61, (len(colors) - 1) // 2 * 2 + 1)
    smooth = colors
    if window > 1:
        smooth = np.asarray(cv2.medianBlur(colors[:, None], window), np.uint8).reshape(-1, 3)
    steps = np.abs(np.diff(smooth.astype(np.int16), axis=0)).max(axis=1)
    if len(steps) and int(steps.max()) > 2:
        smooth = np.repeat(common_color(smooth)[None], len(smooth), axis=0)
    return np.ascontiguousarray(smooth, np.uint8)


def bare(pixels: Pixels, wall: Wall, part: Box) -> Pixels:
    """Return a part of the picture with nothing before the wall.

    Of a pattern, what is hidden comes from where the pattern repeats; where it does not, by `fill`.
    """
    rows = np.clip(np.arange(part.y, part.bottom) - wall.top, 0, len(wall.colors) - 1)
    made = np.repeat(wall.colors[rows][:, None], part.width, axis=1)
    if wall.kind != "busy":
        return made
    hidden = _hidden(pixels, wall, part, made)
    np.copyto(made, pixels[part.window], where=~hidden[:, :, None])
    period = _period(pixels, part, hidden)
    if period is None:
        for box in wall.taken:
            if box.meets(part):
                seen = box.inside(pixels.shape[1], pixels.shape[0])
                ground = fill(pixels, seen, "neighbours")
                _put(made, ground, seen, part)
        return made
    missing = hidden.copy()
    for times in range(1, part.height // period + 1):
        for down in (times * period, -times * period):
            here = slice(max(0, -down), part.height - max(0, down))
            there = slice(max(0, down), part.height - max(0, -down))
            known = missing[here] & ~hidden[there]
            np.copyto(made[here], pixels[part.window][there], where=known[:, :, None])
            missing[here] &= ~known
        if not missing.any():
            break
    return made


def standing(pixels: Pixels, ground: Pixels) -> NDArray[np.uint8]:
    """Return the coverage (0 or 255) of what stands before a bare wall; shapes have no holes."""
    red, green, blue = cv2.split(cv2.absdiff(pixels, ground))
    seen = cv2.max(cv2.max(red, green), blue) > _SEEN
    solid = cv2.morphologyEx(seen.view(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    shapes, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cover = np.zeros(seen.shape, np.uint8)
    cv2.drawContours(cover, shapes, -1, 255, cv2.FILLED)
    return cover


def _hidden(pixels: Pixels, wall: Wall, part: Box, plain: Pixels) -> Mask:
    """Return where something stands before the wall: known things, and what no pattern of a wall would be."""
    apart = cv2.absdiff(pixels[part.window], plain)
    red, green, blue = cv2.split(apart)
    strange = cv2.max(cv2.max(red, green), blue) > _LOUD
    hidden = cv2.dilate(strange.view(np.uint8), np.ones((9, 9), np.uint8)) > 0
    for box in wall.taken:
        if box.meets(part):
            window = box.moved(-part.x, -part.y)
            hidden[max(0, window.y) : window.bottom, max(0, window.x) : window.right] = True
    return np.asarray(hidden, np.bool_)


def _period(pixels: Pixels, part: Box, hidden: Mask) -> int | None:
    """Return after how many rows a pattern repeats, if it does: where what is seen of it differs least."""
    seen = (~hidden).sum(axis=0)
    open_columns = np.flatnonzero(seen * 5 >= int(seen.max()) * 3)
    chosen = open_columns[np.arange(_STRIPS) * len(open_columns) // _STRIPS]
    shown = pixels[part.window][:, chosen].astype(np.int16).sum(axis=2) // 3
    free = (~hidden[:, chosen]).astype(np.int16)
    step = 2 if part.height >= 1000 else 1
    rows = part.height // step
    coarse = sum(shown[at : rows * step : step] for at in range(step)) // step
    both = np.minimum.reduce([free[at : rows * step : step] for at in range(step)])
    costs = _costs(coarse, both, range(_SHORTEST // step, rows * 3 // 4))
    if not costs:
        return None
    usual = sorted(costs)[len(costs) // 2][0]
    near = min(costs)[1] * step
    exact = _costs(shown, free, range(near - step, near + step + 1))
    least = min(exact, default=(usual, 0))
    return least[1] if least[0] * 2 <= usual else None


def _costs(shown: NDArray[Any], free: NDArray[np.int16], downs: Iterable[int]) -> list[tuple[int, int]]:
    """Return by how much a pattern differs from itself so many rows further down, and that number."""
    costs = []
    for down in downs:
        both = free[down:] & free[:-down]
        count = int(np.count_nonzero(both))
        if count >= 200:
            apart = np.minimum(np.abs(shown[down:] - shown[:-down]), _CAP) * both
            costs.append((int(apart.sum(dtype=np.int64)) * 1000 // count, down))
    return costs


def _put(made: Pixels, ground: Pixels, box: Box, part: Box) -> None:
    """Lay what was filled in a box over a part of the picture."""
    left, top = max(box.x, part.x), max(box.y, part.y)
    right, bottom = min(box.right, part.right), min(box.bottom, part.bottom)
    if right > left and bottom > top:
        made[top - part.y : bottom - part.y, left - part.x : right - part.x] = ground[
            top - box.y : bottom - box.y, left - box.x : right - box.x
        ]

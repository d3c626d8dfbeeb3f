"""Putting bands of a picture in another order, as one does who takes a message out and closes the gap.

A careless forger moves whole bands, wallpaper and all; on a patterned or shaded wall that leaves seams.
Who takes care lifts what stands on the wall and sets it down on the bare wall elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Mask
from sigh_batch.forge.ground import tinted
from sigh_batch.forge.rows import Sheet
from sigh_batch.forge.wall import bare, standing
from sigh_batch.render.painter import Pixels


class Move(NamedTuple):
    """Rows from `top` to `bottom` of the column, set down at another row."""

    top: int
    bottom: int
    to: int

    @property
    def down(self) -> int:
        """By how many rows they go down; up, where it is negative."""
        return self.to - self.top


def restack(
    pixels: Pixels, sheet: Sheet, moves: Sequence[Move], part: Box, *, lift: bool, error: Sequence[int]
) -> Mask:
    """Carry out moves within a part of the column, and show the wall where nothing is set down.

    Writes to `pixels`, the caller's own copy; returns which pixels were copied elsewhere.
    """
    before = pixels[part.window].copy()
    source = np.zeros(pixels.shape[:2], np.bool_)
    if not lift:
        empty = np.ones(part.height, np.bool_)
        for move in moves:
            there = slice(move.to - part.y, move.to - part.y + move.bottom - move.top)
            pixels[part.window][there] = before[move.top - part.y : move.bottom - part.y]
            empty[there] = False
            if move.down:
                source[move.top : move.bottom, part.x : part.right] = True
        for top, bottom in _runs(empty):
            hole = Box(part.x, part.y + top, part.width, bottom - top)
            pixels[hole.window] = tinted(np.repeat(_colors(sheet, hole), part.width, axis=1), error)
        return source
    column = sheet.column
    ground = bare(pixels, sheet.wall, column)[part.moved(-column.x, -column.y).window]
    cover = standing(before, ground)
    pixels[part.window] = ground
    for move in moves:
        here = slice(move.top - part.y, move.bottom - part.y)
        there = slice(move.to - part.y, move.to - part.y + move.bottom - move.top)
        taken = cover[here] > 0
        np.copyto(pixels[part.window][there], before[here], where=taken[:, :, None])
        if move.down:
            source[part.window][here] |= taken
    return source


def _colors(sheet: Sheet, hole: Box) -> Pixels:
    """Return the wall's colour in each row of a hole, n x 1 x 3."""
    rows = np.clip(np.arange(hole.y, hole.bottom) - sheet.wall.top, 0, len(sheet.wall.colors) - 1)
    return np.asarray(sheet.wall.colors[rows][:, None])


def _runs(said: Mask) -> list[tuple[int, int]]:
    steps = np.flatnonzero(np.diff(np.concatenate([[False], said, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in zip(steps[::2], steps[1::2], strict=True)]

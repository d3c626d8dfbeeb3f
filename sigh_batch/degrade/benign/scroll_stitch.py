"""Two screenshots of a scrolled conversation joined into one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.degrade.operation import Operation, benign_edit
from sigh_batch.degrade.picture import Boxes, Picture
from sigh_batch.degrade.rules import Fields, Number
from sigh_batch.rng import Draws


@benign_edit("scroll_stitch")
class ScrollStitch(Operation):
    """A long screenshot from two, joined at a row: exactly, with rows shown twice, or with rows lost."""

    rules = Fields(
        {
            "first_end": Number(0, 1, "share of the height at which the upper one ends"),
            "second_start": Number(0, 1, "share of the height at which the lower one begins"),
        }
    )
    unit = "share of the height lost at the middle"
    levels = (0, 0.01, 0.02, 0.05, 0.1)
    identity = 0

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw a seam, exact in a fifth, otherwise with up to 5 % of the rows lost or doubled."""
        seam = draws.uniform(0.2, 0.8)
        slip = 0.0 if draws.chance(0.2) else draws.uniform(-0.05, 0.05)
        return {"first_end": round(seam, 5), "second_start": round(seam + slip, 5)}

    def at(self, level: float) -> Json:
        """Return a seam in the middle with rows lost."""
        return {"first_end": 0.5, "second_start": 0.5 + level}

    def area(self, picture: Picture, params: Mapping[str, Any]) -> int:
        """Return how many pixels both parts have."""
        end, start = _seam(picture, params)
        return picture.width * (min(end, picture.height) + max(0, picture.height - start))

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Join the upper rows and the lower rows; the marks of a row go wherever the row is shown."""
        end, start = _seam(picture, params)
        pixels, mask = (np.concatenate([rows[:end], rows[start:]]) for rows in (picture.pixels, picture.mask))
        return picture.moved(pixels, mask, _joined(picture.boxes, end, start))


def _seam(picture: Picture, params: Mapping[str, Any]) -> tuple[int, int]:
    """Return the row at which the upper part ends, and that at which the lower one begins."""
    end = max(1, round(params["first_end"] * picture.height))
    slip = params["second_start"] - params["first_end"]
    return end, max(0, end + round(slip * picture.height))


def _joined(boxes: Boxes, end: int, start: int) -> Boxes:
    """Return where elements are after rows [0, end) and [start, ...) are joined.

    An element that is whole above the seam stays there, one that is whole below moves, one that both
    parts show is joined, and of a cut one the rest is left.
    """
    if not len(boxes):
        return boxes
    top, bottom = boxes[:, 1], boxes[:, 1] + boxes[:, 3]
    slip = end - start
    above, below = top < end, bottom > start
    cases = [bottom <= end, top >= start, above & below, above, below]
    tops = np.select(cases, [top, top + slip, top, top, np.full_like(top, end)], end)
    bottoms = np.select(
        cases, [bottom, bottom + slip, bottom + slip, np.full_like(top, end), bottom + slip], end
    )
    moved = boxes.copy()
    moved[:, 1], moved[:, 3] = tops, bottoms - tops
    return moved

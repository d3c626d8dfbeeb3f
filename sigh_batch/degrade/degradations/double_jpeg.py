"""Saved as JPEG twice, on the same 8x8 grid or on a shifted one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.degrade.encode import JPEG_RULES, annex_k, draw_jpeg, saved
from sigh_batch.degrade.operation import Operation, degradation
from sigh_batch.degrade.picture import Picture
from sigh_batch.degrade.rules import Fields, Many, Whole
from sigh_batch.rng import Draws


@degradation("double_jpeg")
class DoubleJpeg(Operation):
    """A picture cut out of a JPEG and saved as JPEG again: the first grid lies shifted under the second."""

    rules = Fields(
        {
            "first": Fields(JPEG_RULES, "settings of the first save, as of jpeg"),
            "second": Fields(JPEG_RULES, "settings of the second"),
            "shift": Many(Whole(0, 7), 2, 2, "where the first grid begins, right and down; 0, 0 is aligned"),
        }
    )
    unit = "quality of the first save, shifted by 3 and 5"
    levels = (100, 90, 80, 70, 60, 50, 40, 30)
    limit = 65_528

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw both saves; the grids agree in three of ten."""
        aligned = draws.chance(0.3)
        shift = [0, 0] if aligned else draws.choice(_SHIFTS)
        return {"first": draw_jpeg(draws), "second": draw_jpeg(draws, 60, 98), "shift": list(shift)}

    def at(self, level: float) -> Json:
        """Return a first save of that quality and a second one of quality 85."""
        return {"first": annex_k(int(level)), "second": annex_k(85), "shift": [3, 5]}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Save on a larger sheet that begins before the picture, cut the picture out, save again."""
        right, down = params["shift"]
        left, top = -right % 8, -down % 8
        sheet = np.pad(picture.pixels, ((top, 0), (left, 0), (0, 0)), mode="edge")
        once = saved(replace(picture, pixels=sheet), "jpg", params["first"])
        return saved(replace(once, pixels=once.pixels[top:, left:]), "jpg", params["second"])


_SHIFTS = [(right, down) for right in range(8) for down in range(8) if right or down]

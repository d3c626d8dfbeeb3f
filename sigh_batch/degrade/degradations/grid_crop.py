"""Some pixels cut off, so that the grid of an earlier compression begins elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.degrade.geometry import cut
from sigh_batch.degrade.operation import Operation, degradation
from sigh_batch.degrade.picture import Picture
from sigh_batch.degrade.rules import Fields, Rule, Whole
from sigh_batch.rng import Draws

_RULES: dict[str, Rule] = {
    side: Whole(0, 65_535, "pixels; one row and column always stay")
    for side in ("left", "top", "right", "bottom")
}


@degradation("grid_crop")
class GridCrop(Operation):
    """A crop by a few pixels that nobody sees: it breaks the 8x8 grid of earlier saves."""

    rules = Fields(_RULES)
    unit = "pixels off left and top"
    levels = (0, 1, 2, 3, 4, 5, 6, 7)
    identity = 0

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw up to 15 pixels a side, never a multiple of 8 at left and top both."""
        left, top = draws.integer(0, 15), draws.integer(0, 15)
        if left % 8 == 0 and top % 8 == 0:
            left += draws.integer(1, 7)
        return {"left": left, "top": top, "right": draws.integer(0, 15), "bottom": draws.integer(0, 15)}

    def at(self, level: float) -> Json:
        """Return a crop at left and top."""
        return {"left": int(level), "top": int(level), "right": 0, "bottom": 0}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Cut pixels and marks, move boxes."""
        return cut(picture, params["left"], params["top"], params["right"], params["bottom"])

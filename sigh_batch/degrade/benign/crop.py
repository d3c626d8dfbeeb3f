"""Cut down to what matters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.degrade.geometry import cut
from sigh_batch.degrade.operation import Operation, benign_edit
from sigh_batch.degrade.picture import Picture
from sigh_batch.degrade.rules import Fields, Number, Rule
from sigh_batch.rng import Draws

_RULES: dict[str, Rule] = {
    "left": Number(0, 1, "share of the width"),
    "top": Number(0, 1, "share of the height"),
    "right": Number(0, 1, "share of the width"),
    "bottom": Number(0, 1, "share of the height"),
}


@benign_edit("crop")
class Crop(Operation):
    """A crop to the messages that matter; status bar, header or input bar may go."""

    rules = Fields(_RULES)
    unit = "share off each side"
    levels = (0, 0.05, 0.1, 0.2, 0.3)
    identity = 0

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw one to four sides, up to a quarter of the width or height each."""
        sides = draws.sample(tuple(_RULES), draws.integer(1, 4))
        return {side: round(draws.uniform(0.01, 0.25), 5) if side in sides else 0.0 for side in _RULES}

    def at(self, level: float) -> Json:
        """Return the same share off each side."""
        return dict.fromkeys(_RULES, float(level))

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Cut pixels and marks, move boxes."""
        left, right = (round(params[side] * picture.width) for side in ("left", "right"))
        top, bottom = (round(params[side] * picture.height) for side in ("top", "bottom"))
        return cut(picture, left, top, right, bottom)

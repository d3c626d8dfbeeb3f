"""A ring around something."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.degrade.benign.arrow import PEN, PEN_COLORS
from sigh_batch.degrade.operation import Operation, benign_edit
from sigh_batch.degrade.paint import painted, stroked, whole_area
from sigh_batch.degrade.picture import Picture
from sigh_batch.degrade.places import draw_places
from sigh_batch.degrade.rules import COLOR, Fields, Many, Number
from sigh_batch.rng import Draws

_STEPS = 48


@benign_edit("circle")
class Circle(Operation):
    """A ring drawn by hand around a word, a name or a time."""

    rules = Fields(
        {
            "middle": Many(Number(0, 1), 2, 2, "x and y as shares of the picture"),
            "radii": Many(Number(0.001, 2), 2, 2, "across and down, as shares of the picture"),
            "wobble": Number(0, 0.5, "how unsteady the hand is; 0 is an ellipse"),
            "start": Number(0, 7, "angle at which the pen is set down"),
            "turn": Number(0.1, 10, "angle that the pen goes round; 6.28 closes the ring"),
            "thickness": PEN,
            "color": COLOR,
        }
    )
    unit = "thickness, around the middle"
    levels = (0.002, 0.005, 0.01, 0.02)

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw a ring somewhat larger than an element."""
        kinds = ("word", "author", "time", "line", "avatar")
        ((x, y, wide, high),) = draw_places(draws, picture, kinds, 1)
        # As far from the element's sides as from its top, however long it is.
        gap = high * draws.uniform(0.2, 0.7)
        radii = 0.53 * wide + gap * picture.height / picture.width, 0.65 * high + gap
        return {
            "middle": [round(x + wide / 2, 5), round(y + high / 2, 5)],
            "radii": [round(min(2.0, max(0.001, radius)), 5) for radius in radii],
            "wobble": round(draws.uniform(0.02, 0.12), 3) if draws.chance(0.7) else 0.0,
            "start": round(draws.uniform(0, 6.28), 3),
            "turn": round(draws.uniform(5.9, 7.2), 3),
            "thickness": round(draws.uniform(0.003, 0.01), 5),
            "color": list(draws.choice(PEN_COLORS)),
        }

    def at(self, level: float) -> Json:
        """Return a red ring."""
        ring = {"middle": [0.5, 0.5], "radii": [0.2, 0.05], "wobble": 0.05, "start": 4.0, "turn": 6.6}
        return {**ring, "thickness": float(level), "color": [230, 30, 30]}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Draw the pen's way."""
        (x, y), (across, down) = params["middle"], params["radii"]
        points = []
        for step in range(_STEPS + 1):
            angle = params["start"] + params["turn"] * step / _STEPS
            # Two slow waves that do not close after a turn, so that the end misses the start.
            unsteady = math.sin(1.7 * angle + params["start"]) + 0.6 * math.sin(2.9 * angle)
            radius = 1 + params["wobble"] * unsteady
            points.append([x + across * radius * math.cos(angle), y + down * radius * math.sin(angle)])
        coverage = stroked(picture, points, params["thickness"])
        return painted(picture, coverage, whole_area(picture), params["color"])

"""An arrow that points at something."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.degrade.operation import Operation, benign_edit
from sigh_batch.degrade.paint import painted, stroked, whole_area
from sigh_batch.degrade.picture import Picture
from sigh_batch.degrade.places import draw_places
from sigh_batch.degrade.rules import COLOR, Fields, Many, Number
from sigh_batch.rng import Draws

PEN_COLORS = ([230, 30, 30], [230, 30, 30], [255, 200, 0], [30, 110, 230], [20, 160, 60], [0, 0, 0])
PEN = Number(0.0005, 0.1, "of the line, as a share of the picture's short side")
_POINT = Many(Number(-0.5, 1.5), 2, 2)


@benign_edit("arrow")
class Arrow(Operation):
    """An arrow drawn onto the picture to point at a message."""

    rules = Fields(
        {
            "tail": Many(_POINT.of, 2, 2, "x and y as shares of the picture"),
            "tip": Many(_POINT.of, 2, 2, "x and y as shares of the picture"),
            "head": Number(0.01, 1, "length of the head's strokes, as a share of the arrow"),
            "thickness": PEN,
            "color": COLOR,
        }
    )
    unit = "thickness, across the middle"
    levels = (0.002, 0.005, 0.01, 0.02)

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw an arrow that ends beside a message."""
        ((x, y, wide, high),) = draw_places(draws, picture, ("message", "bubble", "line"), 1)
        angle, length = draws.uniform(0, math.tau), draws.uniform(0.08, 0.3)
        tip = [x + wide * draws.random(), y + high * draws.random()]
        tail = [tip[0] + length * math.cos(angle), tip[1] + length * math.sin(angle)]
        return {
            "tail": [round(min(1.5, max(-0.5, place)), 5) for place in tail],
            "tip": [round(place, 5) for place in tip],
            "head": round(draws.uniform(0.15, 0.35), 3),
            "thickness": round(draws.uniform(0.004, 0.014), 5),
            "color": list(draws.choice(PEN_COLORS)),
        }

    def at(self, level: float) -> Json:
        """Return a red arrow."""
        places = {"tail": [0.8, 0.3], "tip": [0.4, 0.5]}
        return {**places, "head": 0.25, "thickness": float(level), "color": [230, 30, 30]}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Draw the shaft and both strokes of the head in one go."""
        (tail_x, tail_y), (tip_x, tip_y) = params["tail"], params["tip"]
        # In pixels, so that the head's angle is the same on tall and wide pictures.
        back_x, back_y = (tail_x - tip_x) * picture.width, (tail_y - tip_y) * picture.height
        points = [[tail_x, tail_y], [tip_x, tip_y]]
        for turn in (0.5, -0.5):
            wing_x = (back_x * math.cos(turn) - back_y * math.sin(turn)) * params["head"]
            wing_y = (back_x * math.sin(turn) + back_y * math.cos(turn)) * params["head"]
            points += [[tip_x + wing_x / picture.width, tip_y + wing_y / picture.height], [tip_x, tip_y]]
        coverage = stroked(picture, points, params["thickness"])
        return painted(picture, coverage, whole_area(picture), params["color"])

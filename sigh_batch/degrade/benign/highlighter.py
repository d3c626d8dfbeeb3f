"""A line marked with a highlighter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.degrade.operation import Operation, benign_edit
from sigh_batch.degrade.picture import Picture, Pixels
from sigh_batch.degrade.places import area_of, draw_places
from sigh_batch.degrade.rules import COLOR, RECTANGLE, Fields, Many, Number, OneOf
from sigh_batch.rng import Draws

_COLORS = ([255, 240, 60], [140, 255, 120], [255, 160, 200], [120, 220, 255], [255, 190, 80])


@benign_edit("highlighter")
class Highlighter(Operation):
    """Words or lines marked by a translucent pen, as editors on phones have it."""

    rules = Fields(
        {
            "places": Many(RECTANGLE, 1, 64, "left, top, width, height, as shares of the picture"),
            "color": COLOR,
            "style": OneOf(("multiply", "blend"), "darken by the colour, or mix with it"),
            "strength": Number(0.01, 1, "share of the colour"),
            "slant": Number(-1, 1, "how far the stroke rises from left to right, in its heights"),
        }
    )
    unit = "strength on a line in the middle"
    levels = (0.2, 0.4, 0.6, 0.8)

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw one to three lines or words."""
        places = draw_places(draws, picture, ("line", "word", "text"), draws.integer(1, 3), 0.15)
        return {
            "places": places,
            "color": list(draws.choice(_COLORS)),
            "style": draws.choice(("multiply", "blend")),
            "strength": round(draws.uniform(0.3, 0.7), 3),
            "slant": round(draws.uniform(-0.15, 0.15), 3) if draws.chance(0.5) else 0.0,
        }

    def at(self, level: float) -> Json:
        """Return a yellow line in the middle."""
        style = {"color": [255, 240, 60], "style": "blend", "strength": float(level), "slant": 0.0}
        return {"places": [[0.2, 0.47, 0.6, 0.05]], **style}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Send what lies under the stroke through a table a channel."""
        table = _ink(params)
        pixels = picture.pixels.copy()
        for place in params["places"]:
            left, top, right, bottom = area_of(picture, place)
            rise = params["slant"] * (bottom - top) / 2
            low, high = max(0, int(top - abs(rise)) - 1), min(picture.height, int(bottom + abs(rise)) + 2)
            under = pixels[low:high, left:right]
            corners = [
                (0, top + rise - low),
                (right - left - 1, top - rise - low),
                (right - left - 1, bottom - 1 - rise - low),
                (0, bottom - 1 + rise - low),
            ]
            stroke = np.zeros(under.shape[:2], np.uint8)
            cv2.fillConvexPoly(stroke, np.rint(corners).astype(np.int32), 1)
            under[stroke != 0] = cv2.LUT(under, table)[stroke != 0]
        return picture.repainted(pixels)


def _ink(params: Mapping[str, Any]) -> Pixels:
    levels = np.arange(256, dtype=np.float64)[:, None]
    color = np.asarray(params["color"], np.float64)[None, :]
    full = levels * color / 255 if params["style"] == "multiply" else np.broadcast_to(color, (256, 3))
    strength = params["strength"]
    table: Pixels = np.rint(levels * (1 - strength) + full * strength).astype(np.uint8)
    return table.reshape(1, 256, 3)

"""Something blacked out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.degrade.operation import Operation, benign_edit
from sigh_batch.degrade.paint import painted
from sigh_batch.degrade.picture import Mask, Picture
from sigh_batch.degrade.places import area_of, draw_places
from sigh_batch.degrade.rules import COLOR, RECTANGLE, Fields, Many, OneOf
from sigh_batch.rng import Draws

_STYLES = ("bar", "rounded", "scribble")
_COLORS = ([0, 0, 0], [0, 0, 0], [255, 255, 255], [220, 30, 30], [40, 40, 40])
_KINDS = ("author", "word", "line")


@benign_edit("redaction")
class Redaction(Operation):
    """Names, numbers or lines covered by an opaque bar or a scribble; what is covered is forged no more."""

    rules = Fields(
        {
            "places": Many(RECTANGLE, 1, 64, "left, top, width, height, as shares of the picture"),
            "style": OneOf(_STYLES),
            "color": COLOR,
        }
    )
    unit = "share of the height covered"
    levels = (0.02, 0.05, 0.1, 0.2)

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw one to four names, words or lines."""
        places = draw_places(draws, picture, _KINDS, draws.integer(1, 4), draws.uniform(0, 0.25))
        style = draws.weighted(_STYLES, (0.5, 0.2, 0.3))
        return {"places": places, "style": style, "color": list(draws.choice(_COLORS))}

    def at(self, level: float) -> Json:
        """Return one black bar in the middle."""
        return {"places": [[0.2, 0.5 - level / 2, 0.6, level]], "style": "bar", "color": [0, 0, 0]}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Cover every place."""
        for place in params["places"]:
            area = area_of(picture, place)
            cover = _cover(area[2] - area[0], area[3] - area[1], params["style"])
            picture = painted(picture, cover, area, params["color"])
        return picture


def _cover(width: int, height: int, style: str) -> Mask:
    if style == "bar":
        return np.full((height, width), 255, np.uint8)
    cover = np.zeros((height, width), np.uint8)
    if style == "rounded":
        radius = min(width, height) // 4
        inner = (radius, radius), (width - 1 - radius, height - 1 - radius)
        cv2.rectangle(cover, (radius, 0), (width - 1 - radius, height - 1), 255, -1)
        cv2.rectangle(cover, (0, radius), (width - 1, height - 1 - radius), 255, -1)
        for x, y in ((x, y) for x in (inner[0][0], inner[1][0]) for y in (inner[0][1], inner[1][1])):
            cv2.circle(cover, (x, y), radius, 255, -1, cv2.LINE_AA)
        return cover
    pen = max(1, round(height * 0.45))
    steps = np.arange(max(3, 2 + 2 * width // (height + 1)))
    across = np.rint(steps * (width - 1) / (len(steps) - 1))
    down = np.where(steps % 2, height * 0.28, height * 0.72)
    points = np.stack([across, down], axis=1).astype(np.int32)
    cv2.polylines(cover, [points], False, 255, min(pen, 255), cv2.LINE_AA)
    return cover

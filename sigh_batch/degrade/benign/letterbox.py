"""Bars around the picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.degrade.degradations.blur import blurred
from sigh_batch.degrade.geometry import pad
from sigh_batch.degrade.operation import Operation, benign_edit
from sigh_batch.degrade.picture import Picture, Pixels
from sigh_batch.degrade.resample import resample
from sigh_batch.degrade.rules import COLOR, Fields, Number, OneOf
from sigh_batch.rng import Draws

_COLORS = ([0, 0, 0], [0, 0, 0], [255, 255, 255], [24, 24, 28])
_SHRUNK = 64
_DARKER = (np.arange(256) * 3 // 4).astype(np.uint8)


@benign_edit("letterbox")
class Letterbox(Operation):
    """Bars that fit a picture to another shape of screen, plain or filled with a blurred copy of it."""

    rules = Fields(
        {
            "sides": Number(0, 2, "width of each bar at left and right, as a share of the picture's width"),
            "ends": Number(0, 2, "height of each bar at top and bottom, as a share of its height"),
            "fill": OneOf(("color", "blur")),
            "color": COLOR,
        }
    )
    unit = "share of the width at each side, black"
    levels = (0, 0.05, 0.1, 0.25, 0.5)
    identity = 0

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw bars at the sides or at the ends."""
        size = round(draws.uniform(0.02, 0.4), 5)
        sides = draws.chance(0.6)
        return {
            "sides": size if sides else 0.0,
            "ends": 0.0 if sides else size,
            "fill": draws.weighted(("color", "blur"), (0.7, 0.3)),
            "color": list(draws.choice(_COLORS)),
        }

    def at(self, level: float) -> Json:
        """Return black bars at the sides."""
        return {"sides": float(level), "ends": 0.0, "fill": "color", "color": [0, 0, 0]}

    def area(self, picture: Picture, params: Mapping[str, Any]) -> int:
        """Return how many pixels the sheet has."""
        side, end = _bars(picture, params)
        return (picture.width + 2 * side) * (picture.height + 2 * end)

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Put the picture in the middle of a larger sheet."""
        side, end = _bars(picture, params)
        boxed = pad(picture, side, end, side, end, params["color"])
        if params["fill"] == "color" or not (side or end):
            return boxed
        sheet = _backdrop(picture.pixels, boxed.width, boxed.height)
        sheet[end : end + picture.height, side : side + picture.width] = picture.pixels
        return replace(boxed, pixels=sheet)


def _bars(picture: Picture, params: Mapping[str, Any]) -> tuple[int, int]:
    """Return how wide the bars at the sides are, and how high those at the ends."""
    return round(params["sides"] * picture.width), round(params["ends"] * picture.height)


def _backdrop(pixels: Pixels, width: int, height: int) -> Pixels:
    """Return the picture stretched over the sheet, blurred and darker, all of it at thumbnail size."""
    small = blurred(resample(pixels, _SHRUNK, _SHRUNK, "area", True), 2.0)
    wide = resample(small, width, height, "bicubic", True)
    return np.asarray(cv2.LUT(wide, _DARKER), np.uint8)

"""A screenshot of the picture in a viewer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.degrade.degradations.tone import GAINS, GAMMA, through_curve
from sigh_batch.degrade.geometry import cut, scale, scaled_size
from sigh_batch.degrade.operation import Operation, degradation
from sigh_batch.degrade.picture import Picture
from sigh_batch.degrade.resample import FILTERS
from sigh_batch.degrade.rules import Fields, Flag, Many, Number, OneOf, Whole
from sigh_batch.rng import Draws

_USUAL = (0.5, 0.67, 0.75, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)


@degradation("rescreenshot")
class Rescreenshot(Operation):
    """A screenshot of a screenshot: shown at some zoom on another screen, captured, cut out unevenly."""

    rules = Fields(
        {
            "scale": Number(0.1, 4, "of what is shown: the viewer's zoom times the screen's scale"),
            "filter": OneOf(FILTERS, "the viewer's"),
            "antialias": Flag("the viewer smooths before shrinking"),
            "gamma": GAMMA,
            "gains": GAINS,
            "trim": Many(Whole(0, 64), 4, 4, "pixels lost at left, top, right and bottom in cutting it out"),
        }
    )
    unit = "scale, bilinear"
    levels = (1.0, 2.0, 1.5, 1.25, 1.1, 0.9, 0.75, 0.5)
    identity = 1.0

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw a usual zoom in half, any from 0.5 to 2 otherwise."""
        scale_factor = draws.choice(_USUAL) if draws.chance(0.5) else round(2 ** draws.uniform(-1, 1), 4)
        managed = draws.chance(0.4)
        return {
            "scale": scale_factor,
            "filter": draws.weighted(("nearest", "bilinear", "bicubic", "lanczos"), (0.1, 0.45, 0.3, 0.15)),
            "antialias": draws.chance(0.6),
            "gamma": round(2 ** draws.uniform(-0.15, 0.15), 3) if managed else 1.0,
            "gains": [round(draws.uniform(0.94, 1.0), 3) if managed else 1.0 for _ in range(3)],
            "trim": [draws.integer(0, 9) if draws.chance(0.5) else 0 for _ in range(4)],
        }

    def at(self, level: float) -> Json:
        """Return a scale alone."""
        same = {"gamma": 1.0, "gains": [1.0, 1.0, 1.0], "trim": [0, 0, 0, 0]}
        return {"scale": float(level), "filter": "bilinear", "antialias": True, **same}

    def area(self, picture: Picture, params: Mapping[str, Any]) -> int:
        """Return how many pixels are left of the scaled picture."""
        left, top, right, bottom = params["trim"]
        width, height = scaled_size(picture, params["scale"])
        return int(max(1, width - left - right) * max(1, height - top - bottom))

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Scale, send through the other screen's curve, trim."""
        width, height = scaled_size(picture, params["scale"])
        shown = scale(picture, width, height, params["filter"], params["antialias"])
        if params["gamma"] != 1 or any(gain != 1 for gain in params["gains"]):
            shown = shown.repainted(through_curve(shown.pixels, params["gamma"], params["gains"]))
        left, top, right, bottom = params["trim"]
        return cut(shown, left, top, right, bottom)

"""A name made unreadable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.degrade.degradations.blur import blurred
from sigh_batch.degrade.operation import Operation, benign_edit
from sigh_batch.degrade.picture import Picture, Pixels
from sigh_batch.degrade.places import area_of, draw_places
from sigh_batch.degrade.resample import resample
from sigh_batch.degrade.rules import RECTANGLE, Fields, Many, Number, OneOf
from sigh_batch.rng import Draws


@benign_edit("blurred_name")
class BlurredName(Operation):
    """Names and avatars blurred or turned to mosaic for privacy."""

    rules = Fields(
        {
            "places": Many(RECTANGLE, 1, 64, "left, top, width, height, as shares of the picture"),
            "style": OneOf(("gaussian", "mosaic")),
            "strength": Number(0.01, 2, "sigma or tile, as a share of the place's height"),
        }
    )
    unit = "strength on the middle of the picture"
    levels = (0.05, 0.1, 0.2, 0.4)

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw one to six names and avatars."""
        kinds = ("author", "avatar")
        places = draw_places(draws, picture, kinds, draws.integer(1, 6), draws.uniform(0, 0.3))
        style = draws.choice(("gaussian", "mosaic"))
        return {"places": places, "style": style, "strength": round(draws.uniform(0.12, 0.45), 3)}

    def at(self, level: float) -> Json:
        """Return one blurred line in the middle."""
        return {"places": [[0.3, 0.48, 0.4, 0.04]], "style": "gaussian", "strength": float(level)}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Blur every place by itself; nothing from around it flows in."""
        pixels = picture.pixels.copy()
        for place in params["places"]:
            left, top, right, bottom = area_of(picture, place)
            name = pixels[top:bottom, left:right]
            size = params["strength"] * (bottom - top)
            name[...] = _mosaic(name, size) if params["style"] == "mosaic" else blurred(name, min(size, 50))
        return picture.repainted(pixels)


def _mosaic(pixels: Pixels, tile: float) -> Pixels:
    height, width = pixels.shape[:2]
    tile = max(2.0, tile)
    columns, rows = max(1, round(width / tile)), max(1, round(height / tile))
    return resample(resample(pixels, columns, rows, "area", True), width, height, "nearest", False)

"""Sent through a messenger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.degrade.encode import SUBSAMPLINGS, annex_k, saved
from sigh_batch.degrade.geometry import scale
from sigh_batch.degrade.operation import Operation, degradation
from sigh_batch.degrade.picture import Picture
from sigh_batch.degrade.resample import FILTERS
from sigh_batch.degrade.rules import Fields, Flag, OneOf, Whole
from sigh_batch.rng import Draws

_SIDES = (640, 800, 1024, 1280, 1600, 2048, 2560)


@degradation("messenger")
class Messenger(Operation):
    """A messenger's pass: down to a longest side, chroma-subsampled JPEG or WebP, all metadata gone."""

    rules = Fields(
        {
            "long_side": Whole(16, 16_383, "of the result; smaller pictures keep their size"),
            "filter": OneOf(FILTERS),
            "antialias": Flag("smooth before shrinking"),
            "codec": OneOf(("jpg", "webp")),
            "quality": Whole(1, 100),
            "subsampling": OneOf(SUBSAMPLINGS, "of JPEG; WebP has 4:2:0 alone"),
            "progressive": Flag("of JPEG"),
        }
    )
    unit = "longest side at quality 75"
    levels = (2560, 2048, 1600, 1280, 1024, 800, 640)

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw a usual longest side and a quality from 50 to 90."""
        return {
            "long_side": draws.choice(_SIDES),
            "filter": draws.weighted(("bilinear", "bicubic", "lanczos", "area"), (0.4, 0.2, 0.25, 0.15)),
            "antialias": draws.chance(0.7),
            "codec": draws.weighted(("jpg", "webp"), (0.75, 0.25)),
            "quality": draws.integer(50, 90),
            "subsampling": draws.weighted(("4:2:0", "4:2:2"), (0.9, 0.1)),
            "progressive": draws.chance(0.4),
        }

    def at(self, level: float) -> Json:
        """Return a longest side with the commonest rest."""
        jpeg = {"codec": "jpg", "quality": 75, "subsampling": "4:2:0", "progressive": False}
        return {"long_side": int(level), "filter": "bilinear", "antialias": True, **jpeg}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Scale down where it is too large, save and open."""
        longest = max(picture.width, picture.height)
        if longest > params["long_side"]:
            width = max(1, round(picture.width * params["long_side"] / longest))
            height = max(1, round(picture.height * params["long_side"] / longest))
            picture = scale(picture, width, height, params["filter"], params["antialias"])
        if params["codec"] == "webp":
            return saved(picture, "webp", {"quality": params["quality"], "method": 4})
        settings = annex_k(params["quality"], params["subsampling"])
        if params["progressive"]:
            settings.update(encoder="pillow", progressive=True, optimize=True)
        return saved(picture, "jpg", settings)

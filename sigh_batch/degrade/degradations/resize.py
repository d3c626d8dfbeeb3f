"""Scaled by any filter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sigh_batch.data.sample import Json
from sigh_batch.degrade.geometry import scale, scaled_size
from sigh_batch.degrade.operation import Operation, degradation
from sigh_batch.degrade.picture import Picture
from sigh_batch.degrade.resample import FILTERS
from sigh_batch.degrade.rules import Fields, Flag, Number, OneOf
from sigh_batch.rng import Draws

_WHOLE = (0.25, 0.5, 2.0)


@degradation("resize")
class Resize(Operation):
    """Scaling by a viewer, uploader or editor: five filters, smoothed before shrinking or not."""

    rules = Fields(
        {
            "factor": Number(0.01, 8, "new size over old; the result is rounded to whole pixels, at least 1"),
            "filter": OneOf(FILTERS),
            "antialias": Flag("widen the filter when shrinking; nearest never does, area always"),
        }
    )
    unit = "factor, bilinear"
    levels: ClassVar[tuple[float, ...]] = (1.0, 2.0, 1.5, 1.25, 0.9, 0.75, 0.5, 0.35, 0.25)
    identity = 1.0

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw a factor from 0.25 to 2, as often above 1 as below, now and then a whole one."""
        factor = draws.choice(_WHOLE) if draws.chance(0.2) else round(2 ** draws.uniform(-2, 1), 4)
        likely = (0.1, 0.35, 0.25, 0.15, 0.15)
        return {
            "factor": factor,
            "filter": draws.weighted(FILTERS, likely),
            "antialias": draws.chance(0.6),
        }

    def at(self, level: float) -> Json:
        """Return a factor with the commonest filter."""
        return {"factor": float(level), "filter": "bilinear", "antialias": True}

    def area(self, picture: Picture, params: Mapping[str, Any]) -> int:
        """Return how many pixels the scaled picture has."""
        width, height = scaled_size(picture, params["factor"])
        return width * height

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Scale pixels, marks and boxes."""
        width, height = scaled_size(picture, params["factor"])
        return scale(picture, width, height, params["filter"], params["antialias"])

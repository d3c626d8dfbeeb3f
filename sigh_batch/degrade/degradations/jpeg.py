"""Saved as JPEG by some program and opened again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.degrade.encode import JPEG_RULES, annex_k, draw_jpeg, saved
from sigh_batch.degrade.operation import Operation, degradation
from sigh_batch.degrade.picture import Picture
from sigh_batch.degrade.rules import Fields
from sigh_batch.rng import Draws


@degradation("jpeg")
class Jpeg(Operation):
    """A JPEG re-save: any family of tables, 4:4:4 to 4:2:0, one of three encoders."""

    rules = Fields(JPEG_RULES)
    unit = "quality"
    levels = (100, 90, 80, 70, 60, 50, 40, 30)

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw any encoder, tables and a quality from 40 to 98."""
        return draw_jpeg(draws)

    def at(self, level: float) -> Json:
        """Return the plain tables at a quality, 4:2:0."""
        return annex_k(int(level))

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Save and open."""
        return saved(picture, "jpg", params)

"""Saved as lossy WebP and opened again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.degrade.encode import LONGEST, WEBP_RULES, draw_webp, saved
from sigh_batch.degrade.operation import Operation, degradation
from sigh_batch.degrade.picture import Picture
from sigh_batch.degrade.rules import Fields
from sigh_batch.rng import Draws


@degradation("webp")
class WebP(Operation):
    """A lossy WebP re-save, as media proxies and messengers write previews."""

    rules = Fields(WEBP_RULES)
    unit = "quality"
    levels = (100, 90, 75, 50, 30)
    limit = LONGEST["webp"]

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw a quality from 40 to 95 and an effort."""
        return draw_webp(draws)

    def at(self, level: float) -> Json:
        """Return a quality at the usual effort."""
        return {"quality": int(level), "method": 4}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Save and open."""
        return saved(picture, "webp", params)

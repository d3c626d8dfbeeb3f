"""Saved again by some program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.degrade.encode import CODECS, LONGEST, annex_k, draw_settings, saved
from sigh_batch.degrade.operation import Operation, benign_edit
from sigh_batch.degrade.picture import Picture
from sigh_batch.degrade.rules import Fields, OneOf, Table
from sigh_batch.rng import Draws


@benign_edit("resave")
class Resave(Operation):
    """The whole picture opened and saved by a gallery or an editor, at the high quality that these use."""

    rules = Fields(
        {
            "codec": OneOf(CODECS),
            "settings": Table("of the codec: as of jpeg, as of webp, nothing for png"),
        }
    )
    unit = "quality of JPEG"
    levels = (98, 95, 90, 85, 80)
    limit = LONGEST["jpg"]

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw a codec that holds the picture, and a quality from 75 to 98."""
        longest = max(picture.width, picture.height)
        codec = draws.weighted(CODECS, (0.25, 0.6, 0.15 if longest <= LONGEST["webp"] else 0.0))
        return {"codec": codec, "settings": draw_settings(draws, codec, 75, 98)}

    def at(self, level: float) -> Json:
        """Return a plain JPEG without chroma subsampling."""
        return {"codec": "jpg", "settings": annex_k(int(level), "4:4:4")}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Save and open."""
        return saved(picture, params["codec"], params["settings"])

"""Words laid over the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sigh_batch.data.sample import Json
from sigh_batch.degrade.operation import Operation, benign_edit
from sigh_batch.degrade.paint import painted, whole_area
from sigh_batch.degrade.picture import Mask, Picture
from sigh_batch.degrade.rules import COLOR, Fields, Number, OneOf, Text
from sigh_batch.rng import Draws

_PLACES = ("tiled", "top left", "top right", "bottom left", "bottom right", "middle")
_WORDS = (
    "COPY",
    "SAMPLE",
    "CONFIDENTIAL",
    "DRAFT",
    "EVIDENCE",
    "do not share",
    "case file",
    "exhibit",
    "archive",
)


@benign_edit("watermark")
class Watermark(Operation):
    """A translucent word in a corner, in the middle or all over, as sharing sites and offices add."""

    rules = Fields(
        {
            "text": Text(80),
            "place": OneOf(_PLACES),
            "size": Number(0.005, 0.5, "of the font, as a share of the picture's short side"),
            "opacity": Number(0, 1),
            "angle": Number(-90, 90, "in degrees, turning left"),
            "color": COLOR,
        }
    )
    unit = "opacity, tiled"
    levels = (0, 0.1, 0.2, 0.35, 0.5)
    identity = 0

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw a word, perhaps with a number, and where it goes."""
        place = draws.weighted(_PLACES, (0.35, 0.1, 0.1, 0.15, 0.2, 0.1))
        number = f" {draws.integer(100, 99_999)}" if draws.chance(0.5) else ""
        across = place in ("tiled", "middle")
        return {
            "text": draws.choice(_WORDS) + number,
            "place": place,
            "size": round(draws.uniform(0.03, 0.09 if across else 0.05), 4),
            "opacity": round(draws.uniform(0.08, 0.3) if across else draws.uniform(0.3, 0.9), 3),
            "angle": round(draws.uniform(-45, 45), 1) if across else 0.0,
            "color": list(draws.choice(([255, 255, 255], [128, 128, 128], [0, 0, 0], [200, 30, 30]))),
        }

    def at(self, level: float) -> Json:
        """Return grey words all over."""
        words = {"text": "SAMPLE", "place": "tiled", "size": 0.06, "angle": 30.0, "color": [128, 128, 128]}
        return {**words, "opacity": float(level)}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Lay the words over in one colour."""
        word = _word(params["text"], params["size"] * min(picture.width, picture.height), params["angle"])
        sheet = Image.new("L", (picture.width, picture.height))
        for place in _spots(sheet.size, word.size, params["place"]):
            sheet.paste(word, place)
        coverage: Mask = (np.asarray(sheet, np.uint16) * round(params["opacity"] * 256) // 256).astype(
            np.uint8
        )
        return painted(picture, coverage, whole_area(picture), params["color"])


def _word(text: str, size: float, angle: float) -> Image.Image:
    """Return the coverage of a text, turned."""
    font = ImageFont.load_default(size=max(4.0, min(size, 1000.0)))
    left, top, right, bottom = (round(side) for side in font.getbbox(text))
    word = Image.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(word).text((-left, -top), text, fill=255, font=font)
    return word.rotate(angle, Image.Resampling.BILINEAR, expand=True) if angle else word


def _spots(sheet: tuple[int, int], word: tuple[int, int], place: str) -> list[tuple[int, int]]:
    """Return the top left corners at which the word is laid."""
    gap = max(1, min(sheet) // 40)
    if place == "tiled":
        step_x, step_y = word[0] + 4 * gap, word[1] + 4 * gap
        rows = enumerate(range(-step_y // 2, sheet[1], step_y))
        return [
            (x - row % 2 * step_x // 2, y) for row, y in rows for x in range(0, sheet[0] + step_x, step_x)
        ]
    right, bottom = sheet[0] - word[0] - gap, sheet[1] - word[1] - gap
    if place == "middle":
        return [((sheet[0] - word[0]) // 2, (sheet[1] - word[1]) // 2)]
    down, across = place.split()
    return [(right if across == "right" else gap, bottom if down == "bottom" else gap)]

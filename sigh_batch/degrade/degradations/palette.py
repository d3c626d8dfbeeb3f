"""Fewer colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from PIL import Image

from sigh_batch.data.sample import Json
from sigh_batch.degrade.operation import Operation, degradation
from sigh_batch.degrade.picture import Picture, Pixels, pixels_of
from sigh_batch.degrade.rules import Fields, Flag, OneOf, Whole
from sigh_batch.rng import Draws

_METHODS = ("octree", "median_cut", "posterize")
_PILLOW = {"octree": Image.Quantize.FASTOCTREE, "median_cut": Image.Quantize.MEDIANCUT}


@degradation("palette")
class Palette(Operation):
    """A palette chosen for the picture, as of GIF and small PNG, or evenly spaced levels a channel."""

    rules = Fields(
        {
            "colors": Whole(2, 256, "of the palette; of posterize, levels a channel"),
            "method": OneOf(_METHODS),
            "dither": Flag("spread the error over neighbours; posterize never does"),
        }
    )
    unit = "colours, octree"
    levels = (256, 128, 64, 32, 16, 8)

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw from 16 to 256 colours, or 12 to 64 levels a channel."""
        method = draws.weighted(_METHODS, (0.5, 0.25, 0.25))
        colors = draws.integer(12, 64) if method == "posterize" else 2 ** draws.integer(4, 8)
        return {"colors": colors, "method": method, "dither": method != "posterize" and draws.chance(0.4)}

    def at(self, level: float) -> Json:
        """Return a palette of so many colours."""
        return {"colors": int(level), "method": "octree", "dither": False}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Choose the colours and replace every pixel by the nearest."""
        colors, method = params["colors"], params["method"]
        if method == "posterize":
            return picture.repainted(_posterized(picture.pixels, colors))
        image = Image.fromarray(picture.pixels)
        limited = image.quantize(colors, _PILLOW[method], dither=Image.Dither.NONE)
        if params["dither"]:
            limited = image.quantize(palette=limited, dither=Image.Dither.FLOYDSTEINBERG)
        return picture.repainted(pixels_of(limited))


def _posterized(pixels: Pixels, levels: int) -> Pixels:
    steps = np.arange(256) * (levels - 1) + 127
    table = ((steps // 255) * 255 + (levels - 1) // 2) // (levels - 1)
    return np.asarray(cv2.LUT(pixels, table.astype(np.uint8)), np.uint8)

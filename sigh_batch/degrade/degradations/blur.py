"""Out of focus."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.degrade.operation import Operation, degradation
from sigh_batch.degrade.picture import Picture, Pixels
from sigh_batch.degrade.rules import Fields, Number
from sigh_batch.rng import Draws


@degradation("blur")
class Blur(Operation):
    """A Gaussian blur: soft scaling, a lens out of focus, smoothing against noise."""

    rules = Fields({"sigma": Number(0, 50, "standard deviation in pixels")})
    unit = "sigma in pixels"
    levels = (0, 0.5, 1, 1.5, 2, 3, 4)
    identity = 0

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw a sigma from 0.3 to 2.5, small ones more often."""
        return {"sigma": round(0.3 * (2.5 / 0.3) ** draws.random(), 3)}

    def at(self, level: float) -> Json:
        """Return a sigma."""
        return {"sigma": float(level)}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Blur every channel alike."""
        return picture.repainted(blurred(picture.pixels, params["sigma"]))


def blurred(pixels: Pixels, sigma: float) -> Pixels:
    """Return pixels blurred by a Gaussian in fixed-point arithmetic; edges are mirrored."""
    if sigma <= 0:
        return pixels
    size = 2 * math.ceil(2.5 * sigma) + 1  # beyond that lies one hundredth of the weight
    soft = cv2.GaussianBlur(pixels, (size, size), sigma, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(soft, np.uint8)

"""Edges raised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.degrade.degradations.blur import blurred
from sigh_batch.degrade.operation import Operation, degradation
from sigh_batch.degrade.picture import Picture, bands
from sigh_batch.degrade.rules import Fields, Number, Whole
from sigh_batch.rng import Draws


@degradation("sharpen")
class Sharpen(Operation):
    """An unsharp mask, as phones and editors apply it after scaling."""

    rules = Fields(
        {
            "radius": Number(0.1, 20, "sigma of the blur that is compared with, in pixels"),
            "amount": Number(0, 5, "how much of the difference is added"),
            "threshold": Whole(0, 255, "smaller differences stay as they are"),
        }
    )
    unit = "amount at radius 1"
    levels = (0, 0.25, 0.5, 1, 1.5, 2)
    identity = 0

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw a radius from 0.5 to 2.5 and an amount from 0.2 to 1.5."""
        return {
            "radius": round(draws.uniform(0.5, 2.5), 3),
            "amount": round(draws.uniform(0.2, 1.5), 3),
            "threshold": draws.integer(0, 4),
        }

    def at(self, level: float) -> Json:
        """Return an amount."""
        return {"radius": 1.0, "amount": float(level), "threshold": 0}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Add the difference from a blurred copy, by a table of what each difference adds."""
        steps = np.arange(-255, 256)
        added = np.rint(steps * params["amount"]).astype(np.int16)
        added[np.abs(steps) < params["threshold"]] = 0
        table = np.zeros(65_536, np.int16)
        table[steps] = added  # a negative difference, seen as unsigned, indexes from the end
        sharp = blurred(picture.pixels, params["radius"])  # new pixels, as the radius is above 0
        for rows in bands(picture.height):
            plain, soft = picture.pixels[rows], sharp[rows]
            difference = cv2.subtract(plain, soft, dtype=cv2.CV_16S)
            raised = cv2.LUT(difference.view(np.uint16), table)
            soft[...] = cv2.add(plain, raised, dtype=cv2.CV_8U)
        return picture.repainted(sharp)

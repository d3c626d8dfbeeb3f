"""Gamma, brightness, contrast and the balance of colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.degrade.operation import Operation, degradation
from sigh_batch.degrade.picture import Picture, Pixels
from sigh_batch.degrade.rules import Fields, Many, Number
from sigh_batch.rng import Draws

GAINS = Many(Number(0.25, 4), 3, 3, "factors of red, green and blue")
GAMMA = Number(0.2, 5, "exponent; above 1 darkens")


@degradation("tone")
class Tone(Operation):
    """Another screen profile, night mode, an editor's sliders."""

    rules = Fields(
        {
            "gamma": GAMMA,
            "contrast": Number(0, 4, "factor about middle grey"),
            "brightness": Number(-255, 255, "grey levels added"),
            "gains": GAINS,
        }
    )
    unit = "gamma"
    levels = (1, 1.1, 0.9, 1.25, 0.8, 1.6, 0.6, 2.2, 0.45)
    identity = 1

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw mild settings, the balance of colours in three of ten."""
        warm = draws.chance(0.3)
        return {
            "gamma": round(2 ** draws.uniform(-0.4, 0.4), 3),
            "contrast": round(2 ** draws.uniform(-0.3, 0.3), 3),
            "brightness": round(draws.uniform(-25, 25), 1),
            "gains": [round(draws.uniform(0.85, 1.0), 3) if warm else 1.0 for _ in range(3)],
        }

    def at(self, level: float) -> Json:
        """Return a gamma alone."""
        return {"gamma": float(level), "contrast": 1.0, "brightness": 0.0, "gains": [1.0, 1.0, 1.0]}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Send every channel through its table."""
        toned = through_curve(
            picture.pixels, params["gamma"], params["gains"], params["contrast"], params["brightness"]
        )
        return picture.repainted(toned)


def through_curve(
    pixels: Pixels, gamma: float, gains: Sequence[float], contrast: float = 1.0, brightness: float = 0.0
) -> Pixels:
    """Return pixels after gamma, gains, contrast and brightness, in this order, rounded once."""
    bent = [255 * (level / 255) ** gamma for level in range(256)]
    table = np.empty((256, 3), np.uint8)
    for channel, gain in enumerate(gains):
        curve = [(level * gain - 127.5) * contrast + 127.5 + brightness for level in bent]
        table[:, channel] = [min(255, max(0, round(level))) for level in curve]
    return np.asarray(cv2.LUT(pixels, table.reshape(1, 256, 3)), np.uint8)

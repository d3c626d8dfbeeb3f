"""Random grain."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.sample import Json
from sigh_batch.degrade.operation import Operation, degradation
from sigh_batch.degrade.picture import Picture, Pixels
from sigh_batch.degrade.rules import SEED, Fields, Flag, Number
from sigh_batch.rng import Draws, for_sample

_WORDS = 65_536


@degradation("noise")
class Noise(Operation):
    """Gaussian noise: a sensor's, or what some programs add so that gradients show no bands."""

    rules = Fields(
        {
            "sigma": Number(0, 50, "standard deviation in grey levels"),
            "colored": Flag("each channel by itself, or all alike"),
            "seed": SEED,
        }
    )
    unit = "sigma in grey levels"
    levels = (0, 1, 2, 4, 8, 12, 16)
    identity = 0

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw a sigma from 0.5 to 10, small ones more often."""
        sigma = round(0.5 * 20 ** draws.random(), 3)
        return {"sigma": sigma, "colored": draws.chance(0.6), "seed": draws.integer(0, 2**53)}

    def at(self, level: float) -> Json:
        """Return a sigma, coloured."""
        return {"sigma": float(level), "colored": True, "seed": 0}

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Add independent noise to every pixel."""
        return picture.repainted(noisy(picture.pixels, params["sigma"], params["colored"], params["seed"]))


def noisy(pixels: Pixels, sigma: float, colored: bool, seed: int) -> Pixels:
    """Return pixels with normally distributed whole levels added: 16 random bits a value, through a table."""
    if sigma <= 0:
        return pixels
    height, width, channels = pixels.shape
    planes = channels if colored else 1
    count = height * width * planes
    # Every value is independent: a pool of noise, though faster, would repeat itself.
    bits = for_sample(seed, "degrade/noise", 0).generator().bit_generator
    words = bits.random_raw(-(-count // 4)).astype("<u8", copy=False).view("<u2")[:count]
    grain = cv2.LUT(words.reshape(height, width, planes), _levels(sigma))
    if not colored:
        grain = cv2.merge([grain] * channels)
    return np.asarray(cv2.add(pixels, grain.reshape(pixels.shape), dtype=cv2.CV_8U), np.uint8)


@functools.lru_cache(maxsize=16)
def _levels(sigma: float) -> NDArray[np.int8]:
    """Return what each 16-bit number adds, so that equally likely numbers make normal noise."""
    return np.clip(np.rint(_quantiles() * sigma), -128, 127).astype(np.int8)


@functools.cache
def _quantiles() -> NDArray[np.float64]:
    normal = NormalDist()
    half = np.array([normal.inv_cdf((place + 0.5) / _WORDS) for place in range(_WORDS // 2)])
    return np.concatenate([half, -half[::-1]])

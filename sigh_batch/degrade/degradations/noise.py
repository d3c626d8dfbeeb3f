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
_BAND = 32_768  # pixels at a time, so that what lies between stays in the cache


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
    """Return pixels with normally distributed whole levels added: 16 random bits make two of them."""
    if sigma <= 0:
        return pixels
    table = _pairs(sigma)
    flat = np.ascontiguousarray(pixels).reshape(-1, 3)
    result = np.empty_like(flat)
    # Drawn for this picture alone: a pool of noise, though faster, would repeat itself.
    source = for_sample(seed, "degrade/noise", 0).source()
    for start in range(0, len(flat), _BAND):
        part = flat[start : start + _BAND]
        count = part.size if colored else len(part)
        words = source.random_raw(-(-count // 8)).astype("<u8", copy=False).view("<u2")
        grain = cv2.LUT(words, table).view(np.int8).ravel()[:count]
        if not colored:
            grain = cv2.cvtColor(grain.view(np.uint8)[None], cv2.COLOR_GRAY2RGB).view(np.int8)
        _add(part, grain.reshape(-1, 3), result[start : start + _BAND])
    return result.reshape(pixels.shape)


def _add(pixels: Pixels, grain: NDArray[np.int8], into: Pixels) -> None:
    """Write pixels plus grain, from 0 to 255; with the pixels moved to -128..127, both are of one type."""
    np.bitwise_xor(pixels, 128, out=into)
    signed = into.view(np.int8)
    cv2.add(signed, grain, dst=signed)
    np.bitwise_xor(into, 128, out=into)


@functools.lru_cache(maxsize=16)
def _pairs(sigma: float) -> NDArray[np.int16]:
    """Return the two values that each 16-bit number adds, as two bytes.

    The first is the number's quantile and the second that of the number with its bits reversed: so the
    65,536 pairs fill the plane evenly (a Hammersley set), as independent normal values would on average.
    """
    quantiles, reversed_ = _quantiles()
    levels = np.clip(np.rint(quantiles * sigma), -128, 127).astype(np.int8)
    return np.stack([levels, levels[reversed_]], axis=1).view(np.int16).ravel()


@functools.cache
def _quantiles() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    normal = NormalDist()
    half = np.array([normal.inv_cdf((place + 0.5) / _WORDS) for place in range(_WORDS // 2)])
    number = np.arange(_WORDS)
    mirrored = sum(((number >> bit) & 1) << (15 - bit) for bit in range(16))
    return np.concatenate([half, -half[::-1]]), np.asarray(mirrored, np.int64)

"""A screen photographed with a phone."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.sample import Json
from sigh_batch.degrade.degradations.blur import blurred
from sigh_batch.degrade.degradations.noise import noisy
from sigh_batch.degrade.degradations.tone import GAINS, GAMMA, through_curve
from sigh_batch.degrade.encode import annex_k, saved
from sigh_batch.degrade.geometry import warp
from sigh_batch.degrade.operation import Operation, degradation
from sigh_batch.degrade.picture import Picture, Pixels, bands
from sigh_batch.degrade.rules import COLOR, SEED, Fields, Many, Number, OneOf, Whole
from sigh_batch.errors import ConfigError
from sigh_batch.rng import Draws

_TURN = 4096
_ONE = 255  # the whole light
_COARSE = 2
_CORNERS = ((0, 0), (1, 0), (1, 1), (0, 1))


@degradation("screen_photo")
class ScreenPhoto(Operation):
    """A photo of a screen: perspective, moire of two pixel grids, lens, light, sensor noise, camera JPEG."""

    rules = Fields(
        {
            "corners": Many(
                Many(Number(-0.5, 1.5), 2, 2),
                4,
                4,
                "where the corners come to lie, from top left clockwise, as shares",
            ),
            "room": Many(COLOR.of, 3, 3, "colour around the screen"),
            "blur": Number(0, 10, "of the lens, sigma in pixels"),
            "moire": Number(0, 0.6, "strength of the bands, as a share of the light"),
            "pitch": Number(4, 400, "pixels from band to band"),
            "angle": Number(0, 180, "of the bands, in degrees"),
            "bend": Number(-4, 4, "bands by which the lens bends them from the middle to a corner"),
            "vignette": Number(0, 0.9, "share of the light that is missing in the corners"),
            "gamma": GAMMA,
            "gains": GAINS,
            "noise": Number(0, 50, "sigma in grey levels"),
            "quality": Whole(1, 100, "of the camera's JPEG"),
            "subsampling": OneOf(("4:2:2", "4:2:0"), "of the camera's JPEG"),
            "seed": SEED,
        }
    )
    unit = "strength of all of it, 0 to 1"
    levels = (0.2, 0.4, 0.6, 0.8, 1.0)
    limit = 32_766

    def draw(self, draws: Draws, picture: Picture) -> Json:
        """Draw a hand-held photo that shows nearly all of the screen."""
        lean = draws.uniform(0.005, 0.05)
        corners = [[round(side + draws.uniform(-lean, lean), 5) for side in corner] for corner in _CORNERS]
        return {
            "corners": corners,
            "room": [draws.integer(5, 60) for _ in range(3)],
            "blur": round(draws.uniform(0.3, 1.2), 3),
            "moire": round(draws.uniform(0.01, 0.15), 3),
            "pitch": round(5 * 16 ** draws.random(), 2),
            "angle": round(draws.uniform(0, 180), 2),
            "bend": round(draws.uniform(-2, 2), 3),
            "vignette": round(draws.uniform(0, 0.35), 3),
            "gamma": round(2 ** draws.uniform(-0.35, 0.35), 3),
            "gains": [round(draws.uniform(0.8, 1.0), 3) for _ in range(3)],
            "noise": round(draws.uniform(0.8, 6), 3),
            "quality": draws.integer(70, 97),
            "subsampling": draws.choice(("4:2:2", "4:2:0")),
            "seed": draws.integer(0, 2**53),
        }

    def at(self, level: float) -> Json:
        """Return a photo whose every fault is in proportion to the level."""
        lean = 0.04 * level
        return {
            "corners": [
                [lean, lean / 2],
                [1 - lean / 2, -lean / 2],
                [1 + lean / 2, 1 - lean],
                [-lean, 1 + lean / 2],
            ],
            "room": [20, 20, 24],
            "blur": 1.2 * level,
            "moire": 0.25 * level,
            "pitch": 14.0,
            "angle": 63.0,
            "bend": 1.5 * level,
            "vignette": 0.4 * level,
            "gamma": 1 + 0.25 * level,
            "gains": [1 - 0.04 * level, 1.0, 1 - 0.1 * level],
            "noise": 6.0 * level,
            "quality": round(97 - 25 * level),
            "subsampling": "4:2:0",
            "seed": 0,
        }

    def change(self, picture: Picture, params: Mapping[str, Any]) -> Picture:
        """Warp, blur, light, expose, add grain, save by the camera."""
        photo = _seen_from(picture, params["corners"], params["room"])
        # A stage's pixels take the place of those before it: at most three such arrays are there at once.
        photo = photo.repainted(blurred(photo.pixels, params["blur"]))
        photo = photo.repainted(_lit(photo.pixels, _light(photo.width, photo.height, params)))
        photo = photo.repainted(through_curve(photo.pixels, params["gamma"], params["gains"]))
        photo = photo.repainted(noisy(photo.pixels, params["noise"], True, params["seed"]))
        settings = annex_k(params["quality"], params["subsampling"])
        return saved(photo, "jpg", settings)


def _seen_from(picture: Picture, corners: Sequence[Sequence[float]], room: Sequence[int]) -> Picture:
    """Return the picture with its corners moved, on a sheet of the same size."""
    if not _is_convex(corners):
        raise ConfigError(
            f"screen_photo: corners is {[list(corner) for corner in corners]} and its sides cross or fold; "
            "give a convex shape, clockwise from top left"
        )
    size = np.array([picture.width, picture.height], np.float64)
    old = (np.array(_CORNERS) * size).astype(np.float32)
    new = (np.array(corners) * size).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(old, new)
    return warp(picture, np.asarray(matrix, np.float64), picture.width, picture.height, room)


def _is_convex(corners: Sequence[Sequence[float]]) -> bool:
    """Say whether every corner turns to the right by more than a hair."""
    for number in range(4):
        (x0, y0), (x1, y1), (x2, y2) = (corners[(number + step) % 4] for step in range(3))
        if (x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1) < 1e-3:
            return False
    return True


def _lit(pixels: Pixels, light: Pixels) -> Pixels:
    """Return pixels times light, in whose place they come."""
    return np.asarray(cv2.multiply(pixels, light, light, scale=1 / _ONE), np.uint8)


def _light(width: int, height: int, params: Mapping[str, Any]) -> NDArray[np.uint8]:
    """Return the factor of light of every value, in 255ths: vignette times the bands of the moire.

    The bands of red, green and blue lie a third apart, as the stripes of a screen's pixels do. Phases
    are whole numbers and the sine is a table, so that every processor makes the same.
    """
    rows, columns = -(-height // _COARSE), -(-width // _COARSE)
    # Places from the middle, 1024 at the corner of a square picture's half diagonal.
    x, y = _places(columns, width), _places(rows, height)
    angle = math.radians(params["angle"])
    along = _COARSE * _TURN / params["pitch"]
    across, down = round(along * math.cos(angle) * 16), round(along * math.sin(angle) * 16)
    # The camera exposes for the brightest band, so that white keeps its bands.
    waves = np.rint((1 + _waves() * params["moire"]) / (1 + params["moire"]) * 4096).astype(np.int64)
    light = np.empty((rows, columns, 3), np.uint8)
    for some in bands(rows):
        radius = (x[None, :] ** 2 + y[some, None] ** 2) >> 11  # 0 in the middle, 1024 in the corners
        phase = (np.arange(columns) * across)[None, :] + (np.arange(some.start, some.stop) * down)[:, None]
        phase = (phase >> 4) + ((round(params["bend"] * _TURN) * radius) >> 10)
        shade = 4096 - ((round(params["vignette"] * 4096) * radius) >> 10)
        for channel in range(3):
            band = waves[(phase + channel * _TURN // 3) & (_TURN - 1)]
            light[some, :, channel] = (band * shade * _ONE) >> 24
    return np.asarray(cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR_EXACT), np.uint8)


def _places(count: int, size: int) -> NDArray[np.int64]:
    """Return where coarse pixels lie from the middle: -1024 to 1024."""
    return (np.arange(count, dtype=np.int64) * 2 * _COARSE + _COARSE - size) * 1024 // max(size, 1)


@functools.cache
def _waves() -> NDArray[np.float64]:
    return np.array([math.sin(math.tau * place / _TURN) for place in range(_TURN)])

"""Forgeries made on the spot, of which nothing but the trace tells.

A real forgery says something else than its clean twin, and a network that has seen few of them learns what is
said. Here a piece of the clean picture is drawn in another way and says the same: off its pixel phase, in
another weight or tint, on another ground, resampled, recompressed, softened, or gone; or words are written
over by others in another font.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.rng import Draws
from sigh_batch.training.writing import write_over

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_LEAST = 24
_TRIES = 4
_MARGIN = 4
_EDGE = 24
_WRITTEN = 0.25
"""How often words are written over; everything else shares the rest."""
_FILTERS = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_AREA)


def retouched(picture: Pixels, draws: Draws) -> tuple[Pixels, Mask]:
    """Return a picture with a piece drawn in another way, and which pixels that changed; maybe none."""
    uneven = np.flatnonzero(edges_of(picture))
    for _ in range(_TRIES if len(uneven) else 0):
        row, column = divmod(int(uneven[draws.integer(0, len(uneven) - 1)]), picture.shape[1])
        found = picture.copy()
        if draws.chance(_WRITTEN):
            write_over(found, row, column, draws)
        else:
            window = _window(picture.shape[:2], row, column, draws)
            inner = (slice(_MARGIN, -_MARGIN), slice(_MARGIN, -_MARGIN))
            found[window][inner] = draws.choice(_CHANGES)(picture[window], draws)[inner]
        mask = (found != picture).any(2)
        if np.count_nonzero(mask) >= _LEAST:
            return found, mask
    return picture, np.zeros(picture.shape[:2], np.bool_)


def edges_of(picture: Pixels) -> Mask:
    """Return where there is anything to be seen: pixels that differ much from the one on their left."""
    return np.asarray(cv2.absdiff(picture[..., 1], np.roll(picture[..., 1], 1, 1)) > _EDGE)


def unusual(picture: Pixels, draws: Draws) -> Pixels:
    """Return a picture that is drawn in another way all over, which is honest."""
    change: _Change = draws.choice(_OVERALL)
    return change(picture, draws)


def saved(pictures: list[Pixels], draws: Draws) -> list[Pixels]:
    """Return pictures as they are after they were saved with a loss."""
    quality, save = draws.integer(50, 95), draws.choice(_SAVES)
    return [save(picture, quality) for picture in pictures]


def _window(shape: tuple[int, ...], row: int, column: int, draws: Draws) -> tuple[slice, slice]:
    height = draws.integer(10, 44) + 2 * _MARGIN
    width = draws.integer(12, 150) + 2 * _MARGIN
    top = min(max(0, row - draws.integer(0, height)), max(0, shape[0] - height))
    left = min(max(0, column - draws.integer(0, width)), max(0, shape[1] - width))
    return slice(top, top + height), slice(left, left + width)


def _parts(piece: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return the ground of a piece, how far each pixel is from it, and that as a share of the furthest."""
    colours, times = np.unique(piece.reshape(-1, 3), axis=0, return_counts=True)
    ground = colours[times.argmax()].astype(np.float32)
    away = piece.astype(np.float32) - ground
    most = max(1.0, float(np.abs(away).max()))
    return ground, away, np.abs(away).max(2, keepdims=True) / most


def _rounded(values: NDArray[np.floating]) -> Pixels:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def _some(draws: Draws, least: int, most: int) -> NDArray[np.float32]:
    return np.array([draws.integer(least, most) * (-1) ** draws.integer(0, 1) for _ in range(3)], np.float32)


def _phase(piece: Pixels, draws: Draws) -> Pixels:
    """Move it by less than a pixel, or by a few whole ones."""
    if draws.chance(0.3):
        by = (float(draws.integer(-2, 2)), float(draws.integer(-2, 2)))
    else:
        by = (draws.uniform(-0.8, 0.8), draws.uniform(-0.8, 0.8) if draws.chance(0.5) else 0.0)
    return _warped(piece, 1.0, by, draws)


def _size(piece: Pixels, draws: Draws) -> Pixels:
    """Draw it a little larger or smaller."""
    return _warped(piece, draws.uniform(0.92, 1.09), (0.0, 0.0), draws)


def _warped(piece: Pixels, scale: float, by: tuple[float, float], draws: Draws) -> Pixels:
    height, width = piece.shape[:2]
    turn = np.array(
        [[scale, 0, by[0] + width * (1 - scale) / 2], [0, scale, by[1] + height * (1 - scale) / 2]],
        np.float64,
    )
    how = draws.choice(_FILTERS[:2])
    return np.asarray(
        cv2.warpAffine(piece, turn, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _weight(piece: Pixels, draws: Draws) -> Pixels:
    """Draw its edges heavier or lighter, as another rasteriser would."""
    ground, away, share = _parts(piece)
    bend = np.exp(draws.uniform(0.12, 0.6) * (-1) ** draws.integer(0, 1))
    return _rounded(ground + away * np.maximum(share, 1e-3) ** (bend - 1))


def _tint(piece: Pixels, draws: Draws) -> Pixels:
    """Draw it in another colour."""
    ground, away, share = _parts(piece)
    return _rounded(ground + away + share * _some(draws, 2, 20))


def _plate(piece: Pixels, draws: Draws) -> Pixels:
    """Put it on a ground that is not quite the one around it."""
    ground, away, share = _parts(piece)
    return _rounded(ground + away + (1 - share) * _some(draws, 0, 4))


def _wipe(piece: Pixels, draws: Draws) -> Pixels:
    """Cover it with its ground, or with nearly that."""
    ground, _, _ = _parts(piece)
    error = _some(draws, 0, 3) if draws.chance(0.6) else np.zeros(3, np.float32)
    return _rounded(np.broadcast_to(ground + error, piece.shape))


def _fill(piece: Pixels, draws: Draws) -> Pixels:
    """Let what is around it grow over it."""
    mask = np.zeros(piece.shape[:2], np.uint8)
    mask[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] = 255
    how = draws.choice((cv2.INPAINT_TELEA, cv2.INPAINT_NS))
    return np.asarray(cv2.inpaint(piece, mask, 3, how), np.uint8)


def _resampled(piece: Pixels, draws: Draws) -> Pixels:
    """Enlarge it and reduce it again, or the other way round."""
    factor = draws.uniform(1.15, 2.0) if draws.chance(0.7) else draws.uniform(0.6, 0.9)
    height, width = piece.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    there = cv2.resize(piece, size, interpolation=draws.choice(_FILTERS))
    return np.asarray(cv2.resize(there, (width, height), interpolation=draws.choice(_FILTERS)), np.uint8)


def _soft(piece: Pixels, draws: Draws) -> Pixels:
    return np.asarray(cv2.GaussianBlur(piece, (0, 0), draws.uniform(0.3, 1.1)), np.uint8)


def _sharp(piece: Pixels, draws: Draws) -> Pixels:
    soft = cv2.GaussianBlur(piece, (0, 0), 1.0).astype(np.float32)
    return _rounded(piece + (piece - soft) * draws.uniform(0.15, 0.8))


def _noise(piece: Pixels, draws: Draws) -> Pixels:
    return _rounded(piece + draws.generator().normal(0, draws.uniform(0.5, 3.0), piece.shape))


def _jpeg(piece: Pixels, draws: Draws) -> Pixels:
    return _through_jpeg(piece, draws.integer(45, 95))


def _through_jpeg(piece: Pixels, quality: int, *more: int) -> Pixels:
    return _through(piece, ".jpg", cv2.IMWRITE_JPEG_QUALITY, quality, *more)


def _through_full_jpeg(piece: Pixels, quality: int) -> Pixels:
    """Save it with as many samples of colour as of brightness."""
    whole = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
    return _through_jpeg(piece, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, whole)


def _through_webp(piece: Pixels, quality: int) -> Pixels:
    return _through(piece, ".webp", cv2.IMWRITE_WEBP_QUALITY, quality)


def _through(piece: Pixels, ending: str, *settings: int) -> Pixels:
    _, data = cv2.imencode(ending, cv2.cvtColor(piece, cv2.COLOR_RGB2BGR), settings)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)


_Change = Callable[[Pixels, Draws], Pixels]
_SAVES = (_through_jpeg, _through_jpeg, _through_full_jpeg, _through_webp)
_CHANGES: tuple[_Change, ...] = (
    _phase,
    _phase,
    _size,
    _weight,
    _weight,
    _tint,
    _plate,
    _wipe,
    _fill,
    _resampled,
    _soft,
    _sharp,
    _noise,
    _jpeg,
)
_OVERALL: tuple[_Change, ...] = (_phase, _weight, _resampled, _soft, _sharp, _noise, _jpeg)

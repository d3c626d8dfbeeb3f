"""Words as a forger's program writes them over others: by FreeType's own hinting, whole or made smaller."""

from __future__ import annotations

import functools
import string

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw, ImageFont

from sigh_batch.render.fonts import open_catalogue
from sigh_batch.rng import Draws

Pixels = NDArray[np.uint8]

_LETTERS = string.ascii_lowercase * 4 + string.ascii_uppercase + string.digits * 2
_INK = 24
_TALL = (6, 90)
_AROUND = (70, 160)
"""So far above and below, left and right of a stroke a word is looked for."""
_FAINT = 2
_LARGER = 4


def write_over(picture: Pixels, row: int, column: int, draws: Draws) -> None:
    """Cover the words that have a stroke at a place, and write others; nothing where there are none."""
    top, left = max(0, row - _AROUND[0]), max(0, column - _AROUND[1])
    part = picture[top : row + _AROUND[0], left : column + _AROUND[1]]
    colours, where, times = np.unique(part.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    ground = colours[times.argmax()].astype(np.int16)
    away = np.abs(colours.astype(np.int16) - ground).max(1)[where].reshape(part.shape[:2])
    box = _words_at(away > _INK, row - top, column - left, draws)
    if box is None:
        return
    ink = part[box].reshape(-1, 3)[int(away[box].argmax())]
    error = draws.integer(-2, 2) if draws.chance(0.3) else 0
    part[_wider(box)] = np.clip(ground + error, 0, 255)
    part[box] = _written(part[box], ink, draws)


def _words_at(strokes: NDArray[np.bool_], row: int, column: int, draws: Draws) -> tuple[slice, slice] | None:
    """Return where the words around a place are, or None where what is there is no line of words."""
    near = strokes[:, max(0, column - _TALL[1] // 4) : column + _TALL[1] // 4]
    line = _run(near.any(1), row, 0)
    # Letters stand nearer to each other than words do; a larger gap takes in the next word.
    gap = max(2, round((line.stop - line.start) * draws.choice((0.25, 0.6))))
    wide = _run(strokes[line].any(0), column, gap)
    # Some of its letters are taller than the one that was met.
    line = _run(strokes[:, wide].any(1), row, 1)
    tall = line.stop - line.start
    if not _TALL[0] <= tall <= _TALL[1] or line.start == 0 or line.stop == len(strokes):
        return None
    return (line, wide) if wide.stop - wide.start >= tall // 2 else None


def _wider(box: tuple[slice, slice]) -> tuple[slice, slice]:
    """Return a box with what is faint about the strokes in it."""
    line, wide = (slice(max(0, side.start - _FAINT), side.stop + _FAINT) for side in box)
    return line, wide


def _run(there: ArrayLike, at: int, gap: int) -> slice:
    """Return the stretch around a place, in which nothing longer than a gap is missing."""
    found = np.flatnonzero(there)
    breaks = np.flatnonzero(np.diff(found) > gap + 1)
    after = int(np.searchsorted(found[breaks], at)) if len(found) else 0
    first = found[breaks[after - 1] + 1] if after else (found[0] if len(found) else at)
    last = found[breaks[after]] if after < len(breaks) else (found[-1] if len(found) else at)
    return slice(int(first), int(last) + 1)


def _written(plate: Pixels, ink: Pixels, draws: Draws) -> Pixels:
    """Return a plate with words on it that are about as tall and wide as it is."""
    height, width = plate.shape[:2]
    larger = 1 if draws.chance(0.7) else _LARGER
    path, text = draws.choice(_paths()), _letters(draws)
    left, top, right, bottom = _font(path, 100.0).getbbox(text)
    font = _font(path, round(100 * height * larger / (bottom - top) * draws.uniform(0.93, 1.04), 1))
    text = text[: max(1, int(len(text) * width * (bottom - top) / ((right - left) * height)))]
    sheet = Image.new("L", (width * larger, height * larger))
    ImageDraw.Draw(sheet).text((0, 0), text, fill=255, font=font, anchor="lt")
    if larger > 1:
        sheet = sheet.resize((width, height), draws.choice((Image.Resampling.BOX, Image.Resampling.LANCZOS)))
    share = np.asarray(sheet, np.float32)[..., None] / 255
    return np.asarray(np.rint(plate + share * (ink.astype(np.float32) - plate)), np.uint8)


def _letters(draws: Draws) -> str:
    """Return words enough for any place."""
    return " ".join("".join(draws.choice(_LETTERS) for _ in range(draws.integer(1, 9))) for _ in range(12))


@functools.lru_cache(maxsize=64)
def _font(path: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def _paths() -> tuple[str, ...]:
    """Return the files of the fonts that training may see."""
    catalogue = open_catalogue()
    faces = (catalogue.face(family, weight) for family in catalogue.families() for weight in (400, 700))
    return tuple(sorted({str(face.path) for face in faces if face.split == "train" and not face.colored}))

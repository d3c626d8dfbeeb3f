"""What lies over a scored picture, as small PNGs: where the model found evidence, and where it truly was."""

from __future__ import annotations

import io
import itertools

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

RAMP = ((255, 176, 0), (230, 0, 122))
"""The colours of a tamper map, from little to much: amber and magenta, of which chats have hardly any."""
CLEAR = 0.5
"""Below it a tamper map is clear: it is where the model draws its line, whatever probability that is."""
RIM = ((0, 190, 255), (10, 10, 10))
"""The line round what was truly changed, and the dark one outside of it that keeps it seen on anything."""
_MAP_WIDTH, _TRUTH_WIDTH = 240, 360
_GAP = 9
"""Pixels of a gap that is closed, odd as filters want it."""
_LEVELS = 24
_LEAST = 1
_SURE = 1e-4


def tint_map(levels: NDArray[np.uint8], pixel: float = 0.5) -> bytes:
    """Return a tamper map of 0 to 255 in two colours, clear where it says little.

    `pixel` is the probability from which on the model takes a pixel for changed: colours begin there.
    """
    picture = Image.fromarray(levels)
    picture = _narrowed(picture, _MAP_WIDTH)
    found, limit = np.asarray(picture, np.float32) / 255.0, float(np.clip(pixel, _SURE, 1 - _SURE))
    shown = found * (1 - limit) / (found * (1 - limit) + (1 - found) * limit)
    steps = np.ceil(np.clip((shown - CLEAR) / (1 - CLEAR), 0, 1) * (_LEVELS - 1)).astype(np.uint8)
    flat = Image.fromarray(steps, "L")
    flat.putpalette([value for step in range(_LEVELS) for value in _colour(step / (_LEVELS - 1))])
    clear = bytes(0 if step == 0 else 40 + round(200 * step / (_LEVELS - 1)) for step in range(_LEVELS))
    return _png(flat, clear)


def outline_mask(levels: NDArray[np.uint8]) -> bytes:
    """Return a line round the pixels of a mask that are not 0; even a single one has its line.

    Gaps such as those between letters belong to the inside: the words there must stay to be read.
    """
    mask = Image.fromarray(np.where(levels > 0, np.uint8(255), np.uint8(0)))
    mask = _narrowed(mask, _TRUTH_WIDTH).point(lambda level: 255 if level else 0)
    mask = mask.filter(ImageFilter.MaxFilter(_GAP)).filter(ImageFilter.MinFilter(_GAP))
    edges = [mask, *(mask.filter(ImageFilter.MaxFilter(size)) for size in (5, 7))]
    flat = Image.new("P", mask.size)
    flat.putpalette([255, 255, 255, *RIM[0], *RIM[1]])
    for number, (inner, outer) in enumerate(itertools.pairwise(edges), 1):
        flat.paste(number, mask=ImageChops.subtract(outer, inner))
    return _png(flat, bytes((0, 255, 200)))


def _narrowed(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    height = max(_LEAST, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.BOX)


def _colour(share: float) -> list[int]:
    return [round(one + (other - one) * share) for one, other in zip(*RAMP, strict=True)]


def _png(flat: Image.Image, clear: bytes) -> bytes:
    buffer = io.BytesIO()
    flat.save(buffer, "png", transparency=clear, optimize=True)
    return buffer.getvalue()

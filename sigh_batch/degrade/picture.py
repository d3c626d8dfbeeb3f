"""A picture that is being worked on: pixels, what is marked on them, where its elements are, its history.

It is a value: an operation makes a new one and never writes into the arrays of the old one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from sigh_batch.data.sample import Json

Pixels: TypeAlias = NDArray[np.uint8]
Mask: TypeAlias = NDArray[np.uint8]
Boxes: TypeAlias = NDArray[np.float64]

_BAND = 32
"""Rows that are worked on at a time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """One picture and all that moves along with it; make one with `picture_of`."""

    pixels: Pixels
    """Height x width x 3, RGB."""
    mask: Mask
    """Height x width bit planes: bit 0 marks the forged pixels, the other bits are the caller's own."""
    boxes: Boxes
    """One row (x, y, width, height) an element; an element that is out of the picture has size 0."""
    kinds: tuple[str, ...] = ()
    """What kind of element each box is; empty when nobody said so."""
    history: tuple[Json, ...] = ()
    """In order: operations, which have a `type`, and encodings, which have a `codec`."""

    @property
    def height(self) -> int:
        """Rows of pixels."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns of pixels."""
        return int(self.pixels.shape[1])

    @property
    def operations(self) -> tuple[Json, ...]:
        """What was done to it: `type` and `params`, enough to do it again."""
        return tuple(entry for entry in self.history if "type" in entry)

    @property
    def encodes(self) -> tuple[Json, ...]:
        """How it was saved, as `Sample.encodes` has it."""
        return tuple(entry for entry in self.history if "codec" in entry)

    def repainted(self, pixels: Pixels) -> Picture:
        """Return it with other pixels of the same size."""
        assert pixels.shape == self.pixels.shape, "pixels changed their size"
        return replace(self, pixels=pixels)

    def moved(self, pixels: Pixels, mask: Mask, boxes: Boxes) -> Picture:
        """Return it in another geometry; the boxes are clipped to the new size."""
        assert pixels.shape[:2] == mask.shape, "the mask did not move along"
        height, width = mask.shape
        return replace(self, pixels=pixels, mask=mask, boxes=clipped(boxes, width, height))

    def noted(self, entry: Json) -> Picture:
        """Return it with one more entry in its history."""
        return replace(self, history=(*self.history, entry))


def bands(height: int) -> Iterator[slice]:
    """Yield all rows, some at a time, so that what is made on the way stays in the cache."""
    for top in range(0, height, _BAND):
        yield slice(top, min(height, top + _BAND))


def pixels_of(image: Image.Image) -> Pixels:
    """Return the pixels of an image as RGB.

    Copied in strips: handing over all at once takes Pillow twice the room of the pixels beside them.
    """
    width, height = image.size
    pixels = np.empty((height, width, 3), np.uint8)
    for rows in bands(height):
        strip = image.crop((0, rows.start, width, rows.stop))
        pixels[rows] = np.asarray(strip if strip.mode == "RGB" else strip.convert("RGB"))
    return pixels


def picture_of(
    pixels: Pixels, mask: NDArray[Any] | None = None, boxes: ArrayLike = (), kinds: Iterable[str] = ()
) -> Picture:
    """Return a picture without history; a boolean mask becomes bit 0."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise ValueError(f"not an RGB picture of 8 bits: {pixels.dtype} of shape {pixels.shape}")
    height, width = pixels.shape[:2]
    planes = np.zeros((height, width), np.uint8) if mask is None else mask.astype(np.uint8, copy=False)
    if planes.shape != (height, width):
        raise ValueError(f"the mask has shape {planes.shape} and the picture {(height, width)}")
    places = np.asarray(boxes, np.float64).reshape(-1, 4)
    named = tuple(kinds)
    if named and len(named) != len(places):
        raise ValueError(f"{len(named)} kinds are told of {len(places)} boxes")
    return Picture(pixels=pixels, mask=planes, boxes=places, kinds=named)


def clipped(boxes: Boxes, width: int, height: int) -> Boxes:
    """Return the part of each box that lies in the picture; size 0 on the nearest edge where none does."""
    if not len(boxes):
        return boxes
    left, right = (np.clip(side, 0, width) for side in (boxes[:, 0], boxes[:, 0] + boxes[:, 2]))
    top, bottom = (np.clip(side, 0, height) for side in (boxes[:, 1], boxes[:, 1] + boxes[:, 3]))
    lost = (right <= left) | (bottom <= top)
    sizes = np.stack([right - left, bottom - top], axis=1)
    sizes[lost] = 0
    return np.concatenate([np.stack([left, top], axis=1), sizes], axis=1)

"""The edited places of a forged sample, as COCO knows objects: a box, an area, and the pixels run by run."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sigh_batch.data.sample import Json

Box = tuple[float, float, float, float]


class Region(NamedTuple):
    """Where one operation changed a picture."""

    op: Json
    box: Box
    """x, y, width, height: what the operation meant to change, or else what it did."""
    area: int
    """Pixels that it changed."""
    runs: Json
    """`size` and `counts`, as pycocotools reads them."""


def regions(ops: list[Json], mask: bytes) -> Iterator[Region]:
    """Yield the region of each operation that left a trace on the picture.

    An only operation made all that the mask has. Of several, each has the pixels in its box, and one
    without a box has those in nobody else's.
    """
    with Image.open(io.BytesIO(mask)) as image:
        changed = np.asarray(image.convert("1"))
    for op, own in zip(ops, _shares(ops, changed), strict=True):
        area = int(np.count_nonzero(own))
        if area:
            yield Region(op, _box(op["box"]) or _bounds(own), area, encode_runs(own))


def _shares(ops: list[Json], changed: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    if len(ops) == 1:
        return [changed]
    places = [_inside(op["box"], changed.shape) for op in ops]
    boxes = [np.zeros_like(changed) for _ in ops]
    for box, place in zip(boxes, places, strict=True):
        if place:
            box[place] = True
    nobodys = ~np.logical_or.reduce(boxes)
    return [changed & (box if place else nobodys) for box, place in zip(boxes, places, strict=True)]


def encode_runs(mask: NDArray[np.bool_]) -> Json:
    """Return a mask as COCO's compressed runs: lengths down the columns, unset first.

    From the third on a length is told as its difference to the one two before, and every number in
    digits of five bits, lowest first: a sixth bit says that more follow, and 48 makes a letter of it.
    """
    flat = mask.ravel(order="F")
    turns = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    start = [0, 0] if flat[:1].any() else [0]
    lengths = np.diff([*start, *turns.tolist(), flat.size]).tolist()
    letters = bytearray()
    for place, length in enumerate(lengths):
        value = length - lengths[place - 2] if place > 2 else length
        more = True
        while more:
            digit = value & 31
            value >>= 5
            more = value != (-1 if digit & 16 else 0)
            letters.append((digit | 32 if more else digit) + 48)
    return {"size": list(mask.shape), "counts": letters.decode("ascii")}


def _inside(box: Json | None, shape: tuple[int, ...]) -> tuple[slice, slice] | None:
    """Return the whole pixels that a box touches."""
    if not box:
        return None
    x, y = max(0, math.floor(box["x"])), max(0, math.floor(box["y"]))
    right, bottom = math.ceil(box["x"] + box["width"]), math.ceil(box["y"] + box["height"])
    return slice(y, min(shape[0], bottom)), slice(x, min(shape[1], right))


def _box(box: Json | None) -> Box | None:
    return (box["x"], box["y"], box["width"], box["height"]) if box else None


def _bounds(mask: NDArray[np.bool_]) -> Box:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    x, y = float(columns[0]), float(rows[0])
    return x, y, columns[-1] + 1 - x, rows[-1] + 1 - y

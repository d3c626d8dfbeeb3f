"""The edited places of a forged sample, as COCO knows objects: a box, an area, and the pixels run by run."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sigh_batch.data.sample import Json

Box = tuple[float, float, float, float]
_Places = NDArray[np.intp]
_OUTSIDE = 1.0
"""So many pixels from a box the place is anybody's."""


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

    Of several operations each has the pixels in its box and those near it, for an edit reaches a little
    beyond what it meant to change; one without a box has what is in nobody's.
    """
    with Image.open(io.BytesIO(mask)) as image:
        changed = np.asarray(image.convert("1"))
    for op, own in zip(ops, _shares(ops, changed), strict=True):
        area = int(np.count_nonzero(own))
        if area:
            yield Region(op, _box(op["box"]) or _bounds(own), area, encode_runs(own))


def _shares(ops: list[Json], changed: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Return the pixels of each operation: every one that changed belongs to whose box is nearest."""
    if len(ops) == 1:
        return [changed]
    rows, columns = np.nonzero(changed)
    nearest = np.argmin([_distances(op["box"], rows, columns) for op in ops], axis=0)
    shares = []
    for number in range(len(ops)):
        own = np.zeros_like(changed)
        own[rows[nearest == number], columns[nearest == number]] = True
        shares.append(own)
    return shares


def _distances(box: Json | None, rows: _Places, columns: _Places) -> NDArray[np.float64]:
    """Return how far the middles of pixels lie outside a box, at the least along either side."""
    if not box:
        return np.full(len(rows), _OUTSIDE)
    x, y = columns + 0.5 - box["x"], rows + 0.5 - box["y"]
    across = np.maximum(np.maximum(-x, x - box["width"]), 0.0)
    down = np.maximum(np.maximum(-y, y - box["height"]), 0.0)
    return np.asarray(np.maximum(across, down))


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


def _box(box: Json | None) -> Box | None:
    return (box["x"], box["y"], box["width"], box["height"]) if box else None


def _bounds(mask: NDArray[np.bool_]) -> Box:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    x, y = float(columns[0]), float(rows[0])
    return x, y, float(columns[-1]) + 1 - x, float(rows[-1]) + 1 - y

"""Finding a place whose surroundings are like a box's own, so that its pixels may stand in for the box's.

On a wallpaper that repeats, this finds the same place of another tile. Costs are sums of absolute
differences of whole numbers, and the first of equal ones wins, so every machine finds the same place.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.forge.box import Box
from sigh_batch.render.painter import Pixels

_SEARCHED = 90_000
"""About so many places are compared, on a reduced picture where there are more."""
_POINTS = 72
"""Pixels around the box that are compared in the first pass."""
_RING = 3
_TRIES = 6
_LOUD = 32
"""Around a box, pixels that are so many levels off the commonest belong to other text."""
_WORST = 10
"""A place whose surroundings differ by more levels on average is no match."""

Offsets = NDArray[np.intp]


def like_place(pixels: Pixels, box: Box) -> Box | None:
    """Return the box of the same size elsewhere that has the most alike surroundings, if there is one.

    What stands in the place may vary no more than what stands around the box, so that no text is taken.
    """
    height, width = pixels.shape[:2]
    reach = 3 * max(box.width, box.height) + 96
    room = Box(0, box.y - reach, width, box.height + 2 * reach).inside(width, height)
    step = 1
    while room.area > _SEARCHED * step * step:
        step += 1
    grey = np.asarray(cv2.cvtColor(pixels[room.window], cv2.COLOR_RGB2GRAY), np.uint8)
    here = box.moved(-room.x, -room.y)
    places = _candidates(grey, here, step)
    best = _best(grey, here, places, step) if places else None
    return best.moved(room.x, room.y) if best else None


def _candidates(grey: NDArray[np.uint8], box: Box, step: int) -> list[Box]:
    """Return the most promising places, roughly; compared on a picture reduced `step` times."""
    height, width = grey.shape[0] // step, grey.shape[1] // step
    if step > 1:
        grey = np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    wide, high = -(-box.width // step), -(-box.height // step)
    x, y = box.x // step, box.y // step
    rows, columns = height - high + 1, width - wide + 1
    if rows < 2 or columns < 2:
        return []
    across, down = _ring(wide, high, 1, _POINTS)
    inside = (y + down >= 0) & (y + down < height) & (x + across >= 0) & (x + across < width)
    across, down = across[inside], down[inside]
    if not len(across):
        return []
    own = grey[y + down, x + across]
    calm = _calm(own)
    across, down, own = across[calm], down[calm], own[calm]
    padded = cv2.copyMakeBorder(grey, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=255 - int(np.median(own)))
    cost = np.zeros((rows, columns), np.uint16)
    for right, below, level in zip(across.tolist(), down.tolist(), own.tolist(), strict=True):
        part = padded[below + 2 : below + 2 + rows, right + 2 : right + 2 + columns]
        cost += cv2.absdiff(part, level)
    total = cost.astype(np.int32) * 64 // len(own)
    total[_restless(grey, own, wide, high)] = 1 << 30
    total[max(0, y - high) : y + high + 1, max(0, x - wide) : x + wide + 1] = 1 << 30
    found = []
    for _ in range(_TRIES):
        top, left = divmod(int(total.argmin()), columns)
        if total[top, left] >= 1 << 30:
            break
        found.append(Box(left * step, top * step, box.width, box.height))
        total[max(0, top - 2) : top + 3, max(0, left - 2) : left + 3] = 1 << 30
    return found


def _restless(grey: NDArray[np.uint8], own: NDArray[np.uint8], wide: int, high: int) -> NDArray[np.bool_]:
    """Return which places hold what a box's surroundings do not: more than one pixel in 200 is stranger."""
    middle: Any = int(np.sort(own)[len(own) // 2])
    limit = int(np.abs(own.astype(np.int32) - middle).max()) + 5
    strange = (cv2.absdiff(grey, middle) > limit).view(np.uint8)
    table = cv2.integral(strange)
    sums = table[high:, wide:] - table[:-high, wide:] - table[high:, :-wide] + table[:-high, :-wide]
    return np.asarray(sums * 200 > wide * high, np.bool_)


def _calm(own: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which surroundings are ground and no text beside the box; all, where that is under half."""
    middle = int(np.sort(own)[len(own) // 2])
    calm = np.abs(own.astype(np.int32) - middle) <= _LOUD
    return calm if 2 * int(calm.sum()) >= len(own) else np.ones(len(own), np.bool_)


def _best(grey: NDArray[np.uint8], box: Box, places: list[Box], step: int) -> Box | None:
    """Return the best of the places and their neighbours, at full size."""
    height, width = grey.shape
    across, down = _ring(box.width, box.height, _RING, 320)
    kept = (box.x + across >= 0) & (box.x + across < width) & (box.y + down >= 0) & (box.y + down < height)
    across, down = across[kept], down[kept]
    if not len(across):
        return None
    own = grey[box.y + down, box.x + across].astype(np.int32)
    calm = _calm(own)
    across, down, own = across[calm], down[calm], own[calm]
    reach = step if step > 1 else 0
    span = range(-reach, reach + 1)
    tried = sorted({(place.y + dy, place.x + dx) for place in places for dy in span for dx in span})
    corners = [
        corner
        for corner in tried
        if 0 <= corner[0] <= height - box.height
        and 0 <= corner[1] <= width - box.width
        and not Box(corner[1], corner[0], box.width, box.height).meets(box)
    ]
    if not corners:
        return None
    tops, lefts = (np.array(side)[:, None] for side in zip(*corners, strict=True))
    y, x = tops + down, lefts + across
    beyond = (y < 0) | (y >= height) | (x < 0) | (x >= width)
    there = grey[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)].astype(np.int32)
    costs = np.where(beyond, 24, np.abs(there - own)).sum(axis=1)
    first = int(costs.argmin())
    if int(costs[first]) > _WORST * len(own):
        return None
    return Box(corners[first][1], corners[first][0], box.width, box.height)


def _ring(width: int, height: int, depth: int, most: int) -> tuple[Offsets, Offsets]:
    """Return offsets (right, down) of pixels around a box, as far as `depth` off, spread evenly."""
    right, down = list[int](), list[int]()
    for off in range(1, depth + 1):
        for x in range(-off, width + off):
            right += (x, x)
            down += (-off, height + off - 1)
        for y in range(1 - off, height + off - 1):
            right += (-off, width + off - 1)
            down += (y, y)
    picked = [at * len(right) // most for at in range(most)] if len(right) > most else range(len(right))
    return np.array([right[at] for at in picked]), np.array([down[at] for at in picked])

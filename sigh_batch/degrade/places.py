"""Where an edit goes: rectangles as shares of a picture's size, chosen among the boxes of its elements."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sigh_batch.degrade.picture import Picture
from sigh_batch.rng import Draws

Rectangle = list[float]
"""Left, top, width, height, each as a share of the picture's width or height."""
Area = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; never empty."""

_DIGITS = 5


def draw_places(
    draws: Draws, picture: Picture, kinds: Collection[str], count: int, grow: float = 0.0
) -> list[Rectangle]:
    """Return rectangles around elements of these kinds, each grown by a share of its height.

    A picture without such elements gets rectangles of a line's shape anywhere.
    """
    named = zip(picture.kinds, picture.boxes.tolist(), strict=False)
    found = [box for kind, box in named if kind in kinds and box[2] >= 1 and box[3] >= 1]
    if not found:
        return [_anywhere(draws) for _ in range(count)]
    boxes = draws.sample(found, min(count, len(found)))
    return [_share(picture, *_grown(box, grow * box[3])) for box in boxes]


def _anywhere(draws: Draws) -> Rectangle:
    wide, high = draws.uniform(0.08, 0.45), draws.uniform(0.015, 0.06)
    places = draws.uniform(0, 1 - wide), draws.uniform(0, 1 - high), wide, high
    return [round(place, _DIGITS) for place in places]


def _grown(box: Sequence[float], by: float) -> tuple[float, float, float, float]:
    return box[0] - by, box[1] - by, box[2] + 2 * by, box[3] + 2 * by


def _share(picture: Picture, x: float, y: float, width: float, height: float) -> Rectangle:
    left, right = (min(max(side / picture.width, 0.0), 1.0) for side in (x, x + width))
    top, bottom = (min(max(side / picture.height, 0.0), 1.0) for side in (y, y + height))
    return [round(place, _DIGITS) for place in (left, top, right - left, bottom - top)]


def area_of(picture: Picture, rectangle: Sequence[float]) -> Area:
    """Return a rectangle in whole pixels: at least one, all in the picture."""
    x, y, wide, high = rectangle
    left = min(round(x * picture.width), picture.width - 1)
    top = min(round(y * picture.height), picture.height - 1)
    right = min(max(round((x + wide) * picture.width), left + 1), picture.width)
    bottom = min(max(round((y + high) * picture.height), top + 1), picture.height)
    return left, top, right, bottom

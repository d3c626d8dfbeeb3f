"""Rectangles of whole pixels: where an edit stands, as `Sample.ops` tells it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from sigh_batch.data.sample import Element


class Box(NamedTuple):
    """Left, top, width and height in whole pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column that is not in it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row that is not in it."""
        return self.y + self.height

    @property
    def area(self) -> int:
        """Pixels in it."""
        return self.width * self.height

    @property
    def window(self) -> tuple[slice, slice]:
        """What takes it out of an array of rows and columns."""
        return slice(self.y, self.bottom), slice(self.x, self.right)

    def grown(self, across: int, down: int | None = None) -> Box:
        """Return it larger by so many pixels on each side; smaller for negative numbers, but never empty."""
        down = across if down is None else down
        across, down = max(across, -((self.width - 1) // 2)), max(down, -((self.height - 1) // 2))
        return Box(self.x - across, self.y - down, self.width + 2 * across, self.height + 2 * down)

    def moved(self, across: int, down: int) -> Box:
        """Return it in another place."""
        return Box(self.x + across, self.y + down, self.width, self.height)

    def inside(self, width: int, height: int) -> Box:
        """Return the part of it that lies in a picture of that size; the nearest pixel where none does."""
        x, y = min(max(self.x, 0), width - 1), min(max(self.y, 0), height - 1)
        return Box(x, y, max(1, min(self.right, width) - x), max(1, min(self.bottom, height) - y))

    def within(self, other: Box) -> bool:
        """Say whether all of it lies in another box."""
        return (
            other.x <= self.x
            and other.y <= self.y
            and self.right <= other.right
            and self.bottom <= other.bottom
        )

    def meets(self, other: Box) -> bool:
        """Say whether the two share a pixel."""
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )


def box_of(element: Element) -> Box:
    """Return the whole pixels that an element touches."""
    x, y = math.floor(element.x), math.floor(element.y)
    return Box(
        x,
        y,
        max(1, math.ceil(element.x + element.width) - x),
        max(1, math.ceil(element.y + element.height) - y),
    )


def united(boxes: Iterable[Box]) -> Box:
    """Return the smallest box that holds all of these, of which there is at least one."""
    known = list(boxes)
    x, y = min(box.x for box in known), min(box.y for box in known)
    return Box(x, y, max(box.right for box in known) - x, max(box.bottom for box in known) - y)

"""Small drawings that return from picture to picture, icons and avatars, kept as pixels.

Painting an icon's strokes takes five times as long as laying its pixels down. Stamps have a
painter of their own, because a painter has one canvas at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sigh_batch.render.icons import draw_icon
from sigh_batch.render.painter import Canvas, Color, Painter, Pixels, opacity
from sigh_batch.render.sprite import round_off

K = TypeVar("K")
V = TypeVar("V")

_KEPT = 500


class Stamps:
    """Makes and keeps stamps; one a process, beside the painter of the pictures."""

    def __init__(self, painter: Painter) -> None:
        self._painter = painter
        self._masks: dict[tuple[str, int, float, bool], NDArray[np.uint8]] = {}
        self._tinted: dict[tuple[str, int, float, bool, Color], Pixels] = {}
        self._pictures: dict[Hashable, Pixels] = {}

    def icon(self, name: str, size: int, weight: float, mirrored: bool, color: Color) -> Pixels:
        """Return an icon of a colour as RGBA, with a margin of one pixel on all sides."""
        key = (name, size, weight, mirrored, color)
        found = self._tinted.get(key)
        if found is None:
            mask = self._mask(name, size, weight, mirrored)
            found = np.empty((*mask.shape, 4), np.uint8)
            found[..., :3] = color[:3]
            found[..., 3] = mask if opacity(color) == 255 else mask * (opacity(color) / 255)
            _keep(self._tinted, key, found)
        return found

    def picture(self, key: Hashable, size: int, radius: float, draw: Callable[[Canvas], None]) -> Pixels:
        """Return a square that `draw` fills, its corners rounded, as RGBA; drawn once for a key."""
        full = (key, size, radius)
        found = self._pictures.get(full)
        if found is None:
            canvas = self._painter.begin(size, size, (0, 0, 0))
            draw(canvas)
            found = _keep(self._pictures, full, round_off(canvas.pixels(), radius))
        return found

    def _mask(self, name: str, size: int, weight: float, mirrored: bool) -> NDArray[np.uint8]:
        key = (name, size, weight, mirrored)
        found = self._masks.get(key)
        if found is None:
            canvas = self._painter.begin(size + 2, size + 2, (0, 0, 0))
            draw_icon(canvas, name, 1, 1, size, (255, 255, 255), weight, mirrored)
            found = _keep(self._masks, key, canvas.rgba()[..., 0].copy())
        return found


def _keep(kept: dict[K, V], key: K, value: V) -> V:
    if len(kept) >= _KEPT:
        del kept[next(iter(kept))]
    kept[key] = value
    return value

"""How round the corners of an avatar are, judged from its pixels."""

from __future__ import annotations

import numpy as np

from sigh_batch.forge.box import Box
from sigh_batch.forge.ground import around, common_color
from sigh_batch.render.painter import Pixels

_GAP = 1 - 0.5**0.5
"""How far a quarter circle of radius 1 stays away from its corner, along each axis of the diagonal."""
_SEEN = 24
_CIRCLE = 0.4


def roundness(pixels: Pixels, box: Box) -> float:
    """Return the corner radius as a part of the side: 0 for square corners, 0.5 for a disc.

    Every corner's diagonal is followed until the ground ends; the middle of the four decides.
    """
    ground = common_color(around(pixels, box, 2)).astype(np.int16)
    part = np.abs(pixels[box.window].astype(np.int16) - ground).max(axis=2)
    side = min(box.width, box.height)
    steps = np.arange(side // 2)
    gaps = []
    for corner in (part, part[::-1], part[:, ::-1], part[::-1, ::-1]):
        seen = corner[steps, steps] > _SEEN
        gaps.append(int(seen.argmax()) if seen.any() else 0)
    gap = sorted(gaps)[1] / side / _GAP
    return 0.5 if gap >= _CIRCLE else round(gap, 3)

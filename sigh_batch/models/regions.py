"""From a tamper map to the boxes that it lights up in."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Region:
    """A box around connected pixels that count as changed, and their mean probability."""

    x: int
    y: int
    width: int
    height: int
    score: float


def find_regions(
    tamper_map: NDArray[np.float32], threshold: float, *, most: int, least_pixels: int
) -> tuple[Region, ...]:
    """Return the boxes of the connected parts of a map from a threshold on, the heaviest first.

    Parts touch at a side or a corner. Those of fewer than `least_pixels` are left out, and of the rest the
    `most` with the largest sum of probabilities are kept.
    """
    lit = (tamper_map >= threshold).astype(np.uint8)
    if not most or not lit.any():
        return ()
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lit, connectivity=8, ltype=cv2.CV_32S)
    sums = np.bincount(labels.reshape(-1), tamper_map.reshape(-1).astype(np.float64), minlength=count)
    sizes = stats[:, cv2.CC_STAT_AREA]
    parts = [part for part in range(1, count) if sizes[part] >= least_pixels]
    parts.sort(key=lambda part: (-sums[part], part))
    return tuple(
        Region(
            x=int(stats[part, cv2.CC_STAT_LEFT]),
            y=int(stats[part, cv2.CC_STAT_TOP]),
            width=int(stats[part, cv2.CC_STAT_WIDTH]),
            height=int(stats[part, cv2.CC_STAT_HEIGHT]),
            score=round(float(sums[part] / sizes[part]), 6),
        )
        for part in parts[:most]
    )

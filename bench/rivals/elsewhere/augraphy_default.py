"""Augraphy's default pipeline over pictures in memory: no reading, no encoding, no record.

`augraphy_default.py FOLDER...`: each folder of PNGs is a case of its name.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import matplotlib.font_manager  # noqa: F401 (Augraphy uses it without importing it, and fails at random)
import numpy as np
from augraphy import default_augraphy_pipeline
from serving import serve


def main(*folders: str) -> None:
    """Degrade pictures as asked."""
    cv2.setNumThreads(1)
    pipeline = default_augraphy_pipeline()

    def case(folder: Path) -> Callable[[int, int], list[int]]:
        pictures = [cv2.imread(str(path)) for path in sorted(folder.glob("*.png"))]

        def degrade(seed: int, count: int) -> list[int]:
            sizes = []
            for number in range(seed * count, (seed + 1) * count):
                random.seed(number)
                np.random.seed(number)  # noqa: NPY002 (it draws from there)
                cv2.setRNGSeed(number)
                picture = pictures[number % len(pictures)]
                try:
                    pipeline(picture)
                    sizes.append(picture.shape[0] * picture.shape[1])
                except Exception:
                    sizes.append(0)
            return sizes

        return degrade

    serve({Path(folder).name: case(Path(folder)) for folder in folders})


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Albumentations' pipelines of the same degradations, over one picture and its mask.

`albumentations_chains.py PICTURE JSON`: an .npz of `pixels` and `mask`; the strengths and the chains.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence

import albumentations
import cv2
import numpy as np
from serving import serve


def main(picture: str, told: str) -> None:
    """Degrade the picture as asked."""
    cv2.setNumThreads(1)
    arrays, how = np.load(picture), json.loads(told)
    pixels, mask = arrays["pixels"], arrays["mask"]
    width, height = how["size"]
    grain = how["grain"] / 255
    steps = {
        "blur": albumentations.GaussianBlur(blur_limit=0, sigma_limit=(how["sigma"], how["sigma"]), p=1),
        "jpeg": albumentations.ImageCompression(quality_range=(how["quality"], how["quality"]), p=1),
        "resize": albumentations.Resize(height=height, width=width, p=1),
        "noise": albumentations.GaussNoise(std_range=(grain, grain), p=1),
    }

    def case(names: Sequence[str]) -> Callable[[int, int], list[int]]:
        pipeline = albumentations.Compose([steps[name] for name in names], seed=1)

        def degrade(_seed: int, count: int) -> list[int]:
            for _ in range(count):
                pipeline(image=pixels, mask=mask)
            return [mask.size] * count

        return degrade

    serve({name: case(names) for name, names in how["chains"].items()})


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Degradations against albumentations: blur, JPEG, resize and noise of equal strength, with a mask along.

Both draw their parameters and change an 800x600 chat and its mask; one thread each. A chain is the four
one after the other. The other table is what every operation costs, parameters drawn, against decoding
the picture from PNG and encoding it again. albumentations is no dependency of this project: without it
(`uv pip install albumentations==2.0.8`) only that table is made.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.measure import Timing, arguments, interleave, save, table
from sigh_batch.degrade.encode import annex_k, decode, encode
from sigh_batch.degrade.operation import benign, degradations, find
from sigh_batch.degrade.picture import Picture, picture_of
from sigh_batch.rng import for_sample

CALLS = 20
SIGMA, QUALITY, SIZE, GRAIN = 1.5, 50, (640, 480), 8.0
STEPS: dict[str, Mapping[str, Any]] = {
    "blur": {"sigma": SIGMA},
    "jpeg": annex_k(QUALITY),
    "resize": {"factor": 0.8, "filter": "bilinear", "antialias": False},
    "noise": {"sigma": GRAIN, "colored": True, "seed": 7},
}
CHAINS = {
    "chain, as a camera: blur, noise, jpeg, resize": ("blur", "noise", "jpeg", "resize"),
    "chain, noise last and smaller": ("blur", "jpeg", "resize", "noise"),
    **{name: (name,) for name in STEPS},
}


def draw_picture() -> Picture:
    """Return an 800x600 chat with 24 elements and one marked message."""
    image = Image.new("RGB", (800, 600), (244, 246, 250))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=17)
    boxes, kinds = [], []
    for row in range(8):
        top = 14 + row * 73
        pen.ellipse((16, top, 52, top + 36), fill=(90 + 15 * row, 140, 220 - 20 * row))
        pen.text((62, top), f"Person {row}", (60, 70, 160), font)
        pen.text(
            (62, top + 26),
            f"Number {row}: the parcel is at the station, {row * 17 + 3},40",
            (20, 22, 26),
            font,
        )
        boxes += [(16, top, 36, 36), (62, top, 80, 20), (62, top + 26, 420, 22)]
        kinds += ["avatar", "author", "line"]
    mask = np.zeros((600, 800), np.uint8)
    mask[260:282, 300:420] = 1
    return picture_of(np.asarray(image).copy(), mask, boxes, kinds)


def ours(picture: Picture, names: tuple[str, ...]) -> Picture:
    """Draw and apply steps; the strength is then set, so that both sides do equal work."""
    for index, name in enumerate(names):
        operation = find(name)
        drawn = operation.draw(for_sample(1, "bench", index), picture)
        picture = operation.apply(picture, {**drawn, **STEPS[name]})
    return picture


def theirs() -> dict[str, Callable[[Picture], object]]:
    """Return albumentations' pipelines of the same chains."""
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # it would ask the network for its newest version
    albumentations = importlib.import_module("albumentations")
    steps = {
        "blur": albumentations.GaussianBlur(blur_limit=0, sigma_limit=(SIGMA, SIGMA), p=1),
        "jpeg": albumentations.ImageCompression(quality_range=(QUALITY, QUALITY), p=1),
        "resize": albumentations.Resize(height=SIZE[1], width=SIZE[0], p=1),
        "noise": albumentations.GaussNoise(std_range=(GRAIN / 255, GRAIN / 255), p=1),
    }
    pipelines = {
        chain: albumentations.Compose([steps[name] for name in names]) for chain, names in CHAINS.items()
    }
    cv2.setNumThreads(1)

    def runner(pipeline: Any) -> Callable[[Picture], object]:
        return lambda picture: pipeline(image=picture.pixels, mask=picture.mask)

    return {name: runner(pipeline) for name, pipeline in pipelines.items()}


def against_albumentations(picture: Picture, repeats: int) -> dict[str, dict[str, Timing]]:
    """Return the timings of both, step by step and of the chain."""
    others = theirs()

    def times(work: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            for _ in range(CALLS):
                work()

        return run

    def pair(name: str) -> dict[str, Callable[[], object]]:
        return {
            "ours": times(lambda: ours(picture, CHAINS[name])),
            "albumentations": times(lambda: others[name](picture)),
        }

    return {name: interleave(pair(name), repeats, clock=time.process_time) for name in CHAINS}


def costs(picture: Picture, draws: int = 24) -> dict[str, float]:
    """Return the median CPU milliseconds of every operation over drawn parameters."""
    found = {"PNG decode + encode": _median(lambda _: decode(encode(picture.pixels, "png", {})), draws)}
    for family in (degradations, benign):
        for name in family.names():
            operation = family.get(name)
            drawn = [operation.draw(for_sample(1, name, index), picture) for index in range(draws)]
            found[name] = _median(
                lambda index, do=operation, all_=drawn: do.apply(picture, all_[index]), draws
            )  # type: ignore[misc]
    return found


def _median(work: Callable[[int], object], count: int) -> float:
    runs = []
    work(0)
    for index in range(count):
        start = time.process_time()
        work(index)
        runs.append((time.process_time() - start) * 1000)
    return statistics.median(runs)


def main() -> None:
    """Measure and print both tables."""
    options = arguments(__doc__.splitlines()[0]).parse_args()
    cv2.setNumThreads(1)
    picture = draw_picture()
    spent = costs(picture)
    base = spent["PNG decode + encode"]
    each = [(name, cost, cost / base) for name, cost in spent.items()]
    print(table("Every operation", ("800x600", "ms CPU", "of decode + encode"), each))
    if importlib.util.find_spec("albumentations") is None:
        print("\nalbumentations is not installed: `uv pip install albumentations==2.0.8` to compare with it.")
        save(options.json, "degrade", {"costs": spent})
        return
    groups = against_albumentations(picture, options.repeats)
    rows = [
        (
            name,
            group["ours"].median / CALLS * 1000,
            group["albumentations"].median / CALLS * 1000,
            group["ours"].speedup(group["albumentations"]),
        )
        for name, group in groups.items()
    ]
    columns = ("800x600, ms CPU", "ours", "albumentations 2.0.8", "ours is faster by")
    print("\n" + table("Four degradations", columns, rows))
    save(options.json, "degrade", {"chain": groups, "costs": spent})


if __name__ == "__main__":
    main()

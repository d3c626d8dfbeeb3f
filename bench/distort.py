"""Forging in pairs against its own floor; one core, CPU time. `peers` compares it with others.

The floor of a sample is to decode its source and to encode what is stored, with the same codec and
settings. The higher floor also saves and opens again as often as the sample's history says: a picture that
was saved by the forger and by a messenger cannot cost less. Both are measured right after the sample
itself.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.measure import arguments, peak_rss, save, table
from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.data.loader import open_dataset
from sigh_batch.data.sample import Json, Sample
from sigh_batch.degrade.encode import Encoded, decode, encode
from sigh_batch.runners import local
from sigh_batch.sources.decode import decode_own_png
from sigh_batch.stages.distort import Distort, open_distort

WARM = 12
EVEN = (
    "generate.phone.weight=0",
    "generate.skins=[server, bubbles]",
    "generate.desktop={width: {min: 800, max: 800}, height: {min: 600, max: 600}, scales: ['1']}",
)


@dataclass
class Costs:
    """CPU seconds of some samples, and of the least that they can cost."""

    samples: int = 0
    megapixels: float = 0.0
    ours: float = 0.0
    floor: float = 0.0
    saves: float = 0.0
    slowest: list[float] = field(default_factory=list)


def make_source(out: Path, count: int, sets: Sequence[str] = ()) -> str:
    """Generate a set and return its URL."""
    given = [f"count={count}", "seed=11", "run.workers=1", "run.progress=none", *sets]
    local.run(RunSpec(kind="generate", out=str(out), settings=resolve([read_sets(given)]).settings))
    return str(out)


def open_stage(source: str, count: int) -> Distort:
    """Return the stage with default settings."""
    settings = resolve([read_sets([f"count={count}", "seed=4"])]).settings
    return open_distort(RunSpec(kind="distort", source=source, out="unused", settings=settings))


def measure(source: str, count: int) -> Costs:
    """Make samples, and after each of them do the least that it needs."""
    stage, originals = open_stage(source, count), open_dataset(source)
    places = {item.sample().id: number for number, item in enumerate(originals)}
    for index in range(WARM):
        stage.make(index)
    costs = Costs()
    for index in range(WARM, count):
        spent, sample = _timed(lambda index=index: stage.make(index))  # type: ignore[misc]
        image = originals[places[sample.drawn["source"]["id"]]].image
        opened, pixels = _timed(lambda image=image: decode_own_png(image, "source"))  # type: ignore[misc]
        (*between, last) = sample.encodes[1:]
        stored = decode(Encoded(sample.image, sample.format, last))
        closed, _ = _timed(lambda last=last, stored=stored: encode(stored, last["codec"], settings_of(last)))  # type: ignore[misc]
        costs.samples += 1
        costs.megapixels += sample.width * sample.height / 1e6
        costs.ours += spent
        costs.slowest.append(spent)
        costs.floor += opened + closed
        costs.saves += sum(_resaved(pixels, entry) for entry in between)
    return costs


def settings_of(entry: Json) -> Json:
    """Return the settings of a codec that an entry of the history tells."""
    if entry["codec"] == "png":
        return {}
    params = {name: value for name, value in entry["params"].items() if name != "quantisation"}
    shared = {"quality": entry["quality"]}
    return {**shared, **params, **({"subsampling": entry["subsampling"]} if entry["codec"] == "jpg" else {})}


def _resaved(pixels: Any, entry: Json) -> float:
    size = entry["width"], entry["height"]
    picture = np.ascontiguousarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    spent, _ = _timed(lambda: decode(encode(picture, entry["codec"], settings_of(entry))))
    return spent


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def work(source: str, count: int) -> None:
    """Make samples, as a worker does."""
    stage = open_stage(source, 100_000)
    for index in range(count):
        made: Sample = stage.make(index)
        assert made.image


def main() -> None:
    """Measure and print the tables."""
    parser = arguments(__doc__.splitlines()[0], repeats=1)
    parser.add_argument("--count", type=int, default=300, help="samples of each set (default %(default)s)")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        default = make_source(folder / "default", options.count // 2)
        even = make_source(folder / "even", 40, EVEN)
        sets = {"default set": measure(default, options.count), "800x600": measure(even, 2 * 40)}
        memory = {count: peak_rss(work, default, count) for count in (options.count // 3, options.count)}
    rows = [
        (
            name,
            costs.megapixels / costs.samples,
            costs.ours / costs.samples * 1000,
            costs.floor / costs.ours,
            (costs.floor + costs.saves) / costs.ours,
        )
        for name, costs in sets.items()
    ]
    columns = ("full variety", "Mpx a sample", "ms CPU a sample", "rate of the floor", "of the higher floor")
    print(table("Forged and clean samples", columns, rows))
    peaks = [(count, found.peak / 2**20) for count, found in memory.items()]
    print("\n" + table("Memory of a worker", ("samples made", "peak MiB"), peaks))
    save(options.json, "distort", {"costs": {name: vars(costs) for name, costs in sets.items()}})


if __name__ == "__main__":
    main()

"""Our side: whole shards of `generate` and `distort`, chains of degradations; and the obvious Pillow script.

`python -m bench.rivals.ours SOURCE FOLDER JSON`: the set that is forged, a folder for what is made, and how
many pictures of each case make a round. Shards are made as a worker makes them, into the folder.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pyarrow.parquet as pq

from bench.degrade import CHAINS, draw_picture, ours
from bench.generate import HEIGHT, WIDTH, Peer, bundled, make_chats
from bench.rivals.elsewhere.serving import serve
from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.render.fonts import open_catalogue
from sigh_batch.run import Run
from sigh_batch.worker import settle

SHARDS = 64


def shards(kind: str, source: str | None, out: Path, count: int) -> Callable[[int, int], Iterator[int]]:
    """Return the case that makes the next shard of a run of default settings, of `count` pictures."""
    sets = (f"count={count * SHARDS}", f"shards={SHARDS}", "seed=4")
    run = Run.open(
        RunSpec(kind=kind, source=source, out=str(out), settings=resolve([read_sets(sets)]).settings)
    )
    numbers = itertools.count()

    def make(_seed: int, _count: int) -> Iterator[int]:
        record = run.make_shard(next(numbers))
        return _sizes(out, record.name)

    return make


def _sizes(out: Path, name: str) -> Iterator[int]:
    rows = pq.read_table(out / "rows" / f"{name}.parquet", columns=["width", "height"])
    yield from (
        (width or 0) * (height or 0) for width, height in zip(*rows.to_pydict().values(), strict=True)
    )


def script() -> Callable[[int, int], list[int]]:
    """Return the case of the obvious script: every picture in the next of the bundled families."""
    catalogue = open_catalogue()
    peers = itertools.cycle([Peer(bundled(catalogue, family)) for family in catalogue.families()])
    chats = itertools.cycle(make_chats(400))

    def draw(_seed: int, count: int) -> list[int]:
        for _ in range(count):
            next(peers).file(next(chats))
        return [WIDTH * HEIGHT] * count

    return draw


def chain(names: tuple[str, ...]) -> Callable[[int, int], list[int]]:
    """Return the case of one chain of degradations."""
    picture = draw_picture()

    def degrade(_seed: int, count: int) -> list[int]:
        for _ in range(count):
            ours(picture, names)
        return [picture.mask.size] * count

    return degrade


def main(source: str, folder: str, counts: str) -> None:
    """Make pictures as asked."""
    settle()
    cv2.setNumThreads(1)
    many = json.loads(counts)
    serve(
        {
            "generate": shards("generate", None, Path(folder) / "generate", many["generate"]),
            "distort": shards("distort", source, Path(folder) / "distort", many["distort"]),
            "script": script(),
            **{name: chain(names) for name, names in CHAINS.items()},
        }
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

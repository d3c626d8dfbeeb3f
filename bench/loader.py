"""Reading a data set shuffled, by offset, against iterating it with webdataset; one process, warm cache.

Every reader yields picture, mask and JSON as bytes, undecoded. webdataset reads shard by shard; its
shuffle is that of a buffer of 1,000 samples, ours is of all of them. Opening (reading the manifest's
offsets) is part of each run. A second table says what opening ten million rows takes.
"""

from __future__ import annotations

import shutil
import tempfile
import time
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.measure import arguments, interleave, peak_rss, save, table
from bench.samples import make_samples
from sigh_batch.data.identity import Identity, claim
from sigh_batch.data.loader import open_dataset
from sigh_batch.data.manifest import merge
from sigh_batch.data.order import Order
from sigh_batch.data.plan import Plan
from sigh_batch.data.schema import SCHEMA, open_writer
from sigh_batch.data.shard import ShardWriter, publish
from sigh_batch.store.local import LocalStore

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import webdataset

IDENTITY = Identity(kind="generate", config_hash="bench", engine={})
_GROUP = 50_000


def write_set(folder: Path, samples: int, image_bytes: int) -> None:
    """Write a set with 500 samples a shard."""
    store, plan = LocalStore(folder), Plan.sized(samples, 500)
    claim(store, IDENTITY)
    made = make_samples(samples, image_bytes)
    for shard in range(len(plan)):
        with ShardWriter(plan, shard, IDENTITY, store.scratch) as writer:
            for index in plan.samples(shard):
                writer.add(made[index])
            publish(store, plan, writer.close())
    merge(store, plan, IDENTITY)


def drain(samples: Iterable[object]) -> int:
    """Take all samples and let go of each."""
    return sum(1 for _ in samples)


def write_big_manifest(folder: Path, rows: int) -> None:
    """Write a manifest of that many rows with no elements: what opening reads is as in a real one."""
    folder.mkdir(exist_ok=True)
    (folder / "run.json").write_text("{}")
    with open_writer(folder / "manifest.parquet") as writer:
        for first in range(0, rows, _GROUP):
            index = np.arange(first, min(first + _GROUP, rows))
            within = index % 1000
            image, mask, document = (
                70_000 + index * 7919 % 20_000,
                150 + index % 50,
                16_000 + index * 31 % 999,
            )
            sizes = [(length + -length % 512 + 512) for length in (image, mask, document)]
            offset = within * 110_000
            columns = {
                "index": index,
                "label": (index % 2).astype(np.int8),
                "shard": pa.array([f"part-{number:05d}" for number in index // 1000]),
                "image_offset": offset,
                "image_length": image,
                "mask_offset": offset + sizes[0],
                "mask_length": mask,
                "json_offset": offset + sizes[0] + sizes[1],
                "json_length": document,
            }
            arrays = {
                field.name: pa.array(columns[field.name], field.type)
                if field.name in columns
                else pa.nulls(len(index), field.type)
                for field in SCHEMA
            }
            writer.write_table(pa.Table.from_pydict(arrays, schema=SCHEMA))


def open_big(folder: str) -> None:
    """Open, filter, and draw a million places of an order."""
    dataset = open_dataset(folder)
    half = dataset.where(label=1)
    order = Order(len(half), seed=1)
    for _, _ in zip(order, range(1_000_000), strict=False):
        pass


def main() -> None:
    """Measure and print the tables."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=4000)
    parser.add_argument("--image-kb", type=int, default=80)
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of the big manifest")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        write_set(folder / "set", options.samples, options.image_kb * 1000)
        tars = [str(path) for path in sorted((folder / "set/shards").iterdir())]
        url = str(folder / "set")

        def ours_shuffled() -> int:
            dataset = open_dataset(url)
            return drain(dataset.stream(Order(len(dataset), seed=1)))

        def pictures_shuffled() -> int:
            dataset = open_dataset(url)
            return drain(map(dataset.image, Order(len(dataset), seed=1)))

        cases = {
            "ours, shuffled": ours_shuffled,
            "ours, shuffled, pictures only": pictures_shuffled,
            "ours, in order": lambda: drain(open_dataset(url)),
            "webdataset, in order": lambda: drain(webdataset.WebDataset(tars, shardshuffle=False)),
            "webdataset, buffer of 1000": lambda: drain(
                webdataset.WebDataset(tars, shardshuffle=100).shuffle(1000)
            ),
        }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = interleave(cases, options.repeats)
        write_big_manifest(folder / "big", options.rows)
        start = time.perf_counter()
        dataset = open_dataset(str(folder / "big"))
        opened = time.perf_counter() - start
        start = time.perf_counter()
        dataset.where(label=1)
        filtered = time.perf_counter() - start
        memory = peak_rss(open_big, str(folder / "big"))
    finally:
        shutil.rmtree(folder)
    ours = found["ours, shuffled"]
    print(
        table(
            f"Reading {options.samples} samples, warm",
            ("reader", "samples/s", "shuffled by offset is faster by"),
            [(name, options.samples / timing.median, ours.speedup(timing)) for name, timing in found.items()],
        )
    )
    print(
        table(
            f"\nA manifest of {options.rows:,} rows",
            ("open, s", "filter by label, s", "memory added by both and an order, MiB"),
            [(opened, filtered, memory.growth / 2**20)],
        )
    )
    big = {"rows": options.rows, "open_s": opened, "filter_s": filtered, "memory": memory}
    save(options.json, "loader", {"read": found, "big": big})


if __name__ == "__main__":
    main()

"""Merging the manifest of up to 10,000 shards of 1,000 samples each: time, and memory at its highest.

The shards' rows and records are made for the purpose; their tars are empty, since a merge looks at
their size alone. Growth says how CPU time grows over the growth of the size (1 is linear). The usual 150
elements a sample take some 40 GB of disk: give --elements 150.
"""

from __future__ import annotations

import resource
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.measure import arguments, peak_rss, save, table
from bench.samples import make_samples
from sigh_batch.data.columns import Placement, RowsBuilder
from sigh_batch.data.identity import Identity, claim
from sigh_batch.data.manifest import merge
from sigh_batch.data.plan import Plan
from sigh_batch.data.record import Record, record_json
from sigh_batch.data.rows import HashedFile
from sigh_batch.data.schema import SCHEMA, open_writer
from sigh_batch.data.ustar import END
from sigh_batch.store.local import LocalStore

IDENTITY = Identity(kind="generate", config_hash="bench", engine={})
SIZES = (1_000, 3_000, 10_000)
SAMPLES = 1_000


def write_shards(folder: Path, plan: Plan, elements: int, shards: range) -> None:
    """Write rows, record and an empty tar for each shard."""
    for name in ("rows", "records", "shards"):
        (folder / name).mkdir(exist_ok=True)
    builder = RowsBuilder("part")
    for sample in make_samples(SAMPLES, 1000, elements, different=SAMPLES):
        builder.add(sample, Placement("0" * 64, 512, 80_000, 81_000, 150, 82_000, 16_000))
    rows = builder.take()
    for shard in shards:
        first = plan.samples(shard).start
        changed = {
            "index": np.arange(first, first + SAMPLES),
            "id": [f"{index:08d}" for index in range(first, first + SAMPLES)],
            "shard": [plan.name(shard)] * SAMPLES,
        }
        for name, values in changed.items():
            place = SCHEMA.get_field_index(name)
            rows = rows.set_column(place, SCHEMA.field(name), pa.array(values, SCHEMA.field(name).type))
        sink = HashedFile(folder / plan.rows_key(shard))
        with open_writer(sink) as writer:
            writer.write_table(rows)
        sink.close()
        record = Record(
            kind="generate",
            shard=shard,
            name=plan.name(shard),
            first=first,
            count=SAMPLES,
            written=SAMPLES,
            failed=0,
            bytes=len(END),
            sha256="0" * 64,
            rows_bytes=sink.size,
            rows_sha256=sink.digest.hexdigest(),
            config_hash="bench",
            engine={},
        )
        (folder / plan.record_key(shard)).write_bytes(record_json(record))
        (folder / plan.tar_key(shard)).write_bytes(END)


def merge_all(folder: Path, shards: int) -> None:
    """Do what the last worker does."""
    merge(LocalStore(folder), Plan(shards * SAMPLES, shards), IDENTITY)


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print the table."""
    parser = arguments(__doc__.splitlines()[0], repeats=1)
    parser.add_argument("--elements", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="where to write (default: the system's temporary folder)")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    rows: list[tuple[object, ...]] = []
    results = {}
    written = 0
    try:
        claim(LocalStore(folder), IDENTITY)
        for shards in SIZES:
            write_shards(folder, Plan(shards * SAMPLES, shards), options.elements, range(written, shards))
            written = shards
            runs = []
            for _ in range(options.repeats):
                (folder / "manifest.parquet").unlink(missing_ok=True)
                before, start = _children_seconds(), time.perf_counter()
                memory = peak_rss(merge_all, folder, shards)
                runs.append((_children_seconds() - before, time.perf_counter() - start))
            cpu, wall = sorted(runs)[len(runs) // 2]
            size = (folder / "manifest.parquet").stat().st_size
            growth = cpu / rows[-1][2] / (shards / rows[-1][0]) if rows else "-"  # type: ignore[operator]
            rows.append((shards, shards * SAMPLES, cpu, wall, growth, memory.peak / 2**20, size / 1e9))
            results[str(shards)] = {"cpu_wall": runs, "memory": memory, "bytes": size}
    finally:
        shutil.rmtree(folder)
    columns = ("shards", "rows", "CPU, s", "wall, s", "growth", "peak memory, MiB", "manifest, GB")
    print(table(f"Merging rows of {options.elements} elements", columns, rows))
    save(options.json, "merge", results)


if __name__ == "__main__":
    main()

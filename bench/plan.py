"""Planning and resuming a run of a million shards in a folder: how long until it is known what remains.

Nine of ten shards have their record. A run claims the prefix, lists the records and works out what
remains; growth says how time grows from one size to the next, over the growth of the size (1 is linear).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from bench.measure import arguments, peak_rss, save, table
from sigh_batch.data.identity import Identity, claim
from sigh_batch.data.plan import Plan, remaining
from sigh_batch.store.local import LocalStore

IDENTITY = Identity(kind="generate", config_hash="bench", engine={})
SIZES = (250_000, 500_000, 1_000_000)


def name_records(folder: Path, plan: Plan, shards: range) -> None:
    """Make the records of nine of ten shards, empty: a resumed run reads their names alone."""
    for shard in shards:
        if shard % 10 != 9:
            os.close(os.open(folder / plan.record_key(shard), os.O_WRONLY | os.O_CREAT))


def resume(folder: Path, shards: int) -> None:
    """Do what a resumed run does before its first shard."""
    store, plan = LocalStore(folder), Plan(shards * 1000, shards)
    claim(store, IDENTITY)
    left = remaining(store, plan, IDENTITY)
    if list(left) != list(range(9, shards, 10)):
        raise AssertionError("the wrong shards remain")


def main() -> None:
    """Measure and print the table."""
    parser = arguments(__doc__.splitlines()[0], repeats=3)
    options = parser.parse_args()
    rows: list[tuple[object, ...]] = []
    results = {}
    folder = Path(tempfile.mkdtemp())
    claim(LocalStore(folder), IDENTITY)
    (folder / "records").mkdir()
    written = 0
    try:
        for shards in SIZES:
            name_records(folder, Plan(shards * 1000, shards), range(written, shards))
            written = shards
            runs = []
            for _ in range(options.repeats):
                start = time.perf_counter()
                resume(folder, shards)
                runs.append(time.perf_counter() - start)
            memory = peak_rss(resume, folder, shards)
            seconds = sorted(runs)[len(runs) // 2]
            growth = seconds / rows[-1][1] / (shards / rows[-1][0]) if rows else "-"  # type: ignore[operator]
            rows.append((shards, seconds, growth, memory.peak / 2**20))
            results[str(shards)] = {"runs": runs, "memory": memory}
    finally:
        shutil.rmtree(folder)
    print(table("Resuming a run", ("shards", "seconds", "growth", "peak memory, MiB"), rows))
    save(options.json, "plan", results)


if __name__ == "__main__":
    main()

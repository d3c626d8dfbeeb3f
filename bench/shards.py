"""Shard writing to a folder, against concatenating the same bytes and against webdataset's writer.

Samples are random bytes of a screenshot's size with a JSON of 150 elements. Three things are measured:

- durable: the tar, from ready members, forced to disk, as a shard in a folder is;
- cached: the same, left to the page cache, where hashing is the limit and not the disk;
- whole: everything from samples to a published shard (JSON, hashes of every image, tar, rows, record),
  against webdataset writing the same pictures and JSON, without hashes, rows or record.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

from bench.measure import Timing, arguments, interleave, save, table
from bench.samples import make_samples
from sigh_batch.data.document import sample_json
from sigh_batch.data.identity import Identity
from sigh_batch.data.plan import Plan
from sigh_batch.data.sample import Sample
from sigh_batch.data.shard import ShardWriter, publish
from sigh_batch.data.tar import TarWriter
from sigh_batch.store.local import LocalStore

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import webdataset

IDENTITY = Identity(kind="generate", config_hash="bench", engine={})
Members = list[tuple[str, bytes]]


def concatenate(members: Members, path: Path) -> None:
    """Write the contents one after the other: what no writer can do without."""
    with path.open("wb") as out:
        for _, content in members:
            out.write(content)


def concatenate_hashed(members: Members, path: Path) -> None:
    """The same, and the hash of all that was written."""
    whole = hashlib.sha256()
    with path.open("wb") as out:
        for _, content in members:
            whole.update(content)
            out.write(content)


def write_tar(members: Members, path: Path, lasting: bool = False) -> None:
    """Write a tar and its hash, as a shard is written."""
    tar = TarWriter(path, lasting)
    for name, content in members:
        tar.add(name, content)
    tar.close()


def write_webdataset(members: Members, path: Path) -> None:
    """Write a tar as webdataset does, from ready bytes."""
    with webdataset.TarWriter(str(path)) as tar:
        for at in range(0, len(members), 3):
            contents = {name.partition(".")[2]: content for name, content in members[at : at + 3]}
            tar.write({"__key__": members[at][0].partition(".")[0], **contents})


def write_shard(samples: list[Sample], store: LocalStore) -> None:
    """Make and publish a shard."""
    plan = Plan(len(samples), 1)
    with ShardWriter(plan, 0, IDENTITY, store.scratch) as writer:
        for sample in samples:
            writer.add(sample)
        publish(store, plan, writer.close())


def write_webdataset_samples(samples: list[Sample], path: Path) -> None:
    """Write the same pictures and annotations as webdataset does, which makes the JSON itself."""
    with webdataset.TarWriter(str(path)) as tar:
        for sample in samples:
            told = {
                name: getattr(sample, name) for name in ("index", "seed", "label", "split", "drawn", "skin")
            }
            told["elements"] = [element._asdict() for element in sample.elements]
            tar.write({"__key__": sample.id, "png": sample.image, "mask.png": sample.mask, "json": told})


def synced(write: Callable[[Path], None], path: Path) -> None:
    """Write, and wait until the disk has it."""
    write(path)
    file = os.open(path, os.O_RDONLY)
    os.fsync(file)
    os.close(file)


def main() -> None:
    """Measure and print the table."""
    parser = arguments(__doc__.splitlines()[0], repeats=7)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--image-kb", type=int, default=80)
    parser.add_argument("--folder", type=Path, help="where to write (default: the system's temporary folder)")
    options = parser.parse_args()
    samples = make_samples(options.samples, options.image_kb * 1000)
    members = [
        member
        for sample in samples
        for member in (
            (f"{sample.id}.png", sample.image),
            (f"{sample.id}.mask.png", sample.mask),
            (f"{sample.id}.json", sample_json(sample, "0" * 64)),
        )
    ]
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    path = folder / "shard"
    store = LocalStore(folder / "set")
    writers: dict[str, Callable[[Path], None]] = {
        "concatenation": lambda path: concatenate(members, path),
        "concatenation, hashed": lambda path: concatenate_hashed(members, path),
        "ours (hashed)": lambda path: write_tar(members, path),
        "webdataset": lambda path: write_webdataset(members, path),
    }
    lasting = writers | {"ours (hashed)": lambda path: write_tar(members, path, lasting=True)}

    def clean(_name: str) -> None:
        path.unlink(missing_ok=True)

    try:
        groups = {
            "durable": interleave(
                {name: lambda write=write: synced(write, path) for name, write in lasting.items()},  # type: ignore[misc]
                options.repeats,
                prepare=clean,
            ),
            "cached": interleave(
                {name: lambda write=write: write(path) for name, write in writers.items()},  # type: ignore[misc]
                options.repeats,
                prepare=clean,
            ),
            "whole": interleave(
                {
                    "ours (hashed)": lambda: write_shard(samples, store),
                    "webdataset": lambda: synced(lambda path: write_webdataset_samples(samples, path), path),
                },
                options.repeats,
                prepare=clean,
            ),
        }
    finally:
        shutil.rmtree(folder)
    print(table(f"Shard writing, {options.samples} samples", _COLUMNS, _rows(groups, options.samples)))
    save(options.json, "shards", groups)


_COLUMNS = ("what", "writer", "samples/s", "us a sample", "ours is faster by")


def _rows(groups: dict[str, dict[str, Timing]], samples: int) -> list[tuple[object, ...]]:
    return [
        (
            what,
            name,
            samples / timing.median,
            timing.median / samples * 1e6,
            group["ours (hashed)"].speedup(timing),
        )
        for what, group in groups.items()
        for name, timing in group.items()
    ]


if __name__ == "__main__":
    main()

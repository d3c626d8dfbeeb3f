"""Scoring many small pictures with a model that costs nothing: what names, decoding and rows take.

Memory is the peak of one process: after it kept a list of names that are on no disk, after it listed a
folder, after a tenth of the shards, after all, after the merge. Run it as `python -m bench.predict`.
"""

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.measure import table
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec
from sigh_batch.data.names import Name, NamesWriter
from sigh_batch.kinds.predictions import list_pictures
from sigh_batch.models import opening
from sigh_batch.models.detector import Score
from sigh_batch.models.document import Architecture, Geometry, ModelDocument
from sigh_batch.models.file import write_document
from sigh_batch.run import Run
from sigh_batch.store import open_store

FILES = 100_000
NAMES = 1_000_000
_PER_FOLDER = 1000

Row: TypeAlias = tuple[str, str, float]
"""A step, what it took, and the peak of memory after it."""


class Trivial:
    """Says of every picture how bright it is."""

    def __init__(self, document: ModelDocument) -> None:
        self.document = document

    def score(self, pictures: Sequence[NDArray[np.uint8]], *, maps: bool = False) -> list[Score]:
        """Return the mean of each picture as its probability, and no map."""
        means = [float(pixels.mean()) / 255 for pixels in pictures]
        return [Score(logit=mean, probability=mean, classes=(1 - mean, mean)) for mean in means]


def peak() -> float:
    """Return the largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_pictures(folder: Path, count: int) -> None:
    """Write small pictures, a thousand a folder, and each other than the one before."""
    for number in range(count):
        path = folder / f"{number // _PER_FOLDER:04d}" / f"{number:07d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        out = io.BytesIO()
        Image.new("RGB", (48, 64), (number % 256, number // 256 % 256, 90)).save(out, "JPEG")
        path.write_bytes(out.getvalue())


def main(count: int = FILES, names: int = NAMES) -> None:
    """Print what each step takes."""
    with tempfile.TemporaryDirectory() as root:
        document = ModelDocument(
            name="trivial",
            architecture=Architecture(name="trivial"),
            classes=("clean", "forged"),
            geometry=Geometry(mode="native"),
        )
        write_document(open_store(f"{root}/model"), document)
        vars(opening)["open_model"] = lambda *_args, **_options: Trivial(document)
        rows: list[Row] = [("begin", "", peak()), _list(Path(root, "names.parquet"), names)]
        write_pictures(Path(root, "in"), count)
        rows += _score(root, count)
        print(table("Many small pictures", ("step", "CPU time", "peak MiB"), rows))


def _score(root: str, count: int) -> Iterator[Row]:
    values: dict[str, Any] = {"predict": {"models": [f"{root}/model"]}}
    spec = RunSpec(
        kind="predict", source=f"{root}/in", out=f"{root}/out", settings=Settings.model_validate(values)
    )
    started = time.process_time()
    with list_pictures(spec) as listed:
        run = Run.open(listed.spec)
        listed.keep(run)
    yield f"list {count:,} files", f"{time.process_time() - started:.1f} s", peak()
    shards = list(run.remaining())
    started = time.process_time()
    for done, shard in enumerate(shards, 1):
        run.make_shard(shard)
        if done in (max(1, len(shards) // 10), len(shards)):
            rate = count * done / len(shards) / (time.process_time() - started)
            yield f"score {done} of {len(shards)} shards", f"{rate:,.0f} pictures a second", peak()
    started = time.process_time()
    run.merge()
    yield "merge", f"{time.process_time() - started:.1f} s", peak()


def _list(path: Path, count: int) -> Row:
    started = time.process_time()
    writer = NamesWriter(path)
    for number in range(count):
        writer.add(Name(path=f"folder/{number:09d}/screenshot of a conversation.png", size=number))
    writer.close("files", "")
    took, size = time.process_time() - started, path.stat().st_size / 1e6
    return f"keep {count:,} names in {size:,.1f} MB", f"{took:.1f} s", peak()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

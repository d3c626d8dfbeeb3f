"""One shard made: samples in index order into a tar and its manifest rows, then published.

A shard is written into local files and goes into the store when it is whole: tar, rows, and last
the record, which makes it count. A run that dies before leaves nothing that anyone reads.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from sigh_batch.data.columns import Placement
from sigh_batch.data.document import sample_json
from sigh_batch.data.identity import Identity
from sigh_batch.data.objects import disk_faults, new_folder
from sigh_batch.data.plan import Plan
from sigh_batch.data.record import Record, record_json, record_of
from sigh_batch.data.rows import RowsWriter
from sigh_batch.data.sample import Failure, Sample
from sigh_batch.data.tar import TarWriter
from sigh_batch.errors import DataError
from sigh_batch.store import Store

FORMATS = ("png", "jpg", "webp")
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A finished shard in local files, and the record that will vouch for it."""

    record: Record
    tar: Path
    rows: Path


class ShardWriter:
    """Makes one shard; a context manager, whose end removes what was not published.

    `folder` is where its files lie until then: the scratch of the store, or None for the system's own.
    """

    def __init__(self, plan: Plan, shard: int, identity: Identity, folder: Path | None = None) -> None:
        self._plan = plan
        self._shard = shard
        self._identity = identity
        self._samples = plan.samples(shard)
        self._next = self._samples.start
        self._failed = 0
        name = plan.name(shard)
        with disk_faults(folder or "the system's temporary folder"):
            self._folder = new_folder(folder)
            self._tar_path = Path(self._folder.name, f"{name}.tar")
            self._rows_path = Path(self._folder.name, f"{name}.parquet")
            self._tar = TarWriter(self._tar_path, lasting=folder is not None)
            self._rows = RowsWriter(self._rows_path, name)

    def __enter__(self) -> ShardWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tar.abandon()
        self._rows.abandon()
        self._folder.cleanup()

    def add(self, sample: Sample) -> None:
        """Add the next sample; raises DataError when it is not the next or cannot be stored."""
        self._take(sample.index, sample.id)
        if sample.format not in FORMATS:
            raise DataError(f"sample {sample.id!r} has format {sample.format!r}; known: {', '.join(FORMATS)}")
        digest = hashlib.sha256(sample.image).hexdigest()
        document = sample_json(sample, digest)
        add = self._tar.add
        with disk_faults(self._folder.name):
            image_offset = add(f"{sample.id}.{sample.format}", sample.image)
            mask_offset = add(f"{sample.id}.mask.png", sample.mask)
            source = sample.source_mask
            source_offset = None if source is None else add(f"{sample.id}.source.png", source)
            json_offset = add(f"{sample.id}.json", document)
            placement = Placement(
                digest,
                image_offset,
                len(sample.image),
                mask_offset,
                len(sample.mask),
                json_offset,
                len(document),
                source_offset,
                None if source is None else len(source),
            )
            self._rows.add(sample, placement)

    def add_failure(self, failure: Failure) -> None:
        """Add the next sample as a row with the reason why there is no picture of it."""
        self._take(failure.index, failure.id)
        self._failed += 1
        with disk_faults(self._folder.name):
            self._rows.add_failure(failure)

    def close(self) -> Shard:
        """Finish the shard's files; raises DataError when samples of it are missing."""
        if self._next != self._samples.stop:
            raise DataError(
                f"shard {self._shard} ends before sample {self._next} and the plan has it up to "
                f"{self._samples.stop - 1}; its stage must give every sample"
            )
        with disk_faults(self._folder.name):
            file, rows = self._tar.close(), self._rows.close()
        record = record_of(self._plan, self._shard, self._identity, failed=self._failed, file=file, rows=rows)
        return Shard(record=record, tar=self._tar_path, rows=self._rows_path)

    def _take(self, index: int, id_: str) -> None:
        if not _ID.fullmatch(id_):
            raise DataError(f"{id_!r} is not a sample id; use up to 80 letters, digits, - and _")
        if index != self._next:
            raise DataError(
                f"shard {self._shard} expects sample {self._next} next and got {index} ({id_!r}); "
                "its stage must give them in order"
            )
        self._next += 1


def publish(store: Store, plan: Plan, shard: Shard) -> Record:
    """Put a finished shard into the store, its record last; a second time changes nothing.

    Whatever lay under these keys from a run that died, or from a pod that made the same shard, is
    replaced whole.
    """
    number = shard.record.shard
    store.put_file(plan.tar_key(number), shard.tar)
    store.put_file(plan.rows_key(number), shard.rows)
    store.put(plan.record_key(number), record_json(shard.record))
    return shard.record

"""One shard of predictions made: its rows and tamper maps, then published.

Like a shard of samples it is written into local files and goes into the store when it is whole: maps,
rows, and last the record, which makes it count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from sigh_batch.data.identity import Identity
from sigh_batch.data.objects import disk_faults, new_folder
from sigh_batch.data.plan import Plan
from sigh_batch.data.predictions import PREDICTION, SCHEMA_VERSION
from sigh_batch.data.record import Record, record_json, record_of
from sigh_batch.data.rows import HashedFile
from sigh_batch.data.sample import Json
from sigh_batch.errors import DataError
from sigh_batch.store import Store

MAPS = "maps/"
JOINT = "-"
"""What the id of a row has that is not the one row that stands for its picture."""

_GROUP = 1024
_PLAIN = frozenset({"row_id", "path", "id", "sha256", "phash", "heatmap_path", "heatmap_sha256", "exif"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredShard:
    """A finished shard in local files, and the record that will vouch for it."""

    record: Record
    rows: Path
    maps: tuple[tuple[str, Path], ...]
    """The key of every tamper map, and where it lies now."""


class ScoredWriter:
    """Makes one shard; a context manager, whose end removes what was not published."""

    def __init__(self, plan: Plan, shard: int, identity: Identity, folder: Path | None = None) -> None:
        self._plan = plan
        self._shard = shard
        self._identity = identity
        self._samples = plan.samples(shard)
        self._next = self._samples.start
        self._digits = max(9, len(str(plan.count - 1)))
        self._failed = 0
        self._rows: list[Json] = []
        self._maps: list[tuple[str, Path]] = []
        self._map_bytes = 0
        self._map_digest = hashlib.sha256()
        with disk_faults(folder or "the system's temporary folder"):
            self._folder = new_folder(folder)
            self._rows_path = Path(self._folder.name, f"{plan.name(shard)}.parquet")
            self._sink = HashedFile(self._rows_path)
            self._writer = open_rows(self._sink)

    def __enter__(self) -> ScoredWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._sink.closed:
            with suppress(OSError):
                self._writer.close()
            self._sink.close()
        self._folder.cleanup()

    def add(self, rows: Sequence[Json], maps: Sequence[bytes | None], *, failed: bool = False) -> None:
        """Add the rows of the next picture with their maps; the last of several rows joins the others."""
        number = f"{self._next:0{self._digits}d}"
        with disk_faults(self._folder.name):
            for place, (row, png) in enumerate(zip(rows, maps, strict=True)):
                row_id = number if place == len(rows) - 1 else f"{number}{JOINT}{place}"
                self._rows.append(self._whole(row, row_id, png))
            self._next += 1
            self._failed += failed
            if len(self._rows) >= _GROUP:
                self._flush()

    def close(self) -> ScoredShard:
        """Finish the shard's files; raises DataError when pictures of it are missing."""
        if self._next != self._samples.stop:
            raise DataError(
                f"shard {self._shard} ends before picture {self._next} and the plan has it up to "
                f"{self._samples.stop - 1}"
            )
        with disk_faults(self._folder.name):
            self._flush()
            self._writer.close()
            self._sink.close()
        record = record_of(
            self._plan,
            self._shard,
            self._identity,
            failed=self._failed,
            file=(self._map_bytes, self._map_digest.hexdigest()),
            rows=(self._sink.size, self._sink.digest.hexdigest()),
        )
        return ScoredShard(record=record, rows=self._rows_path, maps=tuple(self._maps))

    def _whole(self, row: Json, row_id: str, png: bytes | None) -> Json:
        """Return a row with what tells the run and the place; its map is written to disk."""
        whole = {
            "schema_version": SCHEMA_VERSION,
            "run_id": self._identity.config_hash,
            "row_id": row_id,
            **row,
        }
        if png is not None:
            key = f"{MAPS}{self._plan.name(self._shard)}/{row_id}.png"
            path = Path(self._folder.name, f"{row_id}.png")
            path.write_bytes(png)
            self._maps.append((key, path))
            self._map_bytes += len(png)
            self._map_digest.update(png)
            whole |= {"heatmap_path": key, "heatmap_sha256": hashlib.sha256(png).hexdigest()}
        return whole

    def _flush(self) -> None:
        if self._rows:
            try:
                table = pa.Table.from_pylist(self._rows, schema=PREDICTION)
            except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeError, OverflowError) as error:
                raise DataError(
                    f"one of the rows {self._rows[0]['row_id']} to {self._rows[-1]['row_id']} has a value "
                    f"that its column cannot hold: {error}"
                ) from error
            self._writer.write_table(table, row_group_size=_GROUP)
            self._rows.clear()


def open_rows(sink: object) -> pq.ParquetWriter:
    """Return a Parquet writer of predictions; equal rows written alike give equal bytes."""
    return pq.ParquetWriter(
        sink,
        PREDICTION,
        version="2.6",
        compression="zstd",
        compression_level=1,
        use_dictionary=[
            field.name
            for field in PREDICTION
            if field.name not in _PLAIN and not pa.types.is_nested(field.type)
        ],
    )


def publish_scored(store: Store, plan: Plan, shard: ScoredShard) -> Record:
    """Put a finished shard into the store, its record last; a second time changes nothing."""
    number = shard.record.shard
    for key, path in shard.maps:
        store.put_file(key, path)
    store.put_file(plan.rows_key(number), shard.rows)
    store.put(plan.record_key(number), record_json(shard.record))
    return shard.record

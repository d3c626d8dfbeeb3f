"""Manifest rows on their way into a file: written as they come, hashed as they are written."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from sigh_batch.data.columns import Placement, RowsBuilder
from sigh_batch.data.sample import Failure, Sample
from sigh_batch.data.schema import open_writer

ROW_GROUP = 4096


class RowsWriter:
    """Writes the rows of one shard to a file; a function of the rows alone, byte for byte."""

    def __init__(self, path: Path, shard: str) -> None:
        self._rows = RowsBuilder(shard)
        self._sink = HashedFile(path)
        self._writer = open_writer(self._sink)

    def add(self, sample: Sample, at: Placement) -> None:
        """Add the row of a sample."""
        self._rows.add(sample, at)
        self._flush(ROW_GROUP)

    def add_failure(self, failure: Failure) -> None:
        """Add the row of a sample that could not be made."""
        self._rows.add_failure(failure)
        self._flush(ROW_GROUP)

    def close(self) -> tuple[int, str]:
        """Finish the file; return its size and sha256."""
        self._flush(1)
        self._writer.close()
        self._sink.close()
        return self._sink.size, self._sink.digest.hexdigest()

    def abandon(self) -> None:
        """Let go of the file, finished or not; doing so twice is no error."""
        if not self._sink.closed:
            with suppress(OSError):
                self._writer.close()
            self._sink.close()

    def _flush(self, least: int) -> None:
        if len(self._rows) >= least:
            self._writer.write_table(self._rows.take(), row_group_size=ROW_GROUP)


class HashedFile:
    """A file that only grows, with the hash of what went into it; what a Parquet writer needs."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self.digest = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        """Append all of the bytes."""
        self.digest.update(data)
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is written is with the system already."""

    def close(self) -> None:
        """Close the file; hash and size stay."""
        self.closed = True
        self._file.close()

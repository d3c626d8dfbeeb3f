"""predictions.parquet as it is read here: in passes over a few columns, and chosen rows whole.

Nothing is held but what a caller keeps, so that a report of any number of rows takes the same memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sigh_batch.data.objects import open_object, parquet_faults
from sigh_batch.data.predictions import PREDICTION, PREDICTIONS_KEY
from sigh_batch.errors import DataError, NotFound
from sigh_batch.store import Store

_NEEDED = ("path", "model_id", "p_tampered", "verdict")
_BATCH = 65_536
_SMALL = 4_096
_PIECE = 8 << 20
_READ_AHEAD = 1 << 16
"""Bytes that are read of each column at a time: a row group may be larger than what there is room for."""


class PredictionTable:
    """The rows of a store's predictions.parquet; raises NotFound where there is none."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._columns = _checked_columns(self._open(), self.where)

    def __len__(self) -> int:
        return int(self._open().metadata.num_rows)

    @property
    def where(self) -> str:
        """The file and its place, for messages."""
        return f"{PREDICTIONS_KEY} in {self.store.url}"

    def scan(self, columns: Sequence[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield all rows in order, some at a time, each time with the number of the first."""
        start = 0
        there = [name for name in columns if name in self._columns]
        with parquet_faults(self.where):
            for batch in self._open().iter_batches(_BATCH, columns=there, use_threads=False):
                batch.validate(full=True)
                yield start, _with_columns(batch, columns)
                start += len(batch)

    def rows(self, chosen: NDArray[np.int64]) -> dict[int, dict[str, Any]]:
        """Return whole rows by their numbers."""
        found: dict[int, dict[str, Any]] = {}
        order = np.sort(chosen)
        file = self._open()
        start = 0
        for group in range(file.num_row_groups):
            stop = start + file.metadata.row_group(group).num_rows
            first, last = np.searchsorted(order, (start, stop))
            if first < last:
                found |= self._rows_of(file, group, start, order[first:last])
            start = stop
        return found

    @cached_property
    def sha256(self) -> str:
        """The hash of the file."""
        digest = hashlib.sha256()
        with open_object(self.store, PREDICTIONS_KEY) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
        return digest.hexdigest()

    def _rows_of(
        self, file: pq.ParquetFile, group: int, start: int, chosen: NDArray[np.int64]
    ) -> dict[int, dict[str, Any]]:
        found: dict[int, dict[str, Any]] = {}
        with parquet_faults(self.where):
            for batch in file.iter_batches(
                _SMALL, row_groups=[group], columns=self._columns, use_threads=False
            ):
                stop = start + len(batch)
                first, last = np.searchsorted(chosen, (start, stop))
                if first < last:
                    wanted = chosen[first:last]
                    batch.validate(full=True)
                    part = batch.take(pa.array(wanted - start))
                    empty = dict.fromkeys(PREDICTION.names)
                    for number, row in zip(wanted.tolist(), part.to_pylist(), strict=True):
                        found[number] = empty | row
                start = stop
        return found

    def _open(self) -> pq.ParquetFile:
        try:
            file = open_object(self.store, PREDICTIONS_KEY)
        except NotFound:
            raise NotFound(
                f"there are no predictions in {self.store.url}: it has no {PREDICTIONS_KEY}; "
                "`sigh predict` and `sigh evaluate` write one"
            ) from None
        with parquet_faults(self.where):
            return pq.ParquetFile(file, buffer_size=_READ_AHEAD, pre_buffer=False)


def hash_names(names: pa.Array[Any]) -> NDArray[np.uint64]:
    """Return a number for every name: equal for equal ones, and else as good as drawn by chance."""
    raw = names.cast(pa.large_binary()).fill_null(b"")
    offsets = np.frombuffer(raw.buffers()[1], np.int64)[raw.offset : raw.offset + len(raw) + 1]
    data = raw.buffers()[2]
    letters = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]] if data else np.empty(0, np.uint8)
    lengths = np.diff(offsets)
    longest = int(lengths.max(initial=0))
    powers = np.full(longest + 1, _FACTOR, np.uint64)
    powers[0] = 1
    np.multiply.accumulate(powers, out=powers)
    place = np.arange(len(letters)) - np.repeat(offsets[:-1] - offsets[0], lengths)
    sums = np.concatenate(
        [[np.uint64(0)], np.cumsum((letters + np.uint64(1)) * powers[place], dtype=np.uint64)]
    )
    ends = offsets - offsets[0]
    return _mix(sums[ends[1:]] - sums[ends[:-1]] + lengths.astype(np.uint64))


_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def _mix(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every bit over all others."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def _checked_columns(file: pq.ParquetFile, where: str) -> list[str]:
    """Return the columns that are known and there: an older version may have written fewer.

    Raises DataError where a row could not be understood.
    """
    found = file.schema_arrow
    for name in _NEEDED:
        if name not in found.names:
            raise DataError(f"{where} has no column {name!r}: another tool wrote it")
    for field in PREDICTION:
        if field.name not in found.names or pa.types.is_nested(field.type):
            continue
        kind = found.field(field.name).type
        if not kind.equals(field.type):
            raise DataError(
                f"{where} has a column {field.name!r} of {kind} and it should be {field.type}: "
                "another tool wrote it"
            )
    return [name for name in PREDICTION.names if name in found.names]


def _with_columns(batch: pa.RecordBatch, columns: Sequence[str]) -> pa.RecordBatch:
    """Return a batch with all of these columns; one that is not there is null in every row."""
    arrays = [
        batch.column(name)
        if name in batch.schema.names
        else pa.nulls(len(batch), PREDICTION.field(name).type)
        for name in columns
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def float_values(column: pa.Array[Any]) -> NDArray[np.float64]:
    """Return a column of numbers, missing ones as nan."""
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), np.float64)

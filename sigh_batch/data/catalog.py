"""The manifest as a table: its columns, filters over them, and chosen rows, never more than is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sigh_batch.data.identity import RUN_KEY
from sigh_batch.data.objects import open_object, parquet_faults
from sigh_batch.data.schema import MANIFEST_KEY, SCHEMA
from sigh_batch.errors import ConfigError, DataError, NotFound, UnknownName
from sigh_batch.store.protocol import Store

_BATCH = 4096


class Catalog:
    """A data set's manifest; opened when first asked, and again after pickling."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def __len__(self) -> int:
        return int(self._file.metadata.num_rows)

    def __getstate__(self) -> dict[str, Any]:
        return {"store": self.store}

    def scan(
        self, columns: Sequence[str], where: pc.Expression | None = None, rows: int = _BATCH
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows that an expression lets through, in order, `rows` at a time or fewer.

        Raises ConfigError for an expression that makes no sense, DataError where the manifest is damaged.
        """
        with self._source() as source:
            fragment = pyarrow.dataset.ParquetFileFormat().make_fragment(source)
            try:
                scanner = fragment.scanner(
                    SCHEMA, columns=list(columns), filter=where, batch_size=rows, batch_readahead=2
                )
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                reason = str(error).partition(f" in {SCHEMA.names[0]}:")[0]
                raise ConfigError(f"cannot filter {self.store.url}: {reason}") from error
            with parquet_faults(self.where):
                for batch in scanner.to_batches():
                    batch.validate(full=True)
                    yield batch

    def column(self, name: str) -> pa.ChunkedArray:
        """Return one column whole."""
        with parquet_faults(self.where):
            column = self._file.read([checked_name(name)]).column(name)
            column.validate(full=True)
            return column

    def rows(
        self, chosen: NDArray[np.integer[Any]], columns: Iterable[str] | None = None
    ) -> Iterator[pa.Table]:
        """Yield the rows of these ascending numbers, a part of a row group at a time."""
        names = SCHEMA.names if columns is None else [checked_name(name) for name in columns]
        start = 0
        for group in range(self._file.num_row_groups):
            stop = start + self._file.metadata.row_group(group).num_rows
            first, last = np.searchsorted(chosen, (start, stop))
            if first < last:
                with parquet_faults(self.where):
                    table = self._file.read_row_group(group, columns=names)
                    table.validate(full=True)
                for at in range(first, last, _BATCH):
                    yield table.take(pa.array(chosen[at : min(at + _BATCH, last)] - start))
            start = stop

    @cached_property
    def _file(self) -> pq.ParquetFile:
        with parquet_faults(self.where):
            found = pq.ParquetFile(self._source())
        missing = [field.name for field in SCHEMA if field.name not in found.schema_arrow.names]
        if missing:
            raise DataError(
                f"{self.where} has no column {missing[0]!r}: another version wrote it, or another tool"
            )
        return found

    @property
    def where(self) -> str:
        """The manifest and its place, for messages."""
        return f"{MANIFEST_KEY} in {self.store.url}"

    def _source(self) -> pa.NativeFile:
        try:
            return open_object(self.store, MANIFEST_KEY)
        except NotFound:
            url = self.store.url
            if self.store.stat(RUN_KEY) is None:
                raise NotFound(f"there is no data set in {url}: it has no {MANIFEST_KEY}") from None
            raise NotFound(
                f"the run in {url} is not finished: no {MANIFEST_KEY} yet; go on with sigh resume"
            ) from None


def checked_name(name: str) -> str:
    """Return the name of a column; raises UnknownName with the nearest where there is none such."""
    if name not in SCHEMA.names:
        raise UnknownName("column", name, SCHEMA.names)
    return name


def equal_to(**values: Any) -> pc.Expression:
    """Return the expression that every named column has the given value, or one of a list of them."""
    expression = pc.scalar(True)
    for name, value in values.items():
        field = pc.field(checked_name(name))
        if value is None:
            expression &= field.is_null()
        elif isinstance(value, str | int | float | bool):
            expression &= field == value
        elif isinstance(value, Iterable):
            expression &= field.isin(pa.array(list(value), SCHEMA.field(name).type))
        else:
            raise ConfigError(f"cannot compare the column {name!r} with {value!r}")
    return expression

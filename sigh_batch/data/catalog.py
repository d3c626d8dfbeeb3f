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
from sigh_batch.data.objects import open_object
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
        """Yield the rows that an expression lets through, in order, `rows` at a time or fewer."""
        with self._source() as source:
            fragment = pyarrow.dataset.ParquetFileFormat().make_fragment(source)
            yield from fragment.to_batches(
                columns=list(columns),
                filter=where,
                schema=SCHEMA,
                batch_size=rows,
                batch_readahead=2,
                fragment_readahead=1,
            )

    def column(self, name: str) -> pa.ChunkedArray:
        """Return one column whole."""
        return self._file.read([checked_name(name)]).column(name)

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
                table = self._file.read_row_group(group, columns=names)
                for at in range(first, last, _BATCH):
                    yield table.take(pa.array(chosen[at : min(at + _BATCH, last)] - start))
            start = stop

    @cached_property
    def _file(self) -> pq.ParquetFile:
        where = f"{MANIFEST_KEY} in {self.store.url}"
        try:
            found = pq.ParquetFile(self._source())
        except pa.ArrowInvalid as error:
            raise DataError(f"{where} is damaged: {error}; delete it and run again") from error
        missing = [field.name for field in SCHEMA if field.name not in found.schema_arrow.names]
        if missing:
            raise DataError(f"{where} has no column {missing[0]!r}; it is of another version or no manifest")
        return found

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

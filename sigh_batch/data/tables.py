"""One column of anybody's Parquet file, a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq

from sigh_batch.data.objects import open_object, parquet_faults
from sigh_batch.store.protocol import Store

_ROWS = 8192


def iterate_column(store: Store, key: str, column: str) -> tuple[list[str], Iterator[Any] | None]:
    """Return the names of all columns, and the values of one of them; None where there is none such.

    Raises NotFound, and DataError where the file is damaged.
    """
    where = f"{key} in {store.url}"
    with parquet_faults(where):
        file = pq.ParquetFile(open_object(store, key))
    names = list(file.schema_arrow.names)
    return names, _cells(file, column, where) if column in names else None


def _cells(file: pq.ParquetFile, column: str, where: str) -> Iterator[Any]:
    with parquet_faults(where):
        for batch in file.iter_batches(_ROWS, columns=[column], use_threads=False):
            batch.validate(full=True)
            yield from batch.column(0).to_pylist()

"""Names that are given one by one: lines of a list, or a column of a CSV or Parquet table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from sigh_batch.data.names import Name, readable
from sigh_batch.data.objects import open_object
from sigh_batch.data.tables import iterate_column
from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.sources.names import Found, Stamped
from sigh_batch.store import Store

_BLOCK = 1 << 16


def find_in_list(stream: BinaryIO, root: str) -> Found:
    """Return the files that a list names, in its order: a name a line.

    A list with a zero byte in its first part ends its names with these, as `find -print0` does, and names may
    hold line breaks.
    """
    return Found(names=_listed(_split(stream)), reader="listed", root=root)


def find_in_table(store: Store, key: str, column: str, root: str) -> Found:
    """Return the files that a column of a table names, in its order; raises UnknownName without it."""
    cells = _parquet_cells(store, key, column) if key.endswith(".parquet") else _csv_cells(store, key, column)
    return Found(names=((Name(path=cell, id=cell), "") for cell in cells), reader="listed", root=root)


def _listed(names: Iterator[bytes]) -> Iterator[Stamped]:
    for name in names:
        if name:
            text = readable(name.decode("utf-8", "surrogateescape"))
            yield Name(path=text), ""


def _split(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the names in a stream."""
    block = stream.read(_BLOCK)
    mark = b"\0" if b"\0" in block else b"\n"
    rest = b""
    while block:
        *whole, rest = (rest + block).split(mark)
        yield from (name.removesuffix(b"\r") for name in whole)
        block = stream.read(_BLOCK)
    yield rest


def _csv_cells(store: Store, key: str, column: str) -> Iterator[str]:
    raw: BinaryIO = io.BufferedReader(open_object(store, key), _BLOCK)
    with io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="") as text:
        rows = csv.reader(text)
        try:
            heads = next(rows, [])
            if column not in heads:
                raise _no_column(store, key, column, heads)
            at = heads.index(column)
            for row in rows:
                if row:
                    yield readable(row[at] if at < len(row) else "")
        except csv.Error as error:
            raise ConfigError(f"{key} in {store.url} is no CSV: line {rows.line_num}, {error}") from None


def _parquet_cells(store: Store, key: str, column: str) -> Iterator[str]:
    heads, cells = iterate_column(store, key, column)
    if cells is None:
        raise _no_column(store, key, column, heads)
    for cell in cells:
        yield readable("" if cell is None else str(cell))


def _no_column(store: Store, key: str, column: str, heads: list[str]) -> ConfigError:
    return UnknownName(
        f"column of {key} in {store.url}", column, heads, "set predict.id_column to the one with file names"
    )

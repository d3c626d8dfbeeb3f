"""The names of the pictures that a run scores: one Parquet file, a row a picture, in the order of the rows.

It is written once, before the first shard, and every worker reads the part that its shard needs. So a
run of any number of names needs little memory, a remote place is listed once, and a list that came
on standard input can be gone on with.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sigh_batch.data.objects import open_object, parquet_faults
from sigh_batch.data.sample import SCHEMA_VERSION
from sigh_batch.errors import DataError
from sigh_batch.store.protocol import Store

NAMES_KEY = "names.parquet"

_GROUP = 4096
_BYTES = re.compile("[\udc80-\udcff]")
_STRANGE = re.compile("[\ud800-\udfff\\\\]")
_ESCAPE = re.compile(r"\\(\\|x[0-9a-f]{2}|u[0-9a-f]{4})")

SCHEMA = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        pa.field("id", pa.string()),
        pa.field("size", pa.int64()),
        pa.field("part", pa.string()),
        pa.field("offset", pa.int64()),
        pa.field("length", pa.int64()),
        pa.field("packed", pa.bool_()),
        pa.field("sha256", pa.string()),
        pa.field("label", pa.string()),
        pa.field("split", pa.string()),
        pa.field("group", pa.string()),
        pa.field("ops", pa.string()),
    ]
)
"""The columns of names.parquet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One picture to score: what it is called, where its bytes are, and what is known of it."""

    path: str
    """Its name as rows tell it: `readable` of the name it has."""
    id: str | None = None
    """What a table calls it."""
    size: int | None = None
    """Bytes of the picture; None where nobody looked."""
    part: str | None = None
    """The object that it is a part of: an archive, a shard."""
    offset: int | None = None
    """Where it begins there."""
    length: int | None = None
    """How many bytes it has there."""
    packed: bool | None = None
    """Whether these are deflated."""
    sha256: str | None = None
    """Hash of the picture, where its set has recorded one."""
    label: str | None = None
    """forged or clean, where that is known."""
    split: str | None = None
    group: str | None = None
    ops: str | None = None
    """What was done to it, as JSON."""


_FIELDS = tuple(field.name for field in fields(Name))
_row_of = attrgetter(*_FIELDS)


def readable(name: str) -> str:
    r"""Return a file's name as text that any reader takes, and `original` turns back.

    Names on a disk are bytes, and need not be text. A byte that is none is written \xNN, and so that no
    two names become one, a backslash \\.
    """
    return _STRANGE.sub(_escaped, name) if _STRANGE.search(name) else name


def original(path: str) -> str:
    """Return the name that `readable` made a path of."""
    return _ESCAPE.sub(_unescaped, path) if "\\" in path else path


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character == "\\":
        return "\\\\"
    code = ord(character)
    return f"\\x{code - 0xDC00:02x}" if _BYTES.match(character) else f"\\u{code:04x}"


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    if code == "\\":
        return "\\"
    return chr(int(code[1:], 16) + (0xDC00 if code[0] == "x" else 0))


class NamesWriter:
    """Writes names to a file as they come, and hashes what decides which pictures they are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer = pq.ParquetWriter(str(path), SCHEMA, version="2.6", compression="zstd")
        self._rows: list[tuple[object, ...]] = []
        self._digest = hashlib.sha256()
        self.count = 0

    def add(self, name: Name, stamp: str = "") -> None:
        """Add a name; `stamp` counts towards the hash and is not kept."""
        told = (name.path, name.id or "", str(name.size), name.sha256 or "", name.label or "", stamp)
        self._digest.update("\0".join((*told, "\n")).encode())
        self._rows.append(_row_of(name))
        self.count += 1
        if len(self._rows) == _GROUP:
            self._flush()

    def close(self, reader: str, root: str) -> str:
        """Finish the file, which keeps how its names are read and from where; return the hash."""
        self._flush()
        listing = self._digest.hexdigest()[:32]
        facts = {
            "sigh.schema": str(SCHEMA_VERSION),
            "sigh.count": str(self.count),
            "sigh.listing": listing,
            "sigh.reader": reader,
            "sigh.root": root,
        }
        self._writer.add_key_value_metadata(facts)
        self._writer.close()
        return listing

    def _flush(self) -> None:
        if self._rows:
            columns = zip(*self._rows, strict=True)
            arrays = [pa.array(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA), row_group_size=_GROUP)
            self._rows.clear()


class NamesFile:
    """The names of a store, a few at a time; raises NotFound where it has none, DataError where damaged."""

    def __init__(self, store: Store) -> None:
        self.where = f"{NAMES_KEY} in {store.url}"
        with parquet_faults(self.where):
            self._file = pq.ParquetFile(open_object(store, NAMES_KEY))
        facts = {
            name.decode(errors="replace"): value.decode(errors="replace")
            for name, value in (self._file.metadata.metadata or {}).items()
        }
        try:
            self.listing, self.reader, self.root = (
                facts[f"sigh.{name}"] for name in ("listing", "reader", "root")
            )
        except KeyError as error:
            raise DataError(f"{self.where} lacks {error}; delete it and run again") from None

    def __len__(self) -> int:
        return int(self._file.metadata.num_rows)

    def slice(self, numbers: range) -> Iterator[Name]:
        """Yield the names of these numbers, in order; they follow each other."""
        start = 0
        for group in range(self._file.num_row_groups):
            stop = start + self._file.metadata.row_group(group).num_rows
            first, last = max(numbers.start, start), min(numbers.stop, stop)
            if first < last:
                with parquet_faults(self.where):
                    table = self._file.read_row_group(group, columns=list(_FIELDS))
                    rows = table.slice(first - start, last - first).to_pylist()
                for row in rows:
                    yield Name(**row)
            start = stop

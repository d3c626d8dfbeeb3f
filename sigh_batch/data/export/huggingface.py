"""What `datasets.load_dataset("imagefolder", data_dir=...)` reads: pictures, and a row of facts for each.

The facts are Parquet and not lines of JSON: JSON has no types, and a split in which a column is
always null would be refused for not being like the others.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from sigh_batch.data.export.formats import formats
from sigh_batch.data.loader import Item
from sigh_batch.data.sample import Json
from sigh_batch.data.schema import SCHEMA
from sigh_batch.store import Store

_STORAGE = {"shard", "bytes", "error_code", "error_message"}
_ROWS = 512


def _is_fact(name: str) -> bool:
    return name not in _STORAGE and not name.endswith(("_offset", "_length"))


_NAMES = [pa.field(f"{of}file_name", pa.string()) for of in ("", "mask_", "source_")]
_SCHEMA = pa.schema([*_NAMES, *(field for field in SCHEMA if _is_fact(field.name))])


@formats.register("huggingface")
class HuggingFace:
    """`<split>/<id>.png`, `<split>/masks/<id>.png` and `<split>/metadata.parquet`, which names both.

    The masks of copied pixels are in `<split>/sources/`, and their names are null of samples without one.
    """

    columns: ClassVar[tuple[str, ...]] = tuple(filter(_is_fact, SCHEMA.names))

    def __init__(self, target: Store, scratch: Path) -> None:
        self._target = target
        self._scratch = scratch
        self._facts: dict[str, _Facts] = {}

    def add(self, row: Json, item: Item) -> None:
        """Write one sample."""
        split = row["split"]
        if split not in self._facts:
            self._facts[split] = _Facts(self._scratch / f"{split}.parquet")
        picture, mask = f"{row['id']}.{row['format']}", f"masks/{row['id']}.png"
        self._target.put(f"{split}/{picture}", item.image)
        self._target.put(f"{split}/{mask}", item.mask)
        source = None if item.source is None else f"sources/{row['id']}.png"
        if source and item.source is not None:
            self._target.put(f"{split}/{source}", item.source)
        names = {"file_name": picture, "mask_file_name": mask, "source_file_name": source}
        self._facts[split].add({**names, **row})

    def close(self) -> None:
        """Write the facts of every split."""
        for split, facts in self._facts.items():
            self._target.put_file(f"{split}/metadata.parquet", facts.close())


class _Facts:
    """The rows of one split on their way into a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: Any = pq.ParquetWriter(path, _SCHEMA)
        self._rows: list[Json] = []

    def add(self, row: Json) -> None:
        self._rows.append(row)
        if len(self._rows) == _ROWS:
            self._flush()

    def close(self) -> Path:
        self._flush()
        self._writer.close()
        return self._path

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, _SCHEMA))
            self._rows.clear()

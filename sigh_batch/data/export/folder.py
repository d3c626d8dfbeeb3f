"""Plain files by split: each picture with its mask and its JSON beside it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from sigh_batch.data.export.formats import formats
from sigh_batch.data.loader import Item
from sigh_batch.data.sample import Json
from sigh_batch.store import Store


@formats.register("folder")
class Folder:
    """`<split>/<id>.png`, `.mask.png`, `.json`, and `.source.png` where content was copied."""

    columns: ClassVar[tuple[str, ...]] = ("id", "split", "format")

    def __init__(self, target: Store, scratch: Path) -> None:
        del scratch
        self._target = target

    def add(self, row: Json, item: Item) -> None:
        """Write one sample."""
        stem = f"{row['split']}/{row['id']}"
        self._target.put(f"{stem}.{row['format']}", item.image)
        self._target.put(f"{stem}.mask.png", item.mask)
        if item.source is not None:
            self._target.put(f"{stem}.source.png", item.source)
        self._target.put(f"{stem}.json", item.json)

    def close(self) -> None:
        """Nothing is left to write."""

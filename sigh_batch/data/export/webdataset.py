"""Tars by split, for readers that take a whole tar or none."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import ClassVar

from sigh_batch.data.export.formats import formats
from sigh_batch.data.loader import Item
from sigh_batch.data.sample import Json
from sigh_batch.data.tar import TarWriter
from sigh_batch.store import Store

_SAMPLES = 1000


@formats.register("webdataset")
class WebDataset:
    """`<split>-000000.tar` and so on, with the members that the set's own shards have."""

    columns: ClassVar[tuple[str, ...]] = ("id", "split", "format")

    def __init__(self, target: Store, scratch: Path) -> None:
        self._target = target
        self._scratch = scratch
        self._open: dict[str, TarWriter] = {}
        self._samples: Counter[str] = Counter()

    def add(self, row: Json, item: Item) -> None:
        """Write one sample."""
        split = row["split"]
        if split not in self._open:
            self._open[split] = TarWriter(self._path(split))
        tar = self._open[split]
        tar.add(f"{row['id']}.{row['format']}", item.image)
        tar.add(f"{row['id']}.mask.png", item.mask)
        if item.source is not None:
            tar.add(f"{row['id']}.source.png", item.source)
        tar.add(f"{row['id']}.json", item.json)
        self._samples[split] += 1
        if self._samples[split] % _SAMPLES == 0:
            self._finish(split)

    def close(self) -> None:
        """Finish the last tar of every split."""
        for split in list(self._open):
            self._finish(split)

    def _finish(self, split: str) -> None:
        self._open.pop(split).close()
        number = (self._samples[split] - 1) // _SAMPLES
        self._target.put_file(f"{split}-{number:06d}.tar", self._path(split))

    def _path(self, split: str) -> Path:
        return self._scratch / f"{split}.tar"

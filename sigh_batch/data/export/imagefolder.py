"""Pictures in a folder of their class, as torchvision's ImageFolder reads them from each split's folder."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from sigh_batch.data.export.formats import CLASSES, formats
from sigh_batch.data.loader import Item
from sigh_batch.data.sample import Json
from sigh_batch.store import Store


@formats.register("imagefolder")
class ImageFolder:
    """`<split>/clean/<id>.png`, `<split>/forged/<id>.png`; masks apart, in `masks/<split>/<id>.png`.

    The masks of copied pixels are in `sources/<split>/<id>.png`, for the samples that have one.
    """

    columns: ClassVar[tuple[str, ...]] = ("id", "split", "format", "label")

    def __init__(self, target: Store, scratch: Path) -> None:
        del scratch
        self._target = target

    def add(self, row: Json, item: Item) -> None:
        """Write one sample."""
        name = f"{row['split']}/{CLASSES[row['label']]}/{row['id']}.{row['format']}"
        self._target.put(name, item.image)
        self._target.put(f"masks/{row['split']}/{row['id']}.png", item.mask)
        if item.source is not None:
            self._target.put(f"sources/{row['split']}/{row['id']}.png", item.source)

    def close(self) -> None:
        """Nothing is left to write."""

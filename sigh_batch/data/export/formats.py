"""What every export format has in common, and the export itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Protocol

from sigh_batch.data.loader import Dataset, Item
from sigh_batch.data.objects import local_path, new_folder
from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError
from sigh_batch.registry import Registry
from sigh_batch.store import Store
from sigh_batch.store.local import LocalStore

CLASSES = ("clean", "forged")
"""What the labels 0 and 1 are called where a format names classes."""


class Format(Protocol):
    """Writes samples one after the other; made with the target and a folder for unfinished files."""

    columns: ClassVar[tuple[str, ...]]
    """The columns of the manifest that it reads."""

    def __init__(self, target: Store, scratch: Path) -> None: ...

    def add(self, row: Json, item: Item) -> None:
        """Write one sample."""

    def close(self) -> None:
        """Write what comes after the last sample."""


formats: Registry[type[Format]] = Registry(
    "export format",
    {
        "coco": "sigh_batch.data.export.coco",
        "folder": "sigh_batch.data.export.folder",
        "huggingface": "sigh_batch.data.export.huggingface",
        "imagefolder": "sigh_batch.data.export.imagefolder",
        "webdataset": "sigh_batch.data.export.webdataset",
    },
)


def export(dataset: Dataset, target: Store, name: str) -> Iterator[int]:
    """Write a data set into an empty store in the format of that name; yields how many samples are written.

    Raises UnknownName for a format there is none of, ConfigError when there is nothing to write, or
    something is there already.
    """
    kind = formats.get(name)
    if not len(dataset):
        raise ConfigError(f"{dataset.url} has no picture to export; name another split or set")
    taken = next(target.list(), None)
    if taken is not None:
        raise ConfigError(f"{target.url} is not empty, it has {taken.key}; export into a new place")
    folder = local_path(target)
    if folder is not None:
        # An export can be made again: two flushes to disk for every small file are not worth it.
        target = LocalStore(folder, sync=False)
    with new_folder(target.scratch) as scratch:
        writer = kind(target, Path(scratch))
        for written, (row, item) in enumerate(dataset.walk(kind.columns), 1):
            writer.add(row, item)
            yield written
        writer.close()
    if folder is not None and target.scratch is not None:
        with suppress(OSError):
            target.scratch.rmdir()

"""The pictures that were scored, found again: wherever the run read them, or where somebody says they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Protocol

from sigh_batch.data.identity import RUN_KEY, read_document
from sigh_batch.data.loader import open_dataset
from sigh_batch.data.names import NAMES_KEY, NamesFile, original
from sigh_batch.data.schema import MANIFEST_KEY
from sigh_batch.errors import DataError, NotFound, SighError
from sigh_batch.sources.decode import ANY_SIZE
from sigh_batch.sources.files import read_file
from sigh_batch.sources.names.reading import NameReader
from sigh_batch.store import Store, open_store
from sigh_batch.store.options import StoreOptions

Row = Mapping[str, Any]


class Originals(Protocol):
    """Files by the row of their prediction."""

    def read(self, row: Row) -> bytes:
        """Return a file's bytes; raises SighError where it cannot be had."""


class StoredFiles:
    """Pictures of a folder or prefix."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, row: Row) -> bytes:
        """Return a file's bytes."""
        return read_file(self._store, original(row["path"]))


class SetPictures:
    """Pictures of a set of ours, whose paths end in their id."""

    def __init__(self, store: Store) -> None:
        self._dataset = open_dataset(store)

    def read(self, row: Row) -> bytes:
        """Return a sample's picture."""
        name = PurePosixPath(row["path"]).stem
        found = self._dataset.where(id=name)
        if not len(found):
            raise NotFound(f"no sample {name!r} in {self._dataset.url}")
        return found.image(0)


class ListedPictures:
    """Pictures as the run beside the rows listed them: in archives and shards, too."""

    def __init__(self, store: Store, options: StoreOptions | None) -> None:
        self._names = NamesFile(store)
        self.root = self._names.root
        self._reader = NameReader(self._names.reader, self.root, ANY_SIZE, options)

    def read(self, row: Row) -> bytes:
        """Return a picture's bytes; the id of its row begins with its number in the list."""
        number = int(row["row_id"].partition("-")[0])
        (name,) = self._names.slice(range(number, number + 1))
        return self._reader.read(name)[1]


class NoPictures:
    """Stands where nobody said where the pictures are, or they are out of reach."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def read(self, row: Row) -> bytes:
        """Raise NotFound with the reason."""
        raise NotFound(self.reason)


def find_originals(
    store: Store, url: str | None, options: StoreOptions | None
) -> tuple[Originals, str | None]:
    """Return the pictures and the URL they are read from: `url`, or what the run beside the rows read.

    A URL that the user wrote must open; one that a run remembers may have moved, and then the report
    says so in place of pictures.
    """
    if url:
        return _open(url, options), url
    if store.stat(NAMES_KEY) is not None:
        listed = ListedPictures(store, options)
        return listed, listed.root
    known = _remembered(store)
    if known is None:
        return NoPictures("name where the pictures are with --pictures URL"), None
    try:
        return _open(known, options), known
    except SighError as error:
        return NoPictures(f"{error}; name where they are with --pictures URL"), known


def _remembered(store: Store) -> str | None:
    """Return what the run beside the rows read, as far as it is known."""
    try:
        kept = read_document(store, RUN_KEY).get("spec")
    except (NotFound, DataError):
        return None
    known = kept.get("source") if isinstance(kept, dict) else None
    return known if isinstance(known, str) else None


def _open(url: str, options: StoreOptions | None) -> Originals:
    store = open_store(url, options, create=False)
    return SetPictures(store) if store.stat(MANIFEST_KEY) is not None else StoredFiles(store)

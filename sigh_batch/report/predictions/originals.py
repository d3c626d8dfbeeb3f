"""The pictures that were scored, found again: in the set, folder or prefix that they were read from."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Protocol

from sigh_batch.data.identity import RUN_KEY, read_document
from sigh_batch.data.loader import open_dataset
from sigh_batch.data.schema import MANIFEST_KEY
from sigh_batch.errors import DataError, NotFound, SighError
from sigh_batch.store import Store, open_store
from sigh_batch.store.options import StoreOptions


class Originals(Protocol):
    """Files by the path that a row names."""

    def read(self, path: str) -> bytes:
        """Return a file's bytes; raises SighError where it cannot be had."""


class StoredFiles:
    """Pictures of a folder or prefix."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        return self._store.get(path)


class SetPictures:
    """Pictures of a set of ours, whose paths end in their id."""

    def __init__(self, store: Store) -> None:
        self._dataset = open_dataset(store)

    def read(self, path: str) -> bytes:
        """Return a sample's picture."""
        found = self._dataset.where(id=PurePosixPath(path).stem)
        if not len(found):
            raise NotFound(f"no sample {PurePosixPath(path).stem!r} in {self._dataset.url}")
        return found.image(0)


class NoPictures:
    """Stands where nobody said where the pictures are, or they are out of reach."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def read(self, path: str) -> bytes:
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
    try:
        kept = read_document(store, RUN_KEY).get("spec") or {}
    except (NotFound, DataError):
        kept = {}
    known = kept.get("source") if isinstance(kept, dict) else None
    if not isinstance(known, str):
        return NoPictures("name where the pictures are with --pictures URL"), None
    try:
        return _open(known, options), known
    except SighError as error:
        return NoPictures(f"{error}; name where they are with --pictures URL"), known


def _open(url: str, options: StoreOptions | None) -> Originals:
    store = open_store(url, options, create=False)
    return SetPictures(store) if store.stat(MANIFEST_KEY) is not None else StoredFiles(store)

"""Objects of a store as files: for readers of parts of an object, and for those still being written."""

from __future__ import annotations

import errno
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from sigh_batch.errors import DataError, NotFound, StoreError, StoreFull
from sigh_batch.store import Store, scratch_name
from sigh_batch.store.local import LocalStore


def local_path(store: Store, key: str = "") -> Path | None:
    """Return where an object (or the whole store) lies on this machine, or None where it does not."""
    return store.root / key if isinstance(store, LocalStore) else None


def open_object(store: Store, key: str) -> pa.NativeFile:
    """Return an object as a file that reads only the ranges that are asked for; raises NotFound.

    It is Arrow's own kind of file, which closes itself when nobody uses it any more.
    """
    path = local_path(store, key)
    if path is not None and path.is_file():
        return pa.OSFile(str(path))
    found = store.stat(key)
    if found is None:
        raise NotFound(f"no object {key!r} in {store.url}")
    return pa.PythonFile(ObjectFile(store, key, found.size), mode="r")


def new_folder(parent: Path | None) -> tempfile.TemporaryDirectory[str]:
    """Return a new folder for unfinished files, in a store's scratch or the system's temporary folder."""
    if parent is not None:
        parent.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory("", f"{scratch_name()}-", parent, ignore_cleanup_errors=True)


@contextmanager
def parquet_faults(where: str) -> Iterator[None]:
    """Raise what Arrow says of a damaged file as a DataError; StoreError where it cannot be read at all."""
    try:
        yield
    except (OSError, UnicodeDecodeError, pa.ArrowException) as error:
        if isinstance(error, OSError) and error.errno:
            raise StoreError(f"cannot read {where} ({os.strerror(error.errno)}); check the folder") from error
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise DataError(f"{where} is damaged ({reason}); delete it and run again") from error


@contextmanager
def disk_faults(place: object) -> Iterator[None]:
    """Say what a disk that fails under unfinished files means: StoreFull, or StoreError."""
    try:
        yield
    except OSError as error:
        # Arrow fills strerror with words of its own.
        reason = os.strerror(error.errno) if error.errno else str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StoreFull(f"no room left in {place} ({reason}); free some or write elsewhere") from error
        raise StoreError(f"cannot write in {place} ({reason}); check the folder") from error


class ObjectFile(io.RawIOBase):
    """An object as a read-only file; every read is one range."""

    def __init__(self, store: Store, key: str, size: int) -> None:
        super().__init__()
        self._store = store
        self._key = key
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position of the next read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position, relative to the start, here or the end."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Return up to `size` bytes from here on; all the rest where none is given."""
        rest = max(0, self._size - self._at)
        length = rest if size is None or size < 0 else min(size, rest)
        data = self._store.get(self._key, self._at, length) if length else b""
        self._at += len(data)
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer as far as the object goes; return how much was filled."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

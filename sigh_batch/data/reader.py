"""Bytes of shards by offset: from a folder through kept descriptors, from any other store by ranges."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from sigh_batch.data.objects import local_path
from sigh_batch.data.ustar import BLOCK, padded
from sigh_batch.errors import DataError, NotFound
from sigh_batch.store.protocol import Store

_KEPT = 256


class ShardReader(Protocol):
    """Reads parts of tars; safe to use from several threads, and picklable."""

    remote: bool
    """Whether a read is a request whose wait is worth filling with others."""

    def read(self, key: str, offset: int, length: int) -> bytes:
        """Return exactly these bytes; raises DataError where the tar ends before them."""

    def read_members(self, key: str, offset: int, lengths: Sequence[int]) -> list[bytes]:
        """Return the contents of members that follow each other, the first at `offset`."""


def open_reader(store: Store) -> ShardReader:
    """Return the reader that suits a store."""
    folder = local_path(store)
    return RangeReader(store) if folder is None else FolderReader(folder, store.url)


class RangeReader:
    """Reads by ranges of a store; the members of a sample come in one request."""

    remote = True

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, key: str, offset: int, length: int) -> bytes:
        """Return exactly these bytes."""
        try:
            data = self._store.get(key, offset, length)
        except NotFound:
            raise DataError(_absent(key, self._store.url)) from None
        return _whole(data, key, self._store.url, offset, length)

    def read_members(self, key: str, offset: int, lengths: Sequence[int]) -> list[bytes]:
        """Return the contents of members that follow each other."""
        data = self.read(key, offset, sum(padded(length) + BLOCK for length in lengths[:-1]) + lengths[-1])
        members, at = [], 0
        for length in lengths:
            members.append(data[at : at + length])
            at += padded(length) + BLOCK
        return members


class FolderReader:
    """Reads files at offsets; keeps the descriptors of the shards used last."""

    remote = False

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url
        self._kept: OrderedDict[str, _Descriptor] = OrderedDict()
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self._folder, "url": self._url}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    def read(self, key: str, offset: int, length: int) -> bytes:
        """Return exactly these bytes."""
        file = self._open(key)
        return _whole(os.pread(file.number, length, offset), key, self._url, offset, length)

    def read_members(self, key: str, offset: int, lengths: Sequence[int]) -> list[bytes]:
        """Return the contents of members that follow each other; a read for each saves a copy of it."""
        file, members, at = self._open(key), [], offset
        for length in lengths:
            members.append(_whole(os.pread(file.number, length, at), key, self._url, at, length))
            at += padded(length) + BLOCK
        return members

    def _open(self, key: str) -> _Descriptor:
        """Return an open shard; who drops out while another thread reads it is closed by its last user."""
        with self._lock:
            file = self._kept.get(key)
            if file is None:
                try:
                    file = self._kept[key] = _Descriptor(self._folder / key)
                except FileNotFoundError:
                    raise DataError(_absent(key, self._url)) from None
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            else:
                self._kept.move_to_end(key)
            return file


class _Descriptor:
    """A file's descriptor, closed when nobody holds it any more."""

    __slots__ = ("number",)

    def __init__(self, path: Path) -> None:
        self.number = -1
        self.number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))

    def __del__(self) -> None:
        if self.number >= 0:
            os.close(self.number)


def _whole(data: bytes, key: str, url: str, offset: int, length: int) -> bytes:
    if len(data) != length:
        raise DataError(
            f"{key} in {url} ends at byte {offset + len(data)} and the manifest has bytes up to "
            f"{offset + length}; run sigh data verify"
        )
    return data


def _absent(key: str, url: str) -> str:
    return f"{key} in {url} is missing and the manifest has samples in it; run sigh data verify"

"""From a name to the bytes of its picture, in any worker and from several threads at once."""

from __future__ import annotations

import functools
import hashlib
import struct
import zlib
from pathlib import PurePosixPath

from sigh_batch.data.names import Name, original
from sigh_batch.errors import NotFound, UnreadablePicture
from sigh_batch.sources.decode import Limits
from sigh_batch.sources.files import read_file
from sigh_batch.sources.folder import ENDINGS
from sigh_batch.store import Store, open_store
from sigh_batch.store.options import StoreOptions

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_TRIED = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
"""Endings that are tried, in this order, for a name without one."""


class NameReader:
    """Reads the pictures of a list, as the list says."""

    def __init__(self, kind: str, root: str, limits: Limits, options: StoreOptions | None = None) -> None:
        self._kind = kind
        self._root = root
        self._limits = limits
        self._options = options

    def read(self, name: Name) -> tuple[str, bytes]:
        """Return the path of the file that was found, and its bytes; raises UnreadablePicture, StoreError."""
        if name.part is not None:
            return name.path, self._slice(name)
        if self._kind == "listed" and PurePosixPath(name.path).suffix.lower() not in ENDINGS:
            return self._resolved(name)
        return name.path, read_file(self._store, original(name.path), limits=self._limits)

    @functools.cached_property
    def _store(self) -> Store:
        return open_store(self._root, self._options, create=False)

    def _resolved(self, name: Name) -> tuple[str, bytes]:
        """Return the file of this very name, or the first with an ending added."""
        for ending in ("", *_TRIED):
            path = f"{name.path}{ending}"
            try:
                return path, read_file(self._store, original(path), limits=self._limits)
            except UnreadablePicture as error:
                if error.code not in ("not_found", "unreadable_file"):
                    raise
        raise UnreadablePicture("not_found", f"there is no file {name.path!r}, with or without an ending")

    def _slice(self, name: Name) -> bytes:
        """Return a part of an archive or shard."""
        assert name.part is not None
        assert name.offset is not None
        assert name.length is not None
        self._limits.check_file(name.size or 0, name.path)
        try:
            start = name.offset + (_header_of(self._store, name) if name.part.lower().endswith(".zip") else 0)
            data = self._store.get(name.part, start, name.length)
        except NotFound:
            raise UnreadablePicture("not_found", f"{name.part} is no more in {self._root}") from None
        except struct.error:
            raise UnreadablePicture("unreadable_file", f"{name.part} ends before {name.path!r}") from None
        if name.packed:
            data = _inflated(data, name)
        if name.sha256 and hashlib.sha256(data).hexdigest() != name.sha256:
            raise UnreadablePicture(
                "unreadable_image", f"{name.path} is damaged: its sha256 is not the recorded one"
            )
        return data


def _header_of(store: Store, name: Name) -> int:
    """Return how long the header before a member of a zip is."""
    assert name.part is not None
    assert name.offset is not None
    header = _LOCAL_HEADER.unpack(store.get(name.part, name.offset, _LOCAL_HEADER.size))
    return _LOCAL_HEADER.size + int(header[9]) + int(header[10])


def _inflated(data: bytes, name: Name) -> bytes:
    """Return what a zip has deflated, and no more than it said."""
    try:
        found = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, name.size or 1)
    except zlib.error as error:
        raise UnreadablePicture(
            "unreadable_file", f"{name.path!r} in {name.part} is damaged ({error})"
        ) from None
    if len(found) != name.size:
        raise UnreadablePicture("unreadable_file", f"{name.path!r} in {name.part} is cut off")
    return found

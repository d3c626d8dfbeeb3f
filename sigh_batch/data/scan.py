"""A shard's tar read front to back, once: its bytes in order, and the hash of all of them."""

from __future__ import annotations

import hashlib

from sigh_batch.data.ustar import BLOCK, END, make_header, padded
from sigh_batch.errors import DataError
from sigh_batch.store.protocol import Store

_CHUNK = 8 << 20


class TarScan:
    """Reads the members that are expected; memory is bounded by one chunk and one member."""

    def __init__(self, store: Store, key: str) -> None:
        self._store = store
        self.key = key
        self._hash = hashlib.sha256()
        self._buffer = b""
        self._used = 0
        self._fetched = 0

    @property
    def position(self) -> int:
        """The offset of the next byte."""
        return self._fetched - len(self._buffer) + self._used

    def member(self, name: str, size: int) -> tuple[bytes, int]:
        """Return the content of the next member and its offset; raises DataError when it is not this one."""
        at = self.position
        if self._take(BLOCK, name) != make_header(name, size):
            raise DataError(f"{self.key} does not have {name} of {size} bytes at byte {at}")
        offset = self.position
        content = self._take(padded(size), name)
        if any(content[size:]):
            raise DataError(f"{self.key} has bytes other than zero after {name}")
        return content[:size], offset

    def finish(self) -> None:
        """Read the end of the archive; raises DataError when something else is there."""
        if self._take(len(END), "its end") != END or self._more():
            raise DataError(f"{self.key} goes on after its last sample")

    def sha256(self) -> str:
        """Read what is left, and return the hash of the whole."""
        while self._more():
            self._used = len(self._buffer)
        return self._hash.hexdigest()

    def _take(self, size: int, what: str) -> bytes:
        start, parts, left = self._used, [], size
        while left > len(self._buffer) - start:
            parts.append(self._buffer[start:])
            left -= len(parts[-1])
            self._used = len(self._buffer)
            if not self._more():
                raise DataError(f"{self.key} ends at byte {self._fetched}, in the middle of {what}")
            start = 0
        parts.append(self._buffer[start : start + left])
        self._used = start + left
        return b"".join(parts)

    def _more(self) -> bool:
        """Return whether there are unread bytes, fetching the next chunk when this one is read."""
        if self._used < len(self._buffer):
            return True
        self._buffer = self._store.get(self.key, self._fetched, _CHUNK)
        self._used = 0
        self._fetched += len(self._buffer)
        self._hash.update(self._buffer)
        return bool(self._buffer)

"""A tar written front to back at the speed of the disk: gathered writes, and the hash beside them.

Members are handed over as buffers that are neither copied nor joined. The hash of the whole runs
in a thread of its own, since hashing frees the interpreter and costs more than writing does.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from sigh_batch.data.ustar import END, make_header, padding

_BATCH_BYTES = 1 << 20
_BATCH_PARTS = 256


class TarWriter:
    """Writes members one after the other into a new file.

    `lasting` says that the file will be forced to disk in the end: then the disk is set to work at
    once. Otherwise a whole shard waits in memory, and whoever calls fsync waits for all of it.
    """

    def __init__(self, path: Path, lasting: bool = False) -> None:
        self._lasting = lasting and hasattr(os, "posix_fadvise")
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
        self._hash = hashlib.sha256()
        self._hasher = ThreadPoolExecutor(1, thread_name_prefix="tar-hash")
        self._hashed: Future[None] | None = None
        self._parts: list[bytes] = []
        self._gap = b""
        self._flushed = 0
        self._size = 0

    def add(self, name: str, data: bytes) -> int:
        """Add a member; return the offset of its content in the file."""
        front = self._gap + make_header(name, len(data))
        self._gap = padding(len(data))
        offset = self._size + len(front)
        self._size = offset + len(data)
        self._parts.append(front)
        self._parts.append(data)
        if self._size - self._flushed >= _BATCH_BYTES or len(self._parts) >= _BATCH_PARTS:
            self._flush()
        return offset

    def close(self) -> tuple[int, str]:
        """Finish the archive; return its size and sha256."""
        tail = self._gap + END
        self._parts.append(tail)
        self._size += len(tail)
        self._flush()
        self._wait()
        self.abandon()
        return self._size, self._hash.hexdigest()

    def abandon(self) -> None:
        """Let go of the file, finished or not; doing so twice is no error."""
        self._hasher.shutdown()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        self._wait()
        self._hashed = self._hasher.submit(self._digest, parts)
        _write(self._file, parts)
        if self._lasting:
            self._hasher.submit(self._begin_writeback, self._flushed, self._size - self._flushed)
        self._flushed = self._size

    def _digest(self, parts: list[bytes]) -> None:
        for part in parts:
            self._hash.update(part)

    def _begin_writeback(self, start: int, length: int) -> None:
        # Linux begins to write what is dirty in the range, and does not wait for it. Only a hint.
        os.posix_fadvise(self._file, start, length, os.POSIX_FADV_DONTNEED)

    def _wait(self) -> None:
        if self._hashed is not None:
            self._hashed.result()


def _write(file: int, parts: list[bytes]) -> None:
    """Write all the parts; a disk that fills up half way is an OSError, never a short file."""
    written = os.writev(file, parts)
    if written < sum(map(len, parts)):
        rest = memoryview(b"".join(parts))[written:]
        while rest:
            rest = rest[os.write(file, rest) :]

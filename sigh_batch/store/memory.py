"""A store in this process's memory, for tests and for embedding; it ends with the process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sigh_batch.errors import AlreadyExists, NotFound
from sigh_batch.store.protocol import Stat, Store, check_file, check_key, check_range

_shared: dict[str, MemoryStore] = {}
_lock = threading.Lock()


class MemoryStore:
    """Objects in a dictionary; safe to use from several threads."""

    def __init__(self, name: str = "") -> None:
        self.url = f"memory://{name}"
        self.scratch: Path | None = None
        self._objects: dict[str, tuple[bytes, datetime]] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"MemoryStore({self.url!r})"

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Return an object's bytes or a range of them; raises NotFound."""
        check_range(start, length)
        found = self._objects.get(check_key(key))
        if found is None:
            raise NotFound(f"no object {key!r} in {self.url}")
        return found[0][start:] if length is None else found[0][start : start + length]

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        """Write an object."""
        check_key(key)
        kept = (bytes(data), datetime.now(UTC))
        with self._lock:
            if if_absent and key in self._objects:
                raise AlreadyExists(f"{key!r} is already in {self.url}")
            self._objects[key] = kept

    def put_file(self, key: str, path: Path, *, if_absent: bool = False) -> None:
        """Read a file into memory and delete it."""
        check_key(key)
        check_file(path)
        self.put(key, path.read_bytes(), if_absent=if_absent)
        path.unlink(missing_ok=True)

    def stat(self, key: str) -> Stat | None:
        """Return size and time of an object, or None."""
        found = self._objects.get(check_key(key))
        return None if found is None else Stat(key, len(found[0]), found[1])

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """Yield the objects below a prefix in key order."""
        with self._lock:
            keys = sorted(key for key in self._objects if key.startswith(prefix))
        for key in keys:
            found = self.stat(key)
            if found is not None:
                yield found

    def delete(self, key: str) -> None:
        """Remove an object, if it is there."""
        with self._lock:
            self._objects.pop(check_key(key), None)


def shared(name: str) -> MemoryStore:
    """Return the store of that name; one name is one store within a process."""
    with _lock:
        return _shared.setdefault(name, MemoryStore(name))


if TYPE_CHECKING:
    _: Store = MemoryStore()

"""A store that tries again: any store, the same six operations, faults that pass made invisible.

Tried again is what its store marks as transient, and nothing else: a missing bucket or a wrong
key does not get better. Waits double up to a cap and are spread at random, so that a thousand
pods that lost one server do not come back at once; after `seconds` without success the last error
is raised. Multiplying a store's own patience would make an error take minutes to appear, so
stores try once and leave patience to this wrapper.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sigh_batch.errors import AlreadyExists, StoreError
from sigh_batch.store.protocol import Stat, Store, check_file

T = TypeVar("T")

_CHUNK = 8 << 20
_log = logging.getLogger(__name__)


class Retrying:
    """A store around another that repeats what failed for a passing reason."""

    def __init__(
        self,
        store: Store,
        seconds: float = 60.0,
        *,
        first: float = 0.1,
        cap: float = 5.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self.url = store.url
        self.scratch = store.scratch
        self._seconds = seconds
        self._first = first
        self._cap = cap
        self._sleep = sleep
        self._clock = clock

    def __repr__(self) -> str:
        return f"Retrying({self.store!r})"

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Return an object's bytes or a range of them; raises NotFound."""
        return self._persist(f"get {key!r}", lambda: self.store.get(key, start, length))

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        """Write an object.

        An if-absent write whose answer was lost and that then finds its own bytes has won. So two
        writers of equal bytes may both believe that they have, which does no harm.
        """
        self._put(
            f"put {key!r}",
            lambda: self.store.put(key, data, if_absent=if_absent),
            lambda: self._holds(key, len(data), lambda start, length: data[start : start + length]),
        )

    def put_file(self, key: str, path: Path, *, if_absent: bool = False) -> None:
        """Like `put`, from a file; one that is gone after a lost answer has arrived."""
        size = check_file(path)

        def attempt() -> None:
            if not path.exists() and self._holds(key, size):
                return
            self.store.put_file(key, path, if_absent=if_absent)

        def read(start: int, length: int) -> bytes:
            with path.open("rb") as file:
                file.seek(start)
                return file.read(length)

        self._put(f"put {key!r}", attempt, lambda: self._holds(key, size, read))
        path.unlink(missing_ok=True)

    def stat(self, key: str) -> Stat | None:
        """Return size and time of an object, or None."""
        return self._persist(f"stat {key!r}", lambda: self.store.stat(key))

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """Yield the objects below a prefix; after a fault a new listing goes on behind the last key."""
        last = ""
        patience = self._patience(f"list {prefix!r}")
        while True:
            before = last
            try:
                for found in self.store.list(prefix):
                    if found.key > last:  # strings compare as their UTF-8 does
                        last = found.key
                        yield found
                return
            except StoreError as error:
                if last > before:
                    patience = self._patience(f"list {prefix!r}")
                patience(error)

    def delete(self, key: str) -> None:
        """Remove an object, if it is there."""
        self._persist(f"delete {key!r}", lambda: self.store.delete(key))

    def _put(self, what: str, attempt: Callable[[], None], holds: Callable[[], bool]) -> None:
        failed = False

        def once() -> None:
            nonlocal failed
            try:
                attempt()
            except AlreadyExists:
                if not (failed and holds()):
                    raise
            except StoreError:
                failed = True
                raise

        self._persist(what, once)

    def _holds(self, key: str, size: int, read: Callable[[int, int], bytes] | None = None) -> bool:
        """Say whether the object has this size, and these bytes where there are some to compare with."""
        found = self.store.stat(key)
        if found is None or found.size != size:
            return False
        return read is None or all(
            self.store.get(key, start, _CHUNK) == read(start, _CHUNK) for start in range(0, size, _CHUNK)
        )

    def _persist(self, what: str, attempt: Callable[[], T]) -> T:
        patience = self._patience(what)
        while True:
            try:
                return attempt()
            except StoreError as error:
                patience(error)

    def _patience(self, what: str) -> Callable[[StoreError], None]:
        """Return what waits after a passing fault, and raises any other and the one too many."""
        began = self._clock()
        tries = 0

        def wait(error: StoreError) -> None:
            nonlocal tries
            tries += 1
            if not error.transient:
                raise error
            pause = min(self._cap, self._first * 2.0 ** (tries - 1)) * (0.5 + _chance() / 2)
            spent = self._clock() - began
            if spent + pause > self._seconds:
                if tries == 1:
                    raise error
                message = f"{error} (tried {tries} times in {spent:.0f} s)"
                raise type(error)(message, transient=True) from error
            _log.warning("%s failed: %s; trying again in %.1f s", what, error, pause)
            self._sleep(pause)

        return wait


def plain(store: Store) -> Store:
    """Return the store beneath the retrying, for whoever would rather fail at once."""
    return store.store if isinstance(store, Retrying) else store


def _chance() -> float:
    """Return a number in [0, 1) that differs from pod to pod; it decides waits, never a byte of a sample."""
    return int.from_bytes(os.urandom(4), "big") / 2.0**32


if TYPE_CHECKING:
    _: Store = Retrying(Retrying.__new__(Retrying))

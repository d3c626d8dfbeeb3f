"""What a store is: a flat space of objects under relative posix keys.

Keys use "/" and never start with it, never hold an empty part, "." or "..", and are any
other unicode text a file name can be; `check_key` refuses the rest for every store alike. No key
may be the folder of another ("a" beside "a/b"): a folder on disk cannot hold both. A store knows
nothing of runs, shards or samples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from sigh_batch.errors import ConfigError, StoreError

SCRATCH = ".tmp"
"""The folder of unfinished files in a local store; no key lies under it, in any store."""

_KEY_BYTES = 1024
_PART_BYTES = 255
_REFUSED = re.compile("[\x00-\x1f\x7f\\\\\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Stat:
    """What a store knows of one object."""

    key: str
    size: int
    modified: datetime


@runtime_checkable
class Store(Protocol):
    """Six operations over relative keys; every backend and every wrapper passes one contract suite."""

    url: str
    """What the user wrote to open this store, without secrets; for messages."""

    scratch: Path | None
    """A local folder from which `put_file` is cheapest, or None where any folder does."""

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Return an object's bytes, or `length` of them from `start`.

        Raises NotFound. A range that passes the end is cut at the end; one that starts past it
        is empty.
        """

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        """Write an object whole or not at all; readers see the old bytes or the new, never a mixture.

        It is durable once this returns. With `if_absent`, exactly one of several writers wins and
        the others get AlreadyExists.
        """

    def put_file(self, key: str, path: Path, *, if_absent: bool = False) -> None:
        """Like `put`, from a file of any size in bounded memory; the file is consumed (moved or deleted).

        After an error the file is still there.
        """

    def stat(self, key: str) -> Stat | None:
        """Return size and time of an object, or None where there is none."""

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """Yield every object whose key starts with `prefix`, sorted by the key's UTF-8 bytes.

        Objects that exist during the whole listing appear exactly once, whatever is written or
        deleted meanwhile. Memory is bounded by a page, or by a folder.
        """

    def delete(self, key: str) -> None:
        """Remove an object; removing an absent one is no error."""


def check_key(key: str) -> str:
    """Return the key, or raise ConfigError when it is not a relative posix key."""
    parts = key.split("/")
    if "" in parts or "." in parts or ".." in parts or _REFUSED.search(key):
        raise ConfigError(f"not a store key: {key!r}; use relative posix paths like 'shards/part-00000.tar'")
    if parts[0] == SCRATCH:
        raise ConfigError(f"not a store key: {key!r}; {SCRATCH!r} is where unfinished files lie")
    if len(key) > _PART_BYTES // 4 and (
        len(key.encode()) > _KEY_BYTES or max(len(part.encode()) for part in parts) > _PART_BYTES
    ):
        raise ConfigError(
            f"not a store key: {key!r} is too long; {_KEY_BYTES} bytes are allowed, {_PART_BYTES} in a part"
        )
    return key


def check_range(start: int, length: int | None) -> None:
    """Raise ConfigError when a range counts from the end or is turned round."""
    if start < 0 or (length is not None and length < 0):
        raise ConfigError(f"not a range: {length} bytes from {start}; neither may be negative")


def check_file(path: Path) -> int:
    """Return the size of a file that is to be put; raises StoreError when there is none."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise StoreError(f"cannot put {path} into a store: {error.strerror}") from error
    if not path.is_file():
        raise StoreError(f"cannot put {path} into a store: it is not a file")
    return size

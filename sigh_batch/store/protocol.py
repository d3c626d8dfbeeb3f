"""What a store is: a flat space of objects under relative posix keys.

Keys use "/" and never start with it, never hold an empty part, "." or "..", and are any
other unicode text; `check_key` refuses the rest for every store alike. A store knows nothing
of runs, shards or samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from sigh_batch.errors import ConfigError


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

        With `if_absent`, exactly one of several writers wins and the others get AlreadyExists.
        """

    def put_file(self, key: str, path: Path, *, if_absent: bool = False) -> None:
        """Like `put`, from a file of any size in bounded memory; the file is consumed (moved or deleted)."""

    def stat(self, key: str) -> Stat | None:
        """Return size and time of an object, or None where there is none."""

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """Yield every object whose key starts with `prefix`, sorted by the key's UTF-8 bytes.

        Objects that exist during the whole listing appear exactly once, whatever is written or
        deleted meanwhile. Memory is bounded by a page.
        """

    def delete(self, key: str) -> None:
        """Remove an object; removing an absent one is no error."""


def check_key(key: str) -> str:
    """Return the key, or raise ConfigError when it is not a relative posix key."""
    parts = key.split("/")
    if not key or any(part in ("", ".", "..") for part in parts) or "\0" in key or "\\" in key:
        raise ConfigError(f"not a store key: {key!r}; use relative posix paths like 'shards/part-00000.tar'")
    return key

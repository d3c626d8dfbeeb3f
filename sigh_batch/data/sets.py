"""Which sets lie in a store, and how far each is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sigh_batch.data.identity import RUN_KEY, read_document
from sigh_batch.data.plan import RECORDS
from sigh_batch.data.schema import MANIFEST_KEY
from sigh_batch.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSet:
    """A set that a run has begun."""

    url: str
    kind: str
    count: int
    shards: int
    done: int
    """Shards that have their record."""
    finished: bool
    """Whether the manifest is there."""
    config_hash: str

    @property
    def state(self) -> str:
        """How far it is, in words."""
        return "finished" if self.finished else f"{self.done:,} of {self.shards:,} shards"

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return asdict(self)


def find_sets(store: Store) -> Iterator[FoundSet]:
    """Yield the set that this store is, or those below it; a set is not searched for further ones."""
    if store.stat(RUN_KEY) is not None:
        yield _look_at(store, "")
        return
    inside = ""
    for found in store.list():
        folder, slash, name = found.key.rpartition("/")
        if name == RUN_KEY and not (inside and folder.startswith(inside)):
            inside = f"{folder}{slash}"
            yield _look_at(store, inside)


def _look_at(store: Store, prefix: str) -> FoundSet:
    document = read_document(store, f"{prefix}{RUN_KEY}")
    values = document.get("values", {})
    finished = store.stat(f"{prefix}{MANIFEST_KEY}") is not None
    shards = int(values.get("shards", 0))
    return FoundSet(
        url=f"{store.url.rstrip('/')}/{prefix}".rstrip("/"),
        kind=document.get("kind", ""),
        count=int(values.get("count", 0)),
        shards=shards,
        done=shards if finished else sum(1 for _ in store.list(f"{prefix}{RECORDS}")),
        finished=finished,
        config_hash=document.get("config_hash", ""),
    )

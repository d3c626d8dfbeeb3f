"""Where a set comes from: the run that made it, the run whose set that one read, and so on."""

from __future__ import annotations

from collections.abc import Iterator

from sigh_batch.data.identity import RUN_KEY, read_document
from sigh_batch.data.sample import Json
from sigh_batch.errors import NotFound, SighError
from sigh_batch.store import Store, open_store
from sigh_batch.store.options import StoreOptions


def origins_of(store: Store, options: StoreOptions | None = None) -> Iterator[Json]:
    """Yield the spec that run.json keeps of each of these runs, as far as they can be read.

    A set without its run says nothing; raises DataError when what it says is damaged.
    """
    try:
        spec: Json = read_document(store, RUN_KEY).get("spec") or {}
    except NotFound:
        return
    yield spec
    if source := spec.get("source"):
        try:
            yield from origins_of(open_store(source, options, create=False), options)
        except SighError:
            # The pictures that a set was made of need not be there any more.
            return

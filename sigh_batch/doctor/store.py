"""A store: whether it can be reached, written and read, and keeps the promises that runs build on."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sigh_batch.config.settings import Settings
from sigh_batch.doctor.finding import Finding
from sigh_batch.errors import AlreadyExists, SighError
from sigh_batch.store.protocol import Store

PATIENCE = 5.0
"""Seconds that a store which does not answer is tried again: a run has more patience than a check."""


def examine_store(settings: Settings, url: str) -> Iterator[Finding]:
    """Yield what is to be said of the store at a URL; what is written there is deleted again."""
    from sigh_batch.store import open_store

    options = settings.store.model_copy(update={"retry_seconds": min(PATIENCE, settings.store.retry_seconds)})
    key = f"doctor-{uuid.uuid4().hex}"
    try:
        store = open_store(url, options)
        yield Finding("store opens", "ok", store.url)
        yield _store_writes(store, key)
        read = store.get(key, 1, 3)
        store.delete(key)
        if read == b"irs" and store.stat(key) is None:
            yield Finding("store reads", "ok", "ranges are right, and what is deleted is gone")
        else:
            yield Finding(
                "store reads",
                "fault",
                f"bytes 1 to 3 of b'first' came back as {read!r}",
                "use another server",
            )
    except SighError as error:
        yield Finding("store", "fault", str(error))


def _store_writes(store: Store, key: str) -> Finding:
    store.put(key, b"first", if_absent=True)
    try:
        store.put(key, b"second", if_absent=True)
    except AlreadyExists:
        return Finding("store writes", "ok", "and refuses a second if-absent writer of one key")
    return Finding(
        "store writes",
        "fault",
        "a second if-absent write of one key succeeded: two runs could claim one prefix",
        "use a server that honours If-None-Match: *",
    )

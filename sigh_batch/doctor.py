"""What `sigh doctor` looks at: this machine, its libraries, and a store; a fix for each fault."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from sigh_batch.config.settings import Settings
from sigh_batch.errors import AlreadyExists, SighError
from sigh_batch.store.protocol import Store

PATIENCE = 5.0
"""Seconds that a store which does not answer is tried again: a run has more patience than a check."""
LOW_SCRATCH = 2 << 30
"""Free bytes below which temporary space is called short: a few shards under way at once."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    state: Literal["ok", "warning", "fault"]
    detail: str
    fix: str = ""


def examine(settings: Settings, url: str | None) -> Iterator[Finding]:
    """Yield a finding a check; the store is looked at when a URL is given."""
    yield _python()
    yield _machine()
    yield _scratch()
    yield _guarded("skia", _skia)
    yield _guarded("pillow", _pillow)
    yield _guarded("fonts", lambda: _fonts(settings))
    if url is not None:
        yield from _store(settings, url)


def _python() -> Finding:
    return Finding("python", "ok", f"{platform.python_version()} at {sys.executable}")


def _machine() -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Finding("machine", "ok", f"{platform.system()} {platform.machine()}, {cores} cores for workers")


def _scratch() -> Finding:
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    detail = f"{free / 2**30:,.1f} GiB free in {folder}"
    if free < LOW_SCRATCH:
        return Finding("scratch", "warning", detail, "free some space, or point TMPDIR to a larger disk")
    return Finding("scratch", "ok", detail)


def _skia() -> Finding:
    from sigh_batch.render.painter import painters

    painters.get("skia")
    return Finding("skia", "ok", "the painter that browsers use works")


def _pillow() -> Finding:
    import PIL

    from sigh_batch.render.pillow_painter import PillowPainter, shaping

    version = shaping()
    if version == "absent":
        fix = "install libfribidi (Debian: apt-get install libfribidi0), or draw with skia"
        return Finding("pillow", "warning", f"Pillow {PIL.__version__}: {PillowPainter.limits[-1]}", fix)
    return Finding("pillow", "ok", f"Pillow {PIL.__version__} with raqm {version} for joined scripts")


def _fonts(settings: Settings) -> Finding:
    from sigh_batch.render.fonts import open_catalogue

    catalogue = open_catalogue(settings.generate.font_folder)
    return Finding("fonts", "ok", f"{len(catalogue.families())} families")


def _guarded(what: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except SighError as error:
        return Finding(what, "fault", str(error))


def _store(settings: Settings, url: str) -> Iterator[Finding]:
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

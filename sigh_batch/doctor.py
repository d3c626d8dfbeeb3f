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
from pathlib import Path
from typing import Literal

from sigh_batch.config.settings import Settings
from sigh_batch.errors import AlreadyExists, SighError

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
    for check in (_skia, _pillow, _fonts):
        yield _guarded(check, settings)
    if url is not None:
        yield from _store(settings, url)


def _python() -> Finding:
    version = platform.python_version()
    if sys.version_info < (3, 11):
        return Finding("python", "fault", version, "install Python 3.11 or newer")
    return Finding("python", "ok", f"{version} at {sys.executable}")


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


def _skia(settings: Settings) -> Finding:
    from sigh_batch.render.painter import painters

    painters.get("skia")
    return Finding("skia", "ok", "the painter that browsers use works")


def _pillow(settings: Settings) -> Finding:
    import PIL
    from PIL import features

    shaping = "with" if features.check("raqm") else "without"
    return Finding("pillow", "ok", f"Pillow {PIL.__version__} {shaping} its own text shaping")


def _fonts(settings: Settings) -> Finding:
    from sigh_batch.render.fonts import open_catalogue

    catalogue = open_catalogue(settings.generate.font_folder)
    return Finding("fonts", "ok", f"{len(catalogue.families())} families")


def _guarded(check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    name = check.__name__.removeprefix("_")
    try:
        return check(settings)
    except SighError as error:
        return Finding(name, "fault", str(error))


def _store(settings: Settings, url: str) -> Iterator[Finding]:
    from sigh_batch.store import open_store
    from sigh_batch.store.retrying import plain

    key = f".sigh-doctor-{uuid.uuid4().hex}"
    try:
        store = plain(open_store(url, settings.store))
        yield Finding("store", "ok", f"{url} opens")
        store.put(key, b"first", if_absent=True)
        try:
            store.put(key, b"second", if_absent=True)
        except AlreadyExists:
            yield Finding("store writes", "ok", "writes, and refuses a second writer of one key")
        else:
            yield Finding(
                "store writes",
                "fault",
                "a second if-absent write of one key succeeded: two runs could merge two manifests",
                "use a server that honours If-None-Match",
            )
        if store.get(key, 0, 5) in (b"first", b"secon"):
            yield Finding("store reads", "ok", "reads back what was written")
        store.delete(key)
    except SighError as error:
        yield Finding("store", "fault", str(error))

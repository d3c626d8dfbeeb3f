"""This machine: Python, room for scratch, painters, fonts."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator

from sigh_batch.config.settings import Settings
from sigh_batch.doctor.finding import Finding
from sigh_batch.errors import SighError

LOW_SCRATCH = 2 << 30
"""Free bytes below which temporary space is called short: a few shards under way at once."""


def examine_machine(settings: Settings) -> Iterator[Finding]:
    """Yield what is to be said of this machine."""
    yield _python()
    yield _machine()
    yield _scratch()
    yield _guarded("skia", _skia)
    yield _guarded("pillow", _pillow)
    yield _guarded("fonts", lambda: _fonts(settings))


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

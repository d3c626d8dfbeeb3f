"""Environments of the peers, whose pins contradict each other: one each, in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PYTHONS = ">=3.11,<3.13"
"""What numpy 1 runs on."""


class Missing(Exception):
    """A peer cannot be had here; says why in one line."""


def open_environment(module: str, *packages: str) -> Path:
    """Return the Python that has the packages, installing them on first use; raises Missing.

    `module` is imported once, to see that it can be.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sigh-batch" / "peers"
    key = hashlib.sha256("\n".join((_PYTHONS, *packages)).encode()).hexdigest()[:8]
    home = cache / f"{packages[0]}-{key}"
    if not home.exists():
        print(f"peers: installing {packages[0]} into {home}, once", file=sys.stderr)
        cache.mkdir(parents=True, exist_ok=True)
        # Into a folder of its own and renamed, so that what is there is whole.
        with tempfile.TemporaryDirectory(dir=cache) as partial:
            _install(Path(partial), module, packages).rename(home)
    return home / "bin" / "python"


def _install(folder: Path, module: str, packages: Sequence[str]) -> Path:
    home = folder / "home"
    python = home / "bin" / "python"
    uv = _told([str(ROOT / "scripts" / "setup"), "uv"]).splitlines()[-1]
    _told([uv, "venv", "-q", "--python", _PYTHONS, str(home)])
    _told([uv, "pip", "install", "-q", "--python", str(python), *packages])
    _told([str(python), "-c", f"import {module}"], folder)
    return home


def _told(command: list[str], folder: Path | None = None) -> str:
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "NO_ALBUMENTATIONS_UPDATE": "1"}
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"):
        environment.pop(name, None)
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder)
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()] or ["it said nothing"]
        raise Missing(f"`{' '.join(Path(word).name for word in command[:3])}` failed: {said[-1]}")
    return done.stdout.strip()

"""What tests of runs share: specs of tiny runs, the processes' environment, and a set's bytes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from sigh_batch.config.layers import read_flags
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec

TINY = Path(__file__).parent / "tiny"


def spec_of(out: Path | str, **flags: Any) -> RunSpec:
    """Return the spec of a small run; settings are keyed with __ for the dot."""
    given = {"count": 20, "shards": 4, "run__workers": 2, "run__progress": "none"} | flags
    layer = read_flags({key.replace("__", "."): value for key, value in given.items()})
    return RunSpec(kind="generate", out=str(out), settings=resolve([layer]).settings)


def tiny_environment(tricks: str = "{}") -> dict[str, str]:
    """Return an environment in which processes have the tiny stage."""
    return os.environ | {"PYTHONPATH": str(TINY), "TINY": tricks}


def bytes_of(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a set but its logs."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    names = {path.relative_to(folder).as_posix(): path for path in files}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in sorted(names.items())
        if not name.startswith(("logs/", ".tmp/"))
    }

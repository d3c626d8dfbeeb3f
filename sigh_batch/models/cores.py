"""How many cores this process may compute on."""

from __future__ import annotations

import os


def count_cores() -> int:
    """Return the cores that the process is allowed to use, where the system says so; else all there are."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1

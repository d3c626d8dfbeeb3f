"""Names for unfinished files that say who writes them, and the removal of those nobody writes any more.

A run that is killed cannot tidy up. Its files are known by their names: `<host>-<pid>-<n>`, and
whatever the writer adds. The host's part names the process space too, because containers may
share a host's name and a folder, yet not their processes.
"""

from __future__ import annotations

import functools
import itertools
import os
import platform
import re
import shutil
import time
from pathlib import Path

STALE_SECONDS = 24 * 3600.0

_numbers = itertools.count()


def scratch_name() -> str:
    """Return a name for an unfinished file or folder of this process; no two are equal."""
    return f"{_host()}-{os.getpid()}-{next(_numbers)}"


def sweep(folder: Path) -> int:
    """Remove from a folder what dead runs left there, and return how many files or folders that were.

    Dead is what a process of this host wrote that is gone, or what nobody has touched for a day.
    """
    removed = 0
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return 0
    for entry in entries:
        try:
            if _is_stale(entry):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)
                else:
                    Path(entry.path).unlink()
                removed += 1
        except OSError:  # another run sweeps too, or the file is not ours to remove
            continue
    return removed


def _is_stale(entry: os.DirEntry[str]) -> bool:
    host, _, rest = entry.name.partition("-")
    pid, _, _ = rest.partition("-")
    if host == _host() and pid.isdecimal() and not _is_alive(int(pid)):
        return True
    return time.time() - _last_touched(entry) > STALE_SECONDS


def _last_touched(entry: os.DirEntry[str]) -> float:
    times = [entry.stat(follow_symlinks=False).st_mtime]
    if entry.is_dir(follow_symlinks=False):
        times += [below.stat(follow_symlinks=False).st_mtime for below in os.scandir(entry.path)]
    return max(times)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's process, or no process number at all
        return True
    return True


@functools.cache
def _host() -> str:
    name = re.sub(r"[^A-Za-z0-9.]", "_", platform.node())[:64] or "unknown"
    try:
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return name
    return f"{name}.{space}"

"""The processes below one, found and ended, for tests of what dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_LISTEN = "0A"
LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
"""127.0.0.1, the same as IPv6 writes it, and ::1, as `heard_at` returns them."""


def family(pid: int) -> dict[int, str]:
    """Return what the processes below one are called, by their ids."""
    parents, names = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat = (folder / "stat").read_text()
            parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
            names[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    found: dict[int, str] = {}
    new = {pid}
    while new:
        new = {child for child, parent in parents.items() if parent in new and child not in found}
        found |= {child: names[child] for child in new if child in names}
    return found


def heard_at(pids: Iterable[int]) -> set[str]:
    """Return the addresses at which processes listen, as the kernel writes them."""
    held = set()
    for pid in pids:
        with suppress(OSError):
            held |= {str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [
        row.split() for table in ("tcp", "tcp6") for row in Path("/proc/net", table).read_text().splitlines()
    ]
    return {row[1].rpartition(":")[0] for row in rows if row[3] == _LISTEN and f"socket:[{row[9]}]" in held}


def kill(pids: Iterable[int]) -> None:
    """Send SIGKILL to processes, of which some may have ended."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

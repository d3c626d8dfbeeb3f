"""Runs every bench and writes docs/benchmarks.md: each bench's question, its table, how to repeat it."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
HEAD = """<!-- made by `make bench` -->

# Benchmarks

Each claim is measured beside its peer in one run, the runs interleaved; a ratio is the median of the
ratios round by round, so that a busy machine hits both sides alike. Absolute numbers move with the
machine, by up to two times on a shared one.

Measured on {machine}. `make bench` repeats all of it, and the command above each table that one.
"""


def main() -> None:
    """Run the benches named, or all, and write the page when all have run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="benches to run (default: all, and write the page)")
    names = parser.parse_args().names
    parts = [HEAD.format(machine=_machine())]
    for name in names or _all_names():
        print(f"\n== {name}", file=sys.stderr)
        done = subprocess.run(
            [sys.executable, "-m", f"bench.{name}"], check=True, stdout=subprocess.PIPE, text=True
        )
        print(done.stdout)
        about = (importlib.import_module(f"bench.{name}").__doc__ or "").strip()
        parts.append(f"## {name}\n\n{about}\n\n    python -m bench.{name}\n\n{done.stdout.strip()}\n")
    if not names:
        PAGE.write_text("\n".join(parts))


def _all_names() -> list[str]:
    return sorted(
        path.stem for path in HERE.glob("*.py") if path.stem not in ("__main__", "measure", "samples")
    )


def _machine() -> str:
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} cores of {model}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()

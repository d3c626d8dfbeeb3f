"""Runs benches and writes a page each into docs/benchmarks: the question, the table, how to repeat it."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAGES = HERE.parent / "docs" / "benchmarks"
NO_BENCHES = {"__main__", "measure", "samples", "trials"}
PAGE = """<!-- made by `python -m bench {name}` -->

# {name}

{about}

Measured on {machine}:

{tables}
"""


def main() -> None:
    """Run the benches named, or all, and write their pages."""
    known = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NO_BENCHES)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(known)} (default: all)")
    parser.add_argument("--timm", metavar="PATH", help="timm's inference.py, for inference")
    options = parser.parse_args()
    names = options.names or known
    more = {"inference": ["--timm", options.timm]} if options.timm else {}
    PAGES.mkdir(parents=True, exist_ok=True)
    for name in names:
        print(f"\n== {name}", file=sys.stderr)
        command = [sys.executable, "-m", f"bench.{name}", *more.get(name, ())]
        tables = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        print(tables, flush=True)
        about = (importlib.import_module(f"bench.{name}").__doc__ or "").strip()
        page = PAGE.format(name=name, about=about, machine=_machine(), tables=tables)
        (PAGES / f"{name}.md").write_text(page)


def _machine() -> str:
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} cores of {model}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()

"""The one way benches measure: interleaved runs, medians, paired ratios, peak memory, a table, a JSON file.

A bench is run as `python -m bench.NAME [--repeats N] [--json PATH]` from the root of the checkout.
Absolute times move with the machine; ratios of runs that lie side by side in one process move far
less, so those are what is claimed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Timing:
    """The seconds of every run of one case, in the order of the rounds."""

    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median run."""
        return statistics.median(self.runs)

    @property
    def min(self) -> float:
        """The fastest run."""
        return min(self.runs)

    @property
    def max(self) -> float:
        """The slowest run."""
        return max(self.runs)

    def speedup(self, over: Timing) -> float:
        """How many times faster than `over`: the median of the ratios round by round."""
        return statistics.median(other / own for own, other in zip(self.runs, over.runs, strict=True))


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident bytes of a process: before its work, and at the highest point during it."""

    before: int
    peak: int

    @property
    def growth(self) -> int:
        """What the work added at its highest point."""
        return self.peak - self.before


def interleave(
    cases: Mapping[str, Callable[[], object]],
    repeats: int = 5,
    *,
    prepare: Callable[[str], object] | None = None,
    clock: Callable[[], float] = time.perf_counter,
    warm: bool = True,
) -> dict[str, Timing]:
    """Time every case once a round, so that noise hits all alike; each round starts with another case.

    `prepare(name)` runs before each run and is not timed. `warm` runs every case once, untimed, first.
    Give `time.process_time` as the clock to compare CPU time instead of wall time.
    """
    names = list(cases)
    runs: dict[str, list[float]] = {name: [] for name in names}
    for round_number in range(-1 if warm else 0, repeats):
        shift = round_number % len(names)
        for name in names[shift:] + names[:shift]:
            if prepare is not None:
                prepare(name)
            start = clock()
            cases[name]()
            seconds = clock() - start
            if round_number >= 0:
                runs[name].append(seconds)
    return {name: Timing(tuple(found)) for name, found in runs.items()}


def peak_rss(work: Callable[..., object], *args: Any, warm: Callable[..., object] | None = None) -> Memory:
    """Run `work(*args)` in a process of its own and return its memory; all of it must be picklable.

    `warm(*args)` runs there first and does not count: imports, connections, caches.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_watched, args=(sender, work, args, warm))
    process.start()
    sender.close()
    try:
        outcome = receiver.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"{work.__name__} died with exit code {process.exitcode}") from None
    process.join()
    if isinstance(outcome, Exception):
        raise outcome
    return Memory(*outcome)


def _watched(sender: Any, work: Callable[..., object], args: tuple[Any, ...], warm: Any) -> None:
    try:
        if warm is not None:
            warm(*args)
        before = peak = resident()
        stop = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not stop.wait(0.002):
                peak = max(peak, resident())

        watcher = threading.Thread(target=watch, daemon=True)
        exact = _reset_high_water()
        if not exact:
            watcher.start()
        work(*args)
        stop.set()
        sender.send((before, max(_high_water() if exact else peak, before)))
    except Exception as error:  # handed to the parent, which raises it
        sender.send(error)


def _reset_high_water() -> bool:
    """Let the kernel's own peak (Linux) begin anew; False where it cannot, and sampling must do."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def _high_water() -> int:
    return _status("VmHWM")


def resident() -> int:
    """Return the resident bytes of this process."""
    return _status("VmRSS")


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {field}: memory is measured on Linux only")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a small Markdown table under a title: it reads well in a terminal and pastes into the docs."""
    cells = [list(columns)] + [[_cell(value) for value in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]

    def line(row: Sequence[str]) -> str:
        first, *rest = zip(row, widths, strict=True)
        return "| " + " | ".join([first[0].ljust(first[1]), *(c.rjust(w) for c, w in rest)]) + " |"

    rule = "|" + "|".join("-" * (w + 1) + (":" if i else "-") for i, w in enumerate(widths)) + "|"
    return "\n".join([f"{title}\n", line(cells[0]), rule, *map(line, cells[1:])])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def arguments(description: str, repeats: int = 5) -> argparse.ArgumentParser:
    """Return the parser that every bench starts from: --repeats and --json; add to it what is special."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--repeats", type=int, default=repeats, help="rounds (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the numbers here too")
    return parser


def save(path: Path | None, name: str, results: Mapping[str, object]) -> None:
    """Write a bench's numbers and the machine they come from as JSON, where a path was given."""
    if path is None:
        return
    machine = {
        "platform": platform.platform(),
        "python": sys.version.split()[0],
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load": os.getloadavg()[0],
    }
    document = {"bench": name, "machine": machine, "results": results}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, sort_keys=True, default=_jsonable) + "\n")


def _jsonable(value: object) -> object:
    if isinstance(value, Timing):
        return {"median": value.median, "min": value.min, "max": value.max, "runs": value.runs}
    if isinstance(value, Memory):
        return {"before": value.before, "peak": value.peak, "growth": value.growth}
    raise TypeError(f"not JSON: {value!r}")

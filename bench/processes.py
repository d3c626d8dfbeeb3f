"""Two worker processes against one, on whole runs of `generate`: start-up, merge and all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.measure import arguments, interleave, save, table
from sigh_batch.config.layers import read_flags
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.runners import local


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--count", type=int, default=4000, help="samples of a run (default %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cases = {f"{workers} workers": _run(Path(folder), options.count, workers) for workers in (1, 2)}
        timings = interleave(cases, options.repeats, warm=False)
    one, two = timings["1 workers"], timings["2 workers"]
    rows = [
        [name, timing.median, options.count / timing.median, timing.speedup(one)]
        for name, timing in timings.items()
    ]
    print(table("Whole runs of generate", ["", "seconds", "samples a second", "times one"], rows))
    save(options.json, "processes", {**timings, "two_over_one": two.speedup(one)})


def _run(folder: Path, count: int, workers: int) -> Callable[[], object]:
    runs = iter(range(1_000_000))

    def run() -> None:
        flags = {"count": count, "shards": 16, "run.workers": workers}
        out = folder / f"{workers}-{next(runs)}"
        local.run(RunSpec(kind="generate", out=str(out), settings=resolve([read_flags(flags)]).settings))

    return run


if __name__ == "__main__":
    main()

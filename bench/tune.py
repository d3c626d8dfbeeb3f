"""A study on two slots against plain Ray Tune, the driver's memory over many trials, and what records cost.

A trial sleeps for ten epochs of a second, so that the ideal is known: all sleep, divided by the slots. Plain
Ray Tune is what its guide shows: a function, OptunaSearch, its files in a folder; it records no more than it
does by itself. Both find Ray started, whose start is told beside. The second table is of trials that end at
once: there every moment is the driver's own. Writes are those into the study's journal, each synced to disk.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from bench.measure import arguments, save, table
from bench.trials import Course, Load, alone, ours, plain


def main() -> None:
    parser = arguments(__doc__ or "", repeats=3)
    parser.add_argument("--trials", type=int, default=16, help="trials that take long (default %(default)s)")
    parser.add_argument("--epoch", type=float, default=1.0, help="seconds of an epoch (default %(default)s)")
    parser.add_argument("--many", type=int, default=1000, help="trials of no length (default %(default)s)")
    options = parser.parse_args()
    load = Load(options.trials, 10, options.epoch)
    courses: dict[str, list[Course]] = {"sigh tune": [], "Ray Tune": []}
    for round_number in range(options.repeats):
        names = list(courses)[:: 1 if round_number % 2 == 0 else -1]
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                made = (
                    alone(ours, folder, load, "local") if name == "sigh tune" else alone(plain, folder, load)
                )
            courses[name].append(made)
    many = Load(options.many, 1, 0.0)
    empty = {}
    for name, ray in (("by Ray", "local"), ("without Ray", "none")):
        with tempfile.TemporaryDirectory() as folder:
            empty[name] = alone(ours, folder, many, ray)
    numbers = _numbers(load, courses, empty)
    print(_long_table(load, courses, numbers))
    print()
    print(_empty_table(many, empty))
    save(options.json, Path(__file__).stem, numbers)


def _numbers(load: Load, courses: dict[str, list[Course]], empty: dict[str, Course]) -> dict[str, float]:
    pairs = zip(courses["Ray Tune"], courses["sigh tune"], strict=True)
    return {
        **{
            f"{name}: share of the ideal": statistics.median(load.ideal / made.seconds for made in found)
            for name, found in courses.items()
        },
        "speed over Ray Tune": statistics.median(theirs.seconds / own.seconds for theirs, own in pairs),
        "share of writes": statistics.median(made.writing / made.seconds for made in courses["sigh tune"]),
        **{f"{name}: share of writes": made.writing / made.seconds for name, made in empty.items()},
        **{f"{name}: MB a hundred trials": _growth(made) for name, made in empty.items()},
    }


def _growth(course: Course) -> float:
    """Return by how many MB the driver grew in a hundred trials, once it had had its second hundred."""
    settled = course.memory[1:]
    return (settled[-1] - settled[0]) / 1e6 / (len(settled) - 1) if len(settled) > 1 else 0.0


def _long_table(load: Load, courses: dict[str, list[Course]], numbers: dict[str, float]) -> str:
    rows = [
        (
            name,
            statistics.median(made.starting for made in found),
            statistics.median(made.seconds for made in found),
            numbers[f"{name}: share of the ideal"],
            numbers["speed over Ray Tune"] if name == "sigh tune" else 1.0,
            f"{100 * numbers['share of writes']:.2f} %" if name == "sigh tune" else "",
        )
        for name, found in courses.items()
    ]
    title = f"{load.trials} trials of {load.epochs * load.seconds:g} s on two slots"
    columns = ("", "Ray's start, s", "trials, s", "of the ideal", "times Ray Tune", "study writes")
    return table(title, columns, rows)


def _empty_table(load: Load, empty: dict[str, Course]) -> str:
    rows = [
        (
            name,
            1000 * made.seconds / load.trials,
            f"{100 * made.writing / made.seconds:.1f} %",
            made.memory[0] / 1e6 if made.memory else "",
            made.memory[-1] / 1e6 if made.memory else "",
            _growth(made),
        )
        for name, made in empty.items()
    ]
    columns = ("", "ms a trial", "study writes", "MB after 100", "MB at the end", "MB a hundred trials")
    return table(f"{load.trials:,} trials of no length", columns, rows)


if __name__ == "__main__":
    main()

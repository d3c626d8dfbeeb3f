"""A grid: every combination of a space's values, each trained several times."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sigh_batch import rng
from sigh_batch.config.tune import Scalar, TuneConfig
from sigh_batch.errors import ConfigError
from sigh_batch.tuning.space import Axis, Space, Values

LARGEST = 100_000
"""Combinations above which a grid is surely not meant."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination and the scores of its repeats."""

    number: int
    values: Values
    scores: tuple[float, ...]
    best: int
    """Number of the trial with the best score."""

    @property
    def mean(self) -> float:
        """Mean of the scores."""
        return math.fsum(self.scores) / len(self.scores)

    @property
    def deviation(self) -> float | None:
        """Standard deviation of the scores over repeats, or None of a single one."""
        if len(self.scores) < 2:
            return None
        squares = math.fsum((score - self.mean) ** 2 for score in self.scores)
        return math.sqrt(squares / (len(self.scores) - 1))


def count_trials(config: TuneConfig, cells: Sequence[Values]) -> int:
    """Return how many trials a study is to have; `cells` are the combinations of a grid, else none."""
    return len(cells) * config.repeats if config.search == "grid" else config.trials


def combinations(space: Space) -> list[Values]:
    """Return every combination of a space's values, the last setting varying fastest.

    Settings whose condition does not hold are absent. Raises ConfigError when there are too many.
    """
    found: list[Values] = [{}]
    for axis in space.axes:
        points = axis_points(axis)
        found = [
            {**values, **({axis.path: point} if axis.is_drawn(values) else {})}
            for values in found
            for point in (points if axis.is_drawn(values) else points[:1])
        ]
        if len(found) > LARGEST:
            raise ConfigError(
                f"the grid has more than {LARGEST:,} combinations; take fewer values, or search by tpe"
            )
    return found


def axis_points(axis: Axis) -> tuple[Scalar, ...]:
    """Return the values that a grid takes of one setting."""
    told = axis.dimension
    if told.choices is not None:
        return told.choices
    assert told.low is not None
    assert told.high is not None
    if told.points is not None:
        return _spread(told.low, told.high, told.points, log=told.log, whole=axis.whole)
    step = told.step or (1.0 if axis.whole and not told.log else None)
    if step is None:
        raise ConfigError(
            f"a grid needs points of {axis.path}: give the range a step or points, or a list of choices"
        )
    count = math.floor((told.high - told.low) / step + 1e-9) + 1
    values = (told.low + number * step for number in range(count))
    return tuple(int(value) if axis.whole else round(value, 12) for value in values)


def repeat_seed(seed: int, repeat: int) -> int:
    """Return the seed of a repeat; the first one has the study's."""
    return seed if repeat == 0 else rng.for_sample(seed, "tune/repeat", repeat).integer(0, 2**62)


def gather_cells(
    cells: Sequence[Values], scores: Iterable[tuple[int, int, float]], *, higher_is_better: bool
) -> list[Cell]:
    """Return the cells that have scores, the best mean first; a score is (trial, cell, value)."""
    by_cell: dict[int, list[tuple[int, float]]] = {}
    for trial, number, value in scores:
        by_cell.setdefault(number, []).append((trial, value))
    way = 1.0 if higher_is_better else -1.0
    found = []
    for number, pairs in by_cell.items():
        best = max(pairs, key=lambda pair: (way * pair[1], -pair[0]))[0]
        found.append(Cell(number, cells[number], tuple(value for _, value in sorted(pairs)), best))
    return sorted(found, key=lambda cell: (-way * cell.mean, cell.number))


def _spread(low: float, high: float, points: int, *, log: bool, whole: bool) -> tuple[Scalar, ...]:
    shares = [number / (points - 1) for number in range(points)]
    values = [low * (high / low) ** share if log else low + (high - low) * share for share in shares]
    values[-1] = high
    return tuple(dict.fromkeys(round(value) if whole else value for value in values))

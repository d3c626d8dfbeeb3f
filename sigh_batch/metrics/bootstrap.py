"""How far a number can be trusted: the same number over groups that are drawn again, with replacement.

Pictures of a group are no independent witnesses: a forged picture and its clean twin, the pages of one chat.
So whole groups are drawn, and a picture counts as often as its group was drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sigh_batch.rng import for_sample

Floats = NDArray[np.float64]
Statistic = Callable[[NDArray[np.float64]], ArrayLike]
"""Weights, resamples x pictures, to numbers: resamples, or resamples x numbers."""

_CELLS = 4_000_000
"""Weights that are held at a time: 32 MB."""
_TWO_SIDED_95 = 1.959963984540054


def resample(groups: ArrayLike, statistic: Statistic, *, resamples: int = 1000, seed: int = 0) -> Floats:
    """Return a statistic over each of `resamples` draws of the groups, as many as there are."""
    _, owner = np.unique(np.asarray(groups), return_inverse=True)
    many = int(owner.max()) + 1 if len(owner) else 0
    if not many:
        raise ValueError("there are no groups to draw from")
    random = for_sample(seed, "metrics/bootstrap", 0).generator()
    at_once = max(1, min(resamples, _CELLS // max(len(owner), many)))
    found = []
    for start in range(0, resamples, at_once):
        weights = _drawn(random, many, min(at_once, resamples - start))
        found.append(np.asarray(statistic(weights[:, owner]), np.float64))
    return np.concatenate(found)


def interval(values: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """Return what the middle `level` of the values lie between; nan where fewer than half are numbers."""
    found = np.asarray(values, np.float64)
    numbers = found[np.isfinite(found)]
    if 2 * len(numbers) < max(1, len(found)):
        return float("nan"), float("nan")
    low, high = np.quantile(numbers, ((1 - level) / 2, (1 + level) / 2))
    return float(low), float(high)


def weighted_mean(values: ArrayLike) -> Statistic:
    """Return the statistic that is the mean of the values, those that are no number left out."""
    numbers = np.asarray(values, np.float64)
    known = np.isfinite(numbers)
    sums = np.stack([np.where(known, numbers, 0), known], axis=1)

    def mean(weights: Floats) -> Floats:
        total, count = np.moveaxis(weights @ sums, -1, 0)
        return np.asarray(np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0))

    return mean


def wilson(happened: float, groups: int) -> tuple[float, float]:
    """Return the 95 % interval of a share that was seen among so many independent groups.

    Where nothing or everything happened, drawing again tells nothing, and this still does: none in 100 is
    0 to 3.7 %.
    """
    if not groups:
        return float("nan"), float("nan")
    square = _TWO_SIDED_95**2 / groups
    middle = (happened + square / 2) / (1 + square)
    reach = math.sqrt(happened * (1 - happened) * square + square**2 / 4) / (1 + square)
    low = 0.0 if happened == 0 else max(0.0, middle - reach)
    high = 1.0 if happened == 1 else min(1.0, middle + reach)
    # Rounding may move an end past a share that is next to 0 or 1.
    return min(low, happened), max(high, happened)


def _drawn(random: np.random.Generator, many: int, times: int) -> NDArray[Any]:
    """Return how often each group was drawn, times x groups."""
    draws = random.integers(0, many, (times, many)) + many * np.arange(times)[:, None]
    return np.bincount(draws.ravel(), minlength=times * many).reshape(times, many).astype(np.float64)

"""Whether one model is better than another on the same pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sigh_batch.metrics.bootstrap import interval, resample
from sigh_batch.metrics.ranking import Ranking, auc


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A number of the first model minus that of the second."""

    value: float
    low: float
    high: float
    """Ends of the 95 % interval: where 0 is outside of it, chance does not explain the difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class McNemar:
    """Pictures that two models disagree on."""

    first_alone: int
    """How many the first alone has right."""
    second_alone: int
    """How many the second alone has right."""
    p_value: float
    """How often a coin would part them so unequally: the exact two-sided test."""


def auc_difference(
    first: ArrayLike,
    second: ArrayLike,
    labels: ArrayLike,
    groups: ArrayLike,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> Difference:
    """Return how much larger the first model's AUC is, over the same draws of groups for both."""
    one, other = Ranking(first, labels), Ranking(second, labels)
    found = resample(
        groups,
        lambda weights: auc(one.counts(weights)) - auc(other.counts(weights)),
        resamples=resamples,
        seed=seed,
    )
    low, high = interval(found)
    return Difference(value=float(auc(one.counts()) - auc(other.counts())), low=low, high=high)


def mcnemar(first: ArrayLike, second: ArrayLike, labels: ArrayLike) -> McNemar:
    """Return how two models' yes and no answers differ where they do."""
    true = np.asarray(labels, np.bool_)
    right, other = np.asarray(first, np.bool_) == true, np.asarray(second, np.bool_) == true
    alone, against = int((right & ~other).sum()), int((other & ~right).sum())
    return McNemar(first_alone=alone, second_alone=against, p_value=_two_sided(alone, against))


def _two_sided(one: int, other: int) -> float:
    """Return the chance that a fair coin falls at least so unequally."""
    total, fewer = one + other, min(one, other)
    if not total:
        return 1.0
    logs = [_log_choose(total, count) - total * math.log(2) for count in range(fewer + 1)]
    return min(1.0, 2 * math.fsum(map(math.exp, logs)))


def _log_choose(total: int, count: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(count + 1) - math.lgamma(total - count + 1)

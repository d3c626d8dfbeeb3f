"""Means and numbers about an order, over pictures, each with the interval that its groups give it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigh_batch.evaluation.document import Value
from sigh_batch.evaluation.facts import Places
from sigh_batch.evaluation.scores import Scores
from sigh_batch.metrics.bootstrap import interval, resample, wilson
from sigh_batch.metrics.ranking import Counts, Ranking

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
OfOrder = Callable[[Counts], Floats]

_MOST_CELLS = 400_000_000
"""Draws times pictures that an interval may take: of more pictures there are fewer draws."""
_FEWEST = 100


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What numbers are made from: pictures that have a score."""

    labels: Flags
    """Whether each is of the last class."""
    groups: NDArray[np.int32]
    rows: NDArray[np.void]
    """One `scores.SCORE` each."""

    @classmethod
    def of(
        cls, scores: Scores, labels: Flags, groups: NDArray[np.int32], places: Places | Flags | None = None
    ) -> Material:
        """Return the material of some places, or of all."""
        kept = np.flatnonzero(scores.scored) if places is None else np.arange(len(scores))[places]
        kept = kept[scores.scored[kept]]
        return cls(labels[kept], groups[kept], scores.rows[kept])

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def clean(self) -> int:
        """How many are not of the last class."""
        return int(np.count_nonzero(~self.labels))

    @property
    def logits(self) -> Floats:
        """The raw answer to each."""
        return np.asarray(self.rows["logit"])

    @property
    def probability(self) -> Floats:
        """The calibrated probability of each."""
        return np.asarray(self.rows["probability"])

    def share_of(self, which: Flags, threshold: float) -> Floats:
        """Return 1 where the probability reaches a threshold and 0 elsewhere; nan for all but `which`."""
        return np.where(which, self.probability >= threshold, np.nan)


def estimate(
    of: Material,
    means: Mapping[str, Floats],
    order: Mapping[str, OfOrder],
    *,
    resamples: int,
    seed: int,
) -> dict[str, Value]:
    """Return the mean of every column and every number about the order, all from the same draws of groups.

    Columns have nan where a picture has no part in them, and those without a number are left out; so are
    numbers about the order where one class alone is there.
    """
    columns = {name: values for name, values in means.items() if np.isfinite(values).any()}
    if not of.labels.any() or of.labels.all():
        order = {}
    if not columns:
        return {}
    known = np.stack([np.isfinite(values) for values in columns.values()], axis=1).astype(np.float64)
    sums = np.nan_to_num(np.stack(list(columns.values()), axis=1))
    ranking = Ranking(of.logits, of.labels)

    def statistic(weights: Floats) -> Floats:
        counts = ranking.counts(weights)
        told = [_divided(weights @ sums, weights @ known)]
        told += [number(counts)[:, None] for number in order.values()]
        return np.concatenate(told, axis=1)

    value = statistic(np.ones((1, len(of))))[0]
    draws = min(resamples, max(_FEWEST, _MOST_CELLS // len(of)))
    again = resample(of.groups, statistic, resamples=draws, seed=seed)
    found = {name: _value(value[at], again[:, at]) for at, name in enumerate((*columns, *order))}
    for name, values in columns.items():
        if _is_certain(values):
            # All or none of them: drawing again would give the same again.
            groups = len(np.unique(of.groups[np.isfinite(values)]))
            low, high = wilson(found[name].value or 0.0, groups)
            found[name] = Value(value=found[name].value, low=low, high=high)
    if {"recall", "fpr"} <= columns.keys():
        recall, fpr = (list(columns).index(name) for name in ("recall", "fpr"))
        balanced = (again[:, recall] + 1 - again[:, fpr]) / 2
        found["balanced_accuracy"] = _value((value[recall] + 1 - value[fpr]) / 2, balanced)
    return found


def number(value: float) -> float | None:
    """Return a number as documents have it: null for what is none."""
    return float(value) if math.isfinite(value) else None


def scaled(value: Value, factor: float) -> Value:
    """Return a value and its interval in another unit."""
    return Value(
        value=None if value.value is None else value.value * factor,
        low=None if value.low is None else value.low * factor,
        high=None if value.high is None else value.high * factor,
    )


def _value(value: float, again: Floats) -> Value:
    low, high = interval(again)
    return Value(value=number(value), low=number(low), high=number(high))


def _is_certain(values: Floats) -> bool:
    numbers = values[np.isfinite(values)]
    return bool((numbers == 0).all() or (numbers == 1).all())


def _divided(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))

"""How well scores put pictures in order: exact, with every tie counted as a tie.

Scores are sorted once. What counts at or above each distinct score is then two sums, which take any
weights: a bootstrap is the same numbers with other weights, hundreds of them at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What counts at or above each threshold, from the highest on; the first threshold lets nothing through.

    Sets of weights may stand in leading axes, and every number is then had for each of them.
    """

    hits: Floats
    """Positives that are let through, ... x thresholds."""
    alarms: Floats
    """Negatives that are let through, ... x thresholds."""

    @property
    def recall(self) -> Floats:
        """The share of the positives that each threshold lets through; nan without positives."""
        return _share(self.hits, self.hits[..., -1:])

    @property
    def fallout(self) -> Floats:
        """The share of the negatives that each threshold lets through; nan without negatives."""
        return _share(self.alarms, self.alarms[..., -1:])


class Ranking:
    """Scores put in order, with what each of them should have been."""

    def __init__(self, scores: ArrayLike, labels: ArrayLike) -> None:
        values = np.asarray(scores, np.float64)
        self._order = np.argsort(-values, kind="stable")
        self._positive = np.asarray(labels, np.bool_)[self._order]
        ordered = values[self._order]
        self._ends = np.flatnonzero(np.r_[ordered[1:] != ordered[:-1], True]) if len(ordered) else _NOWHERE
        self.thresholds: Floats = np.r_[np.inf, ordered[self._ends]].astype(np.float64)
        """Every distinct score from the highest on, after one that no score reaches."""

    def counts(self, weights: NDArray[Any] | None = None) -> Counts:
        """Return what counts at each threshold; `weights` are ... x scores, and 1 each unless given."""
        ordered = np.ones(len(self._order)) if weights is None else weights[..., self._order]
        return Counts(
            self._summed(np.where(self._positive, ordered, 0)),
            self._summed(np.where(self._positive, 0, ordered)),
        )

    def _summed(self, weights: NDArray[Any]) -> Floats:
        sums = np.cumsum(weights, axis=-1, dtype=np.float64)[..., self._ends]
        return np.concatenate([np.zeros((*sums.shape[:-1], 1)), sums], axis=-1)


def auc(counts: Counts) -> Floats:
    """Return the chance that a positive has a higher score than a negative, a tie being half."""
    heights = (counts.hits[..., 1:] + counts.hits[..., :-1]) / 2
    area = (heights * np.diff(counts.alarms)).sum(axis=-1)
    return _share(area, counts.hits[..., -1] * counts.alarms[..., -1])


def average_precision(counts: Counts) -> Floats:
    """Return the precision at each threshold, averaged by the positives that it adds."""
    found, seen = counts.hits[..., 1:], (counts.hits + counts.alarms)[..., 1:]
    precision = np.divide(found, seen, out=np.zeros_like(found), where=seen > 0)
    return _share((np.diff(counts.hits) * precision).sum(axis=-1), counts.hits[..., -1])


def tpr_at_fpr(counts: Counts, rate: float) -> Floats:
    """Return the largest recall of a threshold that lets at most a share `rate` of the negatives through.

    Nothing is interpolated: it is what one of the thresholds does.
    """
    allowed = counts.fallout <= rate
    recall = np.where(allowed, counts.recall, 0).max(axis=-1)
    lacking = np.isnan(counts.fallout[..., -1] + counts.recall[..., -1])
    return np.asarray(np.where(lacking, np.nan, recall))


def threshold_at_fpr(ranking: Ranking, rate: float) -> float:
    """Return the lowest threshold that lets at most a share `rate` of the negatives through."""
    allowed = np.flatnonzero(ranking.counts().fallout <= rate)
    return float(ranking.thresholds[allowed[-1]]) if len(allowed) else float("nan")


def equal_error_rate(counts: Counts) -> Floats:
    """Return where as many positives are missed as negatives raise alarms, on the ROC's straight lines."""
    alarms = counts.fallout
    gap = (1 - counts.recall) - alarms
    after = np.argmax(gap <= 0, axis=-1)[..., None]
    before = np.maximum(after - 1, 0)
    high, low = np.take_along_axis(gap, before, -1), np.take_along_axis(gap, after, -1)
    way = np.divide(high, high - low, out=np.zeros_like(high), where=high > low)
    first, second = np.take_along_axis(alarms, before, -1), np.take_along_axis(alarms, after, -1)
    return np.asarray((first + way * (second - first))[..., 0] + 0 * gap[..., -1])


def roc(counts: Counts, points: int | None = None) -> Floats:
    """Return the ROC, fallout and recall, thinned to about `points` that hardly move its line.

    Corners stay before all: a point within a straight line can go without loss.
    """
    line: Floats = np.stack([counts.fallout, counts.recall], axis=1)
    if len(line) > 2:
        steps = np.diff(line, axis=0)
        turns = steps[1:, 0] * steps[:-1, 1] != steps[1:, 1] * steps[:-1, 0]
        line = line[np.r_[True, turns, True]]
    if points is None or len(line) <= points:
        return line
    length = np.r_[0, np.cumsum(np.abs(np.diff(line, axis=0)).sum(axis=1))]
    kept = np.searchsorted(length, np.linspace(0, length[-1], points))
    return np.asarray(line[np.unique(np.r_[0, kept, len(line) - 1])])


def balanced_accuracy(flagged: ArrayLike, labels: ArrayLike) -> float:
    """Return the mean of the shares of positives that are flagged and of negatives that are not."""
    said, true = np.asarray(flagged, np.bool_), np.asarray(labels, np.bool_)
    if true.all() or not true.any():
        return float("nan")
    return float((said[true].mean() + (~said[~true]).mean()) / 2)


def _share(part: Floats, whole: Floats) -> Floats:
    whole = np.broadcast_to(whole, part.shape)
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))


_NOWHERE = np.empty(0, np.int64)

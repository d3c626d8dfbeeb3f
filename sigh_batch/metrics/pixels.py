"""How well a tamper map finds the changed pixels: exact at stated thresholds, by histogram at all others.

A picture of two million pixels becomes two short histograms that can be added to others, so that any
number of pictures fits in memory. Bins are the leading bits of the probability as a half-precision
number: 64 bins from each probability to its double, so that a map of small probabilities is resolved as
well as one of large ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigh_batch.metrics.ranking import Counts, auc

_DROPPED = 4
BINS = (0x3C00 >> _DROPPED) + 1
"""How many bins a histogram has: 0x3C00 is 1.0 in half precision."""

Histogram = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PixelCounts:
    """Pixels of one picture or of many, by what the map says of them."""

    changed: Histogram
    """Changed pixels by bin of their probability."""
    rest: Histogram
    """The others."""
    hits: Histogram
    """Changed pixels at or above each stated threshold."""
    alarms: Histogram
    """Others at or above it."""

    def __add__(self, other: PixelCounts) -> PixelCounts:
        return PixelCounts(
            self.changed + other.changed,
            self.rest + other.rest,
            self.hits + other.hits,
            self.alarms + other.alarms,
        )

    def f1(self) -> NDArray[np.float64]:
        """Return the F1 at each stated threshold; nan where nothing was changed and nothing found."""
        return f1_of(self.hits, self.alarms, self.changed.sum())

    def iou(self) -> NDArray[np.float64]:
        """Return the intersection over union at each stated threshold."""
        return iou_of(self.f1())

    def best_f1(self) -> float:
        """Return the F1 at the best of all thresholds, which nobody knows beforehand."""
        line = self.line()
        found = f1_of(line.hits[1:], line.alarms[1:], self.changed.sum())
        return float(found.max()) if self.changed.any() else float("nan")

    def best_iou(self) -> float:
        """Return the intersection over union at the best of all thresholds: the one that F1 is best at."""
        return float(iou_of(np.array(self.best_f1())))

    def area(self) -> float:
        """Return the AUC over pixels; nan where none or all were changed."""
        return float(auc(self.line()))

    def line(self) -> Counts:
        """Return what counts at the lower end of every bin, from the highest on."""
        hits, alarms = (
            np.r_[0.0, np.cumsum(histogram[::-1], dtype=np.float64)]
            for histogram in (self.changed, self.rest)
        )
        return Counts(hits, alarms)


def count_pixels(
    probabilities: NDArray[np.float32], changed: NDArray[np.bool_], thresholds: Sequence[float]
) -> PixelCounts:
    """Return the counts of one picture; both are height x width."""
    if probabilities.shape != changed.shape:
        raise ValueError(f"a map of {probabilities.shape} cannot be compared with a mask of {changed.shape}")
    place = np.clip(probabilities, 0, 1).astype(np.float16).view(np.uint16) >> _DROPPED
    of_changed = np.bincount(place[changed], minlength=BINS)
    lit = [probabilities >= threshold for threshold in thresholds]
    hits = np.array([np.count_nonzero(there & changed) for there in lit], np.int64)
    return PixelCounts(
        of_changed,
        np.bincount(place.ravel(), minlength=BINS) - of_changed,
        hits,
        np.array([np.count_nonzero(there) for there in lit], np.int64) - hits,
    )


def no_pixels(thresholds: int) -> PixelCounts:
    """Return the counts of nothing, to add to."""
    nothing = np.zeros(BINS, np.int64)
    none_at = np.zeros(thresholds, np.int64)
    return PixelCounts(nothing, nothing, none_at, none_at)


def f1_of(hits: NDArray[np.number], alarms: NDArray[np.number], changed: int) -> NDArray[np.float64]:
    """Return the F1 of counts; nan where nothing was changed and nothing found."""
    whole = np.asarray(hits + alarms + changed, np.float64)
    return np.asarray(np.divide(2.0 * hits, whole, out=np.full(whole.shape, np.nan), where=whole > 0))


def iou_of(f1: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the intersection over union that an F1 amounts to."""
    return f1 / (2 - f1)

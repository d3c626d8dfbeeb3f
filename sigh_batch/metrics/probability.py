"""Whether probabilities can be taken at their word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
By = Literal["width", "mass"]

_LEAST = 1e-12
"""No probability counts as surer than this, or one wrong answer would cost everything."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reliability:
    """Probabilities in bins, beside what came true."""

    edges: Floats
    """Ends of the bins, one more than there are bins; the last bin holds its upper end."""
    count: NDArray[np.int64]
    """How many each bin has."""
    probability: Floats
    """The mean of the probabilities of each; nan where it is empty."""
    share: Floats
    """The share of positives of each; nan where it is empty."""

    @property
    def gaps(self) -> Floats:
        """How far both are apart in each bin; 0 where it is empty."""
        return np.nan_to_num(np.abs(self.probability - self.share))


def nll(probabilities: ArrayLike, labels: ArrayLike) -> Floats:
    """Return the negative log-likelihood of every label, in nats."""
    true = np.where(np.asarray(labels, np.bool_), probabilities, 1 - np.asarray(probabilities, np.float64))
    return -np.log(np.maximum(true, _LEAST))


def brier(probabilities: ArrayLike, labels: ArrayLike) -> Floats:
    """Return the squared distance of every probability from its label."""
    return np.asarray((np.asarray(probabilities, np.float64) - np.asarray(labels, np.bool_)) ** 2)


def reliability(probabilities: ArrayLike, labels: ArrayLike, bins: int = 15, by: By = "width") -> Reliability:
    """Return the reliability of probabilities in bins of equal width, or of equally many.

    Of bins by mass there are fewer where values repeat: equal ones are never divided.
    """
    values, true = np.asarray(probabilities, np.float64), np.asarray(labels, np.bool_)
    edges = np.linspace(0, 1, bins + 1)
    if by == "mass" and len(values):
        ordered = np.sort(values)
        starts = ordered[np.arange(1, bins) * len(values) // bins]
        edges = np.unique(np.r_[0.0, starts, 1.0])
    place = bins_of(values, edges)
    count = np.bincount(place, minlength=len(edges) - 1)
    return Reliability(
        edges=edges,
        count=count,
        probability=_means(place, values, count),
        share=_means(place, true, count),
    )


def bins_of(values: ArrayLike, edges: Floats) -> NDArray[np.int64]:
    """Return the bin of each value; a bin holds its lower end, and the last one its upper end too."""
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)


def ece(found: Reliability) -> float:
    """Return the expected calibration error: the gaps, averaged by how many each bin has."""
    total = found.count.sum()
    return float((found.gaps * found.count).sum() / total) if total else float("nan")


def mce(found: Reliability, least: int = 1) -> float:
    """Return the largest gap of a bin that has at least so many."""
    gaps = found.gaps[found.count >= max(1, least)]
    return float(gaps.max()) if len(gaps) else float("nan")


def _means(place: NDArray[np.int64], values: NDArray[Any], count: NDArray[np.int64]) -> Floats:
    sums = np.bincount(place, weights=values, minlength=len(count))
    return np.asarray(np.divide(sums, count, out=np.full(len(count), np.nan), where=count > 0))

"""How well a model tells any number of classes apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PerClass:
    """Numbers of each class; nan where one cannot be had."""

    precision: Floats
    """Of what was said to be of the class, the share that is."""
    recall: Floats
    """Of what is of the class, the share that was said to be."""
    f1: Floats
    """The harmonic mean of both."""
    support: NDArray[np.int64]
    """How many there are."""


def confusion(truth: ArrayLike, said: ArrayLike, classes: int) -> NDArray[np.int64]:
    """Return how often each class was said of each: truth x said."""
    places = np.asarray(truth, np.int64) * classes + np.asarray(said, np.int64)
    return np.bincount(places, minlength=classes * classes).reshape(classes, classes)


def accuracy(matrix: NDArray[np.int64]) -> float:
    """Return the share of right answers."""
    total = matrix.sum()
    return float(np.trace(matrix) / total) if total else float("nan")


def balanced_accuracy(matrix: NDArray[np.int64]) -> float:
    """Return the mean recall of the classes that are there."""
    recall = per_class(matrix).recall
    known = recall[np.isfinite(recall)]
    return float(known.mean()) if len(known) else float("nan")


def per_class(matrix: NDArray[np.int64]) -> PerClass:
    """Return precision, recall and F1 of every class."""
    right, support, said = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    return PerClass(
        precision=_share(right, said),
        recall=_share(right, support),
        f1=_share(2 * right, support + said),
        support=support,
    )


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))

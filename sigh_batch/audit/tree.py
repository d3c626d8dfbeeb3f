"""Whether some numbers tell the classes apart: a boosted tree, tested on pairs that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from sigh_batch.rng import for_sample

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How well the classes can be told apart: 0.5 is a coin, 1 is always."""

    auc: float
    low: float
    high: float
    """Ends of the 95 % interval."""
    best: tuple[tuple[str, float], ...]
    """The features that alone tell most, with their AUC, turned so that it is at least 0.5."""


def tell_apart(
    numbers: Numbers,
    names: list[str],
    labels: NDArray[np.int8],
    pairs: NDArray[np.int64],
    *,
    folds: int,
    resamples: int,
) -> Telling:
    """Return how well a boosted tree tells the classes apart on pairs that it was not fitted on.

    There are two pairs at least; of fewer than `folds` each is a fold.
    """
    _, pairs = np.unique(pairs, return_inverse=True)
    folds = min(folds, int(pairs.max()) + 1)
    random = for_sample(0, "audit", 0).generator()
    fold = random.permutation(int(pairs.max()) + 1) % folds
    scores = np.empty(len(labels))
    # Its threads wait for each other in busy loops, which costs more than it gains on a machine that works.
    with threadpool_limits(1, user_api="openmp"):
        for part in range(folds):
            held = fold[pairs] == part
            scores[held] = _fit(numbers[~held], labels[~held]).predict_proba(numbers[held])[:, 1]
    low, high = _interval(scores, labels, pairs, resamples, random)
    alone = [(name, auc_of(numbers[:, place], labels)) for place, name in enumerate(names)]
    turned = sorted(((name, max(auc, 1 - auc)) for name, auc in alone), key=lambda item: -item[1])
    return Telling(auc=auc_of(scores, labels), low=low, high=high, best=tuple(turned[:3]))


def auc_of(scores: NDArray[Any], labels: NDArray[np.int8]) -> float:
    """Return the chance that a forged picture has a higher score than a clean one; a tie is half."""
    _, place, times = np.unique(scores, return_inverse=True, return_counts=True)
    rank = np.cumsum(times) - (times - 1) / 2
    forged = labels == 1
    many = int(forged.sum())
    others = len(labels) - many
    if not many or not others:
        return 0.5
    return float((rank[place[forged]].sum() - many * (many + 1) / 2) / (many * others))


def _fit(numbers: Numbers, labels: NDArray[np.int8]) -> HistGradientBoostingClassifier:
    tree = HistGradientBoostingClassifier(
        max_iter=120,
        learning_rate=0.08,
        max_leaf_nodes=15,
        # A tree that may not split is blind: of few pictures a leaf must be allowed to hold fewer.
        min_samples_leaf=max(2, min(20, len(labels) // 20)),
        random_state=0,
    )
    return tree.fit(numbers, labels)


def _interval(
    scores: NDArray[Any],
    labels: NDArray[np.int8],
    pairs: NDArray[np.int64],
    resamples: int,
    random: np.random.Generator,
) -> tuple[float, float]:
    """Draw whole pairs with replacement; a row counts as often as its pair was drawn."""
    order = np.argsort(scores, kind="stable")
    ordered, forged, owner = scores[order], labels[order] == 1, pairs[order]
    ends = np.flatnonzero(np.r_[ordered[1:] != ordered[:-1], True])
    many = int(pairs.max()) + 1
    found = []
    for _ in range(resamples):
        weight = np.bincount(random.integers(0, many, many), minlength=many)[owner]
        ones = np.cumsum(np.where(forged, weight, 0))[ends]
        zeros = np.cumsum(np.where(forged, 0, weight))[ends]
        if not ones[-1] or not zeros[-1]:
            continue
        area = np.trapezoid(np.r_[0, ones], np.r_[0, zeros])
        found.append(1 - area / (ones[-1] * zeros[-1]))
    low, high = np.percentile(found, (2.5, 97.5)) if found else (0.0, 1.0)
    return float(low), float(high)

"""Whether some numbers tell the classes apart: a boosted tree, tested on pairs that it has not seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from sigh_batch.metrics.ranking import Ranking, auc
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
    turned = sorted(((name, max(found, 1 - found)) for name, found in alone), key=lambda item: -item[1])
    return Telling(auc=auc_of(scores, labels), low=low, high=high, best=tuple(turned[:3]))


def auc_of(scores: NDArray[Any], labels: NDArray[np.int8]) -> float:
    """Return the chance that a forged picture has a higher score than a clean one; half of one kind alone."""
    found = float(auc(Ranking(scores, labels == 1).counts()))
    return 0.5 if math.isnan(found) else found


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
    ranking = Ranking(scores, labels == 1)
    many = int(pairs.max()) + 1
    found = []
    for _ in range(resamples):
        weight = np.bincount(random.integers(0, many, many), minlength=many)[pairs]
        found.append(float(auc(ranking.counts(weight))))
    told = [value for value in found if not math.isnan(value)]
    low, high = np.percentile(told, (2.5, 97.5)) if told else (0.0, 1.0)
    return float(low), float(high)

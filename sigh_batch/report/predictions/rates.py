"""How right scores are where true labels are known: the numbers of `metrics`, of any number of pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sigh_batch.evaluation.document import Bin
from sigh_batch.evaluation.numbers import tells
from sigh_batch.metrics import probability, ranking

RATES = (0.01, 0.001)
"""False-positive rates at which the share of forged pictures that are found is told."""
EXACT = 1_000_000
"""With more pictures than this, scores that differ by less than a ten-thousandth of their odds are equal."""
_POINTS = 200
_BITS = np.int32(~0x3FF)
_LEAST = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What scores and labels tell, free of any threshold."""

    numbers: dict[str, float]
    """By name: auc, ap, ece, brier, nll; tpr_at_fpr_0.01 and 0.001 where the clean ones are enough for it."""
    roc: tuple[tuple[float, float], ...]
    """False-positive and true-positive rate, thinned to what can be seen."""
    reliability: tuple[Bin, ...]
    """How far scores can be taken at their word."""


def rate_scores(scores: NDArray[np.float32], forged: NDArray[np.bool_]) -> Rates | None:
    """Return what scores are worth, or None where only one class is there."""
    if forged.all() or not forged.any():
        return None
    near = scores if len(scores) <= EXACT else _rounded(scores)
    ones, many = zip(
        *(np.unique(near[forged == label], return_counts=True) for label in (True, False)), strict=True
    )
    values = np.concatenate(ones)
    labels = np.repeat([True, False], [len(part) for part in ones])
    weights = np.concatenate(many).astype(np.float64)
    counts = ranking.Ranking(values, labels).counts(weights)
    numbers = {"auc": float(ranking.auc(counts)), "ap": float(ranking.average_precision(counts))}
    for rate in filter(partial(tells, int((~forged).sum())), RATES):
        numbers[f"tpr_at_fpr_{rate:g}"] = float(ranking.tpr_at_fpr(counts, rate))
    found = probability.reliability(scores, forged)
    sure = np.clip(values.astype(np.float64), _LEAST, 1 - _LEAST)
    numbers |= {
        "ece": probability.ece(found),
        "brier": float(np.average(probability.brier(values, labels), weights=weights)),
        "nll": float(np.average(probability.nll(sure, labels), weights=weights)),
    }
    line = ranking.roc(counts, _POINTS)
    return Rates(
        numbers=numbers,
        roc=tuple((round(float(fpr), 5), round(float(tpr), 5)) for fpr, tpr in line),
        reliability=_bars(found),
    )


def rate_verdicts(outcomes: Mapping[tuple[str, str], int]) -> dict[str, float]:
    """Return how right stored verdicts are: a flagged picture is called forged, and no other is.

    `outcomes` counts by true label and verdict; pictures that could not be read are left out.
    """
    hits, alarms = outcomes.get(("forged", "flagged"), 0), outcomes.get(("clean", "flagged"), 0)
    forged = hits + outcomes.get(("forged", "uncertain"), 0) + outcomes.get(("forged", "clean"), 0)
    clean = alarms + outcomes.get(("clean", "uncertain"), 0) + outcomes.get(("clean", "clean"), 0)
    found: dict[str, float] = {}
    if forged:
        found["recall"] = hits / forged
    if clean:
        found["fpr"] = alarms / clean
    if hits + alarms:
        found["precision"] = hits / (hits + alarms)
    if forged and clean:
        found["balanced_accuracy"] = (hits / forged + 1 - alarms / clean) / 2
        found["accuracy"] = (hits + clean - alarms) / (forged + clean)
        found["f1"] = 2 * hits / (hits + alarms + forged)
    return found


def _rounded(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return scores with fewer different values, as close to 0 as to 1."""
    high = scores >= np.float32(0.5)
    small = np.where(high, np.float32(1) - scores, scores)
    small = (small.view(np.int32) & _BITS).view(np.float32)
    return np.where(high, np.float32(1) - small, small)


def _bars(found: probability.Reliability) -> tuple[Bin, ...]:
    return tuple(
        Bin(
            low=float(found.edges[at]),
            high=float(found.edges[at + 1]),
            pictures=int(found.count[at]),
            mean_probability=float(found.probability[at]),
            share_forged=float(found.share[at]),
        )
        for at in np.flatnonzero(found.count)
    )

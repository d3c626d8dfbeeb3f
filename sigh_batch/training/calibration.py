"""How raw log-odds become probabilities and verdicts: fitted after training, on pictures that it never saw.

Straight lines over log-odds keep the order of the scores, have two numbers to get wrong, and can be read in
model.json. Half of the groups of the validation split are kept for this; the other half decides when
training stops and which weights are the best, so that neither choice flatters the other.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigh_batch.metrics.ranking import Ranking, auc, tpr_at_fpr
from sigh_batch.models.document import Calibration, Thresholds
from sigh_batch.models.probability import sigmoid

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def is_for_calibration(group: str) -> bool:
    """Return whether a group of the validation split is for calibration, and not for early stopping."""
    return hashlib.sha256(group.encode()).digest()[0] % 2 == 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldOut:
    """What a trained model says of the pictures that are kept for calibration."""

    logits: Floats
    """The raw answer to each picture: log-odds of being forged, or of the last class."""
    labels: Flags
    """Whether it is so."""
    split: str = "validation"
    """Where they come from."""
    map_logits: Floats | None = None
    """Raw log-odds of single pixels, of a model with a tamper map: all, or a fair draw of them."""
    map_labels: Flags | None = None
    """Whether those pixels were changed."""


FLAGGED_FPR = 0.01
UNCERTAIN_FPR = 0.05
STATED_FPR = (0.001, FLAGGED_FPR, UNCERTAIN_FPR)
"""The false-positive rates that thresholds are stated at; the second flags, the third begins the band."""

_STEPS = 100
_TAIL = 0.1
_LEAST_TAIL = 5
_LEAST_SCALE = 1e-3


def calibrate(held: HeldOut) -> tuple[Calibration, Thresholds] | None:
    """Fit how log-odds become probabilities and verdicts; None where a class is missing."""
    labels = held.labels
    if labels.all() or not labels.any():
        return None
    scale, shift = fit_line(held.logits, labels)
    map_scale, map_shift, pixel = 1.0, 0.0, 0.5
    if held.map_logits is not None and held.map_labels is not None and held.map_labels.any():
        map_scale, map_shift = fit_line(held.map_logits, held.map_labels)
        pixel = best_f1(sigmoid(map_scale * held.map_logits + map_shift), held.map_labels)
    numbers = [scale, shift, map_scale, map_shift]
    calibration = Calibration(
        id=hashlib.sha256(json.dumps(numbers).encode()).hexdigest()[:16],
        scale=scale,
        shift=shift,
        map_scale=map_scale,
        map_shift=map_shift,
        split=held.split,
        pictures=len(labels),
        metrics=_told_apart(held),
    )
    return calibration, _thresholds(scale * held.logits[~labels] + shift, pixel)


def fit_line(logits: Floats, labels: Flags) -> tuple[float, float]:
    """Return scale and shift under which the labels are the likeliest, by Newton's method.

    As Platt did, no picture counts as quite certain: of n of a class one in n + 2 is taken to be of the
    other. So a model that makes no mistake here is not believed without bounds, and few pictures less than
    many. The scale stays above 0, as a model's order is never turned round.
    """
    centre, spread = float(logits.mean()), float(logits.std()) or 1.0
    values = (logits - centre) / spread
    forged, clean = int(labels.sum()), int((~labels).sum())
    targets = np.where(labels, (forged + 1) / (forged + 2), 1 / (clean + 2))
    scale, shift = _newton(values, targets)
    if scale < _LEAST_SCALE:
        mean = float(targets.mean())
        scale, shift = _LEAST_SCALE, float(np.log(mean / (1 - mean)))
    return scale / spread, shift - scale * centre / spread


def log_loss(logits: Floats, targets: Floats | Flags) -> float:
    """Return the mean negative log-likelihood of targets from 0 to 1 under log-odds."""
    return float(np.mean(np.logaddexp(0, logits) - targets * logits))


def threshold_at(clean: Floats, fpr: float) -> float:
    """Return the log-odds that at most a share `fpr` of new clean pictures reaches, in expectation.

    `clean` are calibrated. Of n the k-th highest, with k = fpr * (n + 1), is passed by k in n + 1 new ones.
    Where n is too small for that, no clean picture reaches the threshold, nor does an exponential tail of the
    highest scores more often than it may; and it is never below even odds, against which so few cannot speak.
    """
    ranked = np.sort(clean)[::-1]
    rank = int(fpr * (len(ranked) + 1) + 1e-9)
    if rank:
        at = float(ranked[rank - 1])
        above = ranked[ranked > at]
        return (at + float(above[-1])) / 2 if len(above) else _beyond(at)
    tail = min(len(ranked), max(_LEAST_TAIL, int(_TAIL * len(ranked))))
    excess = float(np.mean(ranked[:tail] - ranked[tail - 1]))
    reached = float(ranked[tail - 1]) + excess * float(np.log(tail / (len(ranked) * fpr)))
    return max(_beyond(float(ranked[0])), reached, 0.0)


def best_f1(probabilities: Floats, labels: Flags) -> float:
    """Return the threshold whose F1 is the highest."""
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    hits = np.cumsum(labels[order])
    # Equal values fall on one side of any threshold: only the last of them is a place to cut.
    cuts = np.flatnonzero(np.append(ranked[1:] < ranked[:-1], True))
    scores = 2 * hits[cuts] / (cuts + 1 + hits[-1])
    cut = int(cuts[int(np.argmax(scores))])
    below = float(ranked[cut + 1]) if cut + 1 < len(ranked) else 0.0
    return (float(ranked[cut]) + below) / 2


def _told_apart(held: HeldOut) -> dict[str, float]:
    counts = Ranking(held.logits, held.labels).counts()
    rates = {f"tpr_at_fpr_{fpr:g}": float(tpr_at_fpr(counts, fpr)) for fpr in STATED_FPR}
    return {"auc": float(auc(counts)), **rates}


def _thresholds(clean: Floats, pixel: float) -> Thresholds:
    cuts = np.array([threshold_at(clean, fpr) for fpr in STATED_FPR])
    at = dict(zip(STATED_FPR, sigmoid(cuts).tolist(), strict=True))
    return Thresholds(
        low=at[UNCERTAIN_FPR],
        high=at[FLAGGED_FPR],
        at_fpr={f"{fpr:g}": value for fpr, value in at.items()},
        pixel=pixel,
        clean=len(clean),
        extrapolated=tuple(f"{fpr:g}" for fpr in STATED_FPR if fpr * (len(clean) + 1) < 1),
    )


def _beyond(logit: float) -> float:
    """Return log-odds that are clearly more, and not by rounding alone."""
    return logit + 0.01


def _newton(values: Floats, targets: Floats) -> tuple[float, float]:
    """Return the scale and shift of least loss; the loss is convex, and steps that overshoot are halved."""
    point = np.zeros(2)
    features = np.stack([values, np.ones_like(values)])
    loss = log_loss(point @ features, targets)
    for _ in range(_STEPS):
        probabilities = sigmoid(point @ features)
        gradient = features @ (probabilities - targets) / len(values)
        curvature = (features * (probabilities * (1 - probabilities))) @ features.T / len(values)
        step = np.linalg.solve(curvature + 1e-9 * np.eye(2), gradient)
        while (new := log_loss((point - step) @ features, targets)) > loss and np.abs(step).max() > 1e-12:
            step /= 2
        if new >= loss:
            break
        point, loss = point - step, new
    return float(point[0]), float(point[1])

"""From log-odds to probabilities: one function, so that thresholds and what is held against them agree."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sigh_batch.models.document import Calibration

_Kind = TypeVar("_Kind", bound=np.floating)

_EXTREME = 80.0


def calibrated(logit: float, calibration: Calibration | None) -> float:
    """Return the probability that log-odds stand for."""
    moved = logit if calibration is None else calibration.scale * logit + calibration.shift
    return float(sigmoid(np.asarray(moved, np.float64)))


def sigmoid(logits: NDArray[_Kind]) -> NDArray[_Kind]:
    """Return the probabilities of log-odds, in as many bits."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -_EXTREME, _EXTREME))), logits.dtype)

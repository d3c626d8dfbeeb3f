"""From log-odds to probabilities: one function, so that thresholds and what is held against them agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sigh_batch.models.document import Calibration

_EXTREME = 80.0


def calibrated(logit: float, calibration: Calibration | None) -> float:
    """Return the probability that log-odds stand for."""
    return float(sigmoid(logit if calibration is None else calibration.scale * logit + calibration.shift))


def sigmoid(logits: float | NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the probabilities of log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -_EXTREME, _EXTREME))))

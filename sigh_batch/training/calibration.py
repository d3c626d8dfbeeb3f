"""How raw log-odds become probabilities and verdicts: fitted after training, on pictures that it never saw.

Straight lines over log-odds keep the order of the scores, have two numbers to get wrong, and can be read in
model.json. Half of the groups of the validation split are kept for this; the other half decides when
training stops and which weights are the best, so that neither choice flatters the other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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

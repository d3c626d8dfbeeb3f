"""What every model can do once it is opened: score pictures, one by one or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sigh_batch.models.document import ModelDocument


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Score:
    """What a model says of one picture."""

    logit: float
    """The raw answer: the log-odds that the picture is forged, before calibration.

    Of a model with other classes: the log-odds of its last class.
    """
    probability: float
    """The calibrated probability of the same."""
    classes: tuple[float, ...]
    """The probability of every class of the model, in its order."""
    operations: tuple[float, ...] = ()
    """The probability of every operation that the model knows, in its order; empty where it knows none."""
    map: NDArray[np.float32] | None = None
    """The calibrated probability of every pixel, height x width, of a model that has a tamper map."""


class Detector(Protocol):
    """A model that is opened on a device, ready to score."""

    document: ModelDocument

    def score(self, pictures: Sequence[NDArray[np.uint8]], *, maps: bool = False) -> list[Score]:
        """Return a score for each picture: height x width x 3, RGB, of any sizes.

        What a picture is scored does not depend on those beside it, to 1e-5. `maps` asks for tamper maps.
        """

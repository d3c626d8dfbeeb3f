"""From pictures to scores, whatever engine computes the network.

Without torch, tiles can be scored: pictures of one size are made by it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sigh_batch.models.detector import Score
from sigh_batch.models.document import Calibration, ModelDocument
from sigh_batch.models.probability import calibrated, sigmoid

if TYPE_CHECKING:
    from torch import Tensor

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

Answer = Callable[["Tensor"], Floats]
"""Normalised pictures, N x 3 x height x width, in; logits, N x classes, out."""
Look = Callable[[Pixels], tuple[float, Floats, Floats]]
"""A picture in; its log-odds, those of each operation, and those of each pixel out."""

_BATCH = 32


class ClassesDetector:
    """A network over pictures of one size, with a logit a class."""

    def __init__(self, document: ModelDocument, answer: Answer) -> None:
        self.document = document
        self._answer = answer
        self._grey = bool(document.architecture.options.get("grayscale", False))

    def score(self, pictures: Sequence[Pixels], *, maps: bool = False) -> list[Score]:
        """Return a score for each picture; there is never a map."""
        from sigh_batch.models.inputs import inputs_of, normalised  # torch makes pictures of one size

        scores: list[Score] = []
        for start in range(0, len(pictures), _BATCH):
            inputs = inputs_of(pictures[start : start + _BATCH], self.document.geometry, self._grey)
            logits = self._answer(normalised(inputs, self.document.geometry))
            scores += [score_of(row, self.document.calibration) for row in logits.astype(np.float64)]
        return scores


class TilesDetector:
    """A network that reads every pixel at its own size, and says of each whether it was changed.

    With a pool, as many pictures are looked at side by side as it has threads.
    """

    def __init__(self, document: ModelDocument, look: Look, pool: Executor | None = None) -> None:
        self.document = document
        self._look = look
        self._each = pool.map if pool else map

    def score(self, pictures: Sequence[Pixels], *, maps: bool = False) -> list[Score]:
        """Return a score for each picture, and a tamper map where it is asked for."""
        return list(self._each(functools.partial(self._score, maps=maps), pictures))

    def _score(self, pixels: Pixels, *, maps: bool) -> Score:
        logit, operations, changed = self._look(pixels)
        calibration = self.document.calibration
        probability = calibrated(logit, calibration)
        found = None
        if maps:
            scale, shift = (calibration.map_scale, calibration.map_shift) if calibration else (1.0, 0.0)
            found = sigmoid(changed * np.float32(scale) + np.float32(shift))
        return Score(
            logit=logit,
            probability=probability,
            classes=(1 - probability, probability),
            operations=tuple(map(float, sigmoid(operations))),
            map=found,
        )


def score_of(logits: NDArray[np.float64], calibration: Calibration | None) -> Score:
    """Return the score of a picture from the logits of its classes.

    The log-odds of the last class are calibrated; the others share what is left as they shared it before.
    """
    others = logits[:-1] - logits[:-1].max()
    shares = np.exp(others)
    logit = float(logits[-1] - logits[:-1].max() - np.log(shares.sum()))
    probability = calibrated(logit, calibration)
    rest = (1 - probability) * shares / shares.sum()
    return Score(logit=logit, probability=probability, classes=(*map(float, rest), probability))

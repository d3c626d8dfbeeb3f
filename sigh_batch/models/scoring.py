"""From pictures to scores, whatever engine computes the network."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sigh_batch.models.detector import Score
from sigh_batch.models.document import Calibration, ModelDocument
from sigh_batch.models.inputs import inputs_of, normalised
from sigh_batch.models.probability import calibrated, sigmoid

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

Answer = Callable[[Tensor], Floats]
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
        scores: list[Score] = []
        for start in range(0, len(pictures), _BATCH):
            inputs = inputs_of(pictures[start : start + _BATCH], self.document.geometry, self._grey)
            logits = self._answer(normalised(inputs, self.document.geometry))
            scores += [score_of(row, self.document.calibration) for row in logits.astype(np.float64)]
        return scores


class TilesDetector:
    """A network that reads every pixel at its own size, and says of each whether it was changed."""

    def __init__(self, document: ModelDocument, look: Look) -> None:
        self.document = document
        self._look = look

    def score(self, pictures: Sequence[Pixels], *, maps: bool = False) -> list[Score]:
        """Return a score for each picture, and a tamper map where it is asked for."""
        return [self._score(pixels, maps) for pixels in pictures]

    def _score(self, pixels: Pixels, maps: bool) -> Score:
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


def answer_by_torch(network: nn.Module, device: torch.device) -> Answer:
    """Return what computes logits in torch: all 32 bits of a number, whatever the device would save on."""
    placed = _placed(network, device)

    def answer(pictures: Tensor) -> Floats:
        with torch.inference_mode(), torch.backends.cudnn.flags(allow_tf32=False):
            inputs = pictures.to(device).contiguous(memory_format=torch.channels_last)
            logits: Floats = placed(inputs).float().cpu().numpy()
            return logits

    return answer


def look_by_torch(network: nn.Module, device: torch.device) -> Look:
    """Return what looks at a picture in torch."""
    from sigh_batch.models.layers import fold
    from sigh_batch.models.tiles import TilesNetwork, look

    placed = _placed(copy.deepcopy(network), device)
    assert isinstance(placed, TilesNetwork)
    fold(placed)

    def answer(pixels: Pixels) -> tuple[float, Floats, Floats]:
        with torch.backends.cudnn.flags(allow_tf32=False):
            return look(placed, pixels)

    return answer


def _placed(network: nn.Module, device: torch.device) -> nn.Module:
    return network.to(memory_format=torch.channels_last).to(device).eval()

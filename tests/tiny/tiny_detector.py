"""A detector that calls bright pictures forged, and bright pixels changed, for tests of what carries it out.

TINY_MODEL is a JSON object: `seconds` to sleep a picture, `fails` on pictures of that width.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sigh_batch.models.detector import Detector, Score
from sigh_batch.models.document import ModelDocument
from sigh_batch.models.file import read_document
from sigh_batch.models.opening import model_store


class TinyDetector:
    """Log-odds are how much brighter than grey a picture is; a shade shifts them."""

    def __init__(self, document: ModelDocument) -> None:
        self.document = document
        self._shade = float(document.architecture.options.get("shade", 0.0))
        self._tricks = json.loads(os.environ.get("TINY_MODEL", "{}"))

    def score(self, pictures: Sequence[NDArray[np.uint8]], *, maps: bool = False) -> list[Score]:
        return [self._score(pixels, maps) for pixels in pictures]

    def _score(self, pixels: NDArray[np.uint8], maps: bool) -> Score:
        time.sleep(self._tricks.get("seconds", 0))
        if pixels.shape[1] == self._tricks.get("fails"):
            raise RuntimeError(f"no kernel for {pixels.shape[1]} pixels at {object()}")
        logit = (float(pixels.mean()) - 128) / 16 + self._shade
        probability = 1 / (1 + math.exp(-logit))
        return Score(
            logit=logit,
            probability=probability,
            classes=(1 - probability, probability),
            operations=(0.25, 0.75),
            map=(pixels.mean(axis=2) / 255).astype(np.float32) if maps else None,
        )


def open_tiny(url: str | None, store_config: Any = None, **_: Any) -> Detector:
    return TinyDetector(read_document(model_store(url, store_config)))

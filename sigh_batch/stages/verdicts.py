"""From what a model says of a picture to the columns that tell it: verdict, margin, boxes, map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigh_batch.config.predict import PredictConfig
from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError
from sigh_batch.models.detector import Score
from sigh_batch.models.document import ModelDocument
from sigh_batch.models.regions import find_regions
from sigh_batch.render.encode import grey_png

_EVEN = 0.5
"""Where a model that was never calibrated is cut in two."""
_DIGITS = 6
"""Digits of a probability that are kept: more of them differ from one processor to the next."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """The columns of one answer, and its tamper map."""

    row: Json
    probability: float
    low: float
    high: float
    pixel: float
    map: NDArray[np.float32] | None


class Judge:
    """Reads the answers of one model."""

    def __init__(self, config: PredictConfig, document: ModelDocument) -> None:
        found = document.thresholds
        self._config = config
        self._document = document
        self._low = config.low if config.low is not None else found.low if found else _EVEN
        self._high = config.high if config.high is not None else found.high if found else _EVEN
        self._pixel = found.pixel if found else _EVEN
        if self._low > self._high:
            raise ConfigError(
                f"pictures would be clean below {self._low} and flagged from {self._high} on; "
                "predict.low must not be above predict.high"
            )

    def judge(self, score: Score) -> Judged:
        """Return the columns of one answer."""
        document = self._document
        probability = _rounded(score.probability)
        row = {
            "model_id": document.name,
            "model_sha256": document.weights.sha256 if document.weights else None,
            "calibration_id": document.calibration.id if document.calibration else None,
            "score_raw": _rounded(score.logit),
            "class_probs": [
                (name, _rounded(value)) for name, value in zip(document.classes, score.classes, strict=True)
            ],
            **_verdict(probability, self._low, self._high),
        }
        if row["verdict"] != "clean":
            row["predicted_tamper_type"] = _likeliest(document.operations, score.operations)
        return _judged(self._config, row, probability, (self._low, self._high, self._pixel), score.map)


def fuse(config: PredictConfig, judged: Sequence[Judged]) -> Judged:
    """Return the answer of several models together: the mean of what they say.

    Their agreement is the share of them that come to the same verdict as all together.
    """
    probability = _rounded(_mean([one.probability for one in judged]))
    low, high, pixel = (
        _rounded(_mean([getattr(one, name) for one in judged])) for name in ("low", "high", "pixel")
    )
    row = _verdict(probability, low, high)
    row["agreement"] = _rounded(_mean([float(one.row["verdict"] == row["verdict"]) for one in judged]))
    types = [one.row.get("predicted_tamper_type") for one in judged if one.row.get("predicted_tamper_type")]
    if row["verdict"] != "clean" and types:
        row["predicted_tamper_type"] = max(types, key=lambda kind: (types.count(kind), -types.index(kind)))
    maps = [one.map for one in judged if one.map is not None]
    joined = np.asarray(np.mean(maps, axis=0, dtype=np.float32)) if maps else None
    return _judged(config, row, probability, (low, high, pixel), joined)


def map_png(probabilities: NDArray[np.float32]) -> bytes:
    """Return a tamper map as it is kept: a grey PNG, white where a pixel is surely changed."""
    return grey_png(np.rint(np.clip(probabilities, 0, 1) * 255).astype(np.uint8))


def _judged(
    config: PredictConfig,
    row: Json,
    probability: float,
    thresholds: tuple[float, float, float],
    tamper_map: NDArray[np.float32] | None,
) -> Judged:
    low, high, pixel = thresholds
    if tamper_map is not None and row["verdict"] != "clean":
        found = find_regions(tamper_map, pixel, most=config.regions, least_pixels=config.region_pixels)
        row["regions"] = [
            {"x": one.x, "y": one.y, "width": one.width, "height": one.height, "score": one.score}
            for one in found
        ]
    return Judged(row=row, probability=probability, low=low, high=high, pixel=pixel, map=tamper_map)


def _verdict(probability: float, low: float, high: float) -> Json:
    """Return the columns of a verdict; of one in doubt, `is_flagged` is null."""
    verdict = "flagged" if probability >= high else "clean" if probability < low else "uncertain"
    return {
        "p_tampered": probability,
        "threshold_low": low,
        "threshold_high": high,
        "verdict": verdict,
        "is_flagged": None if verdict == "uncertain" else verdict == "flagged",
        "margin": _rounded(min(abs(probability - low), abs(probability - high))),
    }


def _likeliest(names: Sequence[str], probabilities: Sequence[float]) -> str | None:
    return names[int(np.argmax(probabilities))] if names and probabilities else None


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _rounded(value: float) -> float:
    return round(float(value), _DIGITS)

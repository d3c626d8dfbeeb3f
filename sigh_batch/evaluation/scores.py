"""What models said of pictures, as columns: kept in parts, so that an evaluation can be gone on with."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigh_batch.errors import DataError, NotFound
from sigh_batch.metrics.pixels import BINS, PixelCounts, count_pixels, no_pixels
from sigh_batch.models.detector import Score
from sigh_batch.models.document import ModelDocument
from sigh_batch.store import Store

FIXED, CALIBRATED, ORACLE = range(3)
"""Thresholds of pixels: 0.5, the model's own, the best one for the picture."""

SCORE = np.dtype(
    [
        ("logit", np.float64),
        ("probability", np.float64),
        ("said", np.int16),
        ("f1", np.float32, 3),
        ("area", np.float32),
    ]
)
"""What one model said of one picture: 42 bytes. A logit is nan where the picture could not be scored."""


def pixel_thresholds(model: ModelDocument) -> tuple[float, float]:
    """Return the fixed and the calibrated threshold of a model's pixels."""
    return 0.5, model.thresholds.pixel if model.thresholds else 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What one model said of many pictures."""

    rows: NDArray[np.void]
    """One `SCORE` a picture."""
    classes: NDArray[np.float32]
    """Pictures x classes, of a model with more than two; of others no column."""
    pixels: PixelCounts
    """All their pixels together, scene-depth pairs left out."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Whether each picture could be scored."""
        return np.asarray(np.isfinite(self.rows["logit"]))


def no_scores(count: int, model: ModelDocument) -> Scores:
    """Return scores of pictures that were not looked at yet."""
    rows = np.zeros(count, SCORE)
    for name in ("logit", "probability", "f1", "area"):
        rows[name] = np.nan
    rows["said"] = -1
    columns = len(model.classes) if len(model.classes) > 2 else 0
    return Scores(rows, np.full((count, columns), np.nan, np.float32), no_pixels(2))


class ScoresBuilder:
    """Takes in what a model says of one picture after the other."""

    def __init__(self, count: int, model: ModelDocument) -> None:
        self._found = no_scores(count, model)
        self._thresholds = pixel_thresholds(model)
        self._pixels = self._found.pixels

    def put(
        self, place: int, score: Score, changed: NDArray[np.bool_] | None = None, *, counts: bool = True
    ) -> None:
        """Note a score; with a map and the truth about it, its pixels, which `counts` adds to all others."""
        row = self._found.rows[place]
        row["logit"], row["probability"] = score.logit, score.probability
        row["said"] = int(np.argmax(score.classes))
        if self._found.classes.shape[1]:
            self._found.classes[place] = score.classes
        if score.map is None or changed is None:
            return
        pixels = count_pixels(score.map, changed, self._thresholds)
        if counts:
            self._pixels = self._pixels + pixels
        if changed.any():
            row["f1"] = (*pixels.f1(), pixels.best_f1())
            row["area"] = pixels.area()

    def build(self) -> Scores:
        """Return all that was noted."""
        return Scores(self._found.rows, self._found.classes, self._pixels)


def joined(parts: Sequence[Scores]) -> Scores:
    """Return the scores of one model over all parts."""
    pixels = no_pixels(2)
    for part in parts:
        pixels = pixels + part.pixels
    return Scores(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.classes for part in parts]),
        pixels,
    )


def write_part(store: Store, key: str, scores: Iterable[Scores]) -> None:
    """Keep what each model said of a part of the pictures; equal scores are equal bytes."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for number, found in enumerate(scores):
        arrays[f"rows{number}"] = found.rows
        arrays[f"classes{number}"] = found.classes
        arrays[f"bins{number}"] = np.stack([found.pixels.changed, found.pixels.rest])
        arrays[f"at{number}"] = np.stack([found.pixels.hits, found.pixels.alarms])
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]  # its stubs take allow_pickle for an array
    store.put(key, out.getvalue())


def read_part(store: Store, key: str, models: int) -> list[Scores] | None:
    """Return what was kept of a part, None where it is not done yet; raises DataError for a damaged one."""
    try:
        data = store.get(key)
    except NotFound:
        return None
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return [_scores(arrays, number) for number in range(models)]
    except (ValueError, KeyError, OSError, EOFError) as error:
        raise DataError(f"{key} in {store.url} is damaged ({error}); delete it and run again") from error


def _scores(arrays: np.lib.npyio.NpzFile, number: int) -> Scores:
    rows, bins, at = arrays[f"rows{number}"], arrays[f"bins{number}"], arrays[f"at{number}"]
    if rows.dtype != SCORE or bins.shape != (2, BINS):
        raise ValueError("it was written by another version")
    return Scores(rows, arrays[f"classes{number}"], PixelCounts(bins[0], bins[1], at[0], at[1]))

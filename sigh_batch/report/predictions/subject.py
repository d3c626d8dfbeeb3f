"""Whose answer a report is about: the rows of one model, or those that join several."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sigh_batch.report.predictions.table import PredictionTable, float_values

FORGED = "forged"
CLEAN = "clean"
_CLASSES = pa.array([CLEAN, FORGED])
_COLUMNS = ("model_id", "model_sha256", "verdict", "threshold_low", "threshold_high", "label_true")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the first look at a table tells."""

    models: tuple[str, ...]
    """Names of all models, in the order of their first rows."""
    model: str | None
    """The model that the report is about; None where rows join several."""
    low: float | None
    """Below it a picture is called clean; None where no row has thresholds."""
    high: float | None
    """From here on a picture is called flagged."""
    bands: int
    """How many pairs of thresholds there are; the most frequent one is above."""
    labelled: bool
    """Whether any picture is known to be forged or clean."""
    hashes: dict[str, str]
    """Hash of the weights of every model, as far as rows tell."""

    def pick(self, batch: pa.RecordBatch) -> NDArray[np.bool_]:
        """Return which rows of a batch stand for a picture: one each."""
        names = batch.column("model_id")
        chosen = pc.is_null(names) if self.model is None else pc.fill_null(pc.equal(names, self.model), True)
        return np.asarray(chosen.to_numpy(zero_copy_only=False), bool)


def find_subject(table: PredictionTable) -> Subject:
    """Look over a table once.

    Several models without rows that join them are an evaluation: its first model is the one in question.
    Rows of no model that failed stand for a picture that nobody could read.
    """
    models: dict[str, None] = {}
    bands: dict[str | None, Counter[tuple[float, float]]] = {}
    hashes: dict[str, str] = {}
    labelled = joined = False
    for _, batch in table.scan(_COLUMNS):
        names = pc.dictionary_encode(batch.column("model_id"), null_encoding="encode")
        spoken = np.asarray(pc.not_equal(batch.column("verdict"), "error").to_numpy(zero_copy_only=False))
        codes = np.asarray(names.indices.to_numpy(zero_copy_only=False))
        low, high = float_values(batch.column("threshold_low")), float_values(batch.column("threshold_high"))
        for code, name in enumerate(names.dictionary.to_pylist()):
            mine = (codes == code) & spoken
            if name is not None:
                if name not in models:
                    hashes[name] = batch.column("model_sha256")[int(np.argmax(codes == code))].as_py()
                models[name] = None
            elif mine.any():
                joined = True
            known = mine & ~np.isnan(low) & ~np.isnan(high)
            pairs, counts = np.unique(np.stack([low[known], high[known]], 1), axis=0, return_counts=True)
            found = bands.setdefault(name, Counter())
            for (least, most), count in zip(pairs.tolist(), counts.tolist(), strict=True):
                found[least, most] += count
        labelled = (
            labelled or pc.any(pc.is_in(batch.column("label_true"), value_set=_CLASSES)).as_py() is True
        )
    model = None if joined or not models else next(iter(models))
    found = bands.get(model, Counter())
    (low_, high_), _ = found.most_common(1)[0] if found else ((None, None), 0)
    return Subject(
        models=tuple(models),
        model=model,
        low=low_,
        high=high_,
        bands=len(found),
        labelled=labelled,
        hashes={name: known for name, known in hashes.items() if known},
    )

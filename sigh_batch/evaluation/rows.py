"""Rows of predictions: what a model said of a picture, with what is true of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sigh_batch.data.objects import new_folder, open_object
from sigh_batch.data.predictions import PREDICTION, PREDICTIONS_KEY, SCHEMA_VERSION
from sigh_batch.data.sample import Json
from sigh_batch.errors import UnreadablePicture
from sigh_batch.evaluation.subject import Shown
from sigh_batch.models.detector import Score
from sigh_batch.models.document import ModelDocument
from sigh_batch.sources.magic import kind_of
from sigh_batch.stages.verdicts import Judge
from sigh_batch.store import Store

_GROUP = 4096


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Where a model's verdicts begin; 0.5 for both of a model that was never calibrated."""

    low: float
    high: float

    @classmethod
    def of(cls, model: ModelDocument) -> Verdicts:
        """Return those of a model."""
        found = model.thresholds
        return cls(found.low, found.high) if found else cls(0.5, 0.5)


def scored_row(run: str, judge: Judge, model: ModelDocument, shown: Shown, score: Score) -> Json:
    """Return the row of a picture that was scored, with the verdict in the words of `sigh predict`."""
    height, width = shown.pixels.shape[:2]
    return {
        **_head(run, model, shown.path),
        **shown.told,
        "sha256": hashlib.sha256(shown.data).hexdigest(),
        "bytes": len(shown.data),
        "mime": f"image/{kind_of(shown.data)}",
        "width": width,
        "height": height,
        "decode_status": "ok",
        **judge.judge(score).row,
    }


def failed_row(run: str, model: ModelDocument, told: Json, error: UnreadablePicture) -> Json:
    """Return the row of a picture that could not be read."""
    return {
        **_head(run, model, told["path"]),
        **told,
        "decode_status": "error",
        "error_code": error.code,
        "error_message": str(error),
        "verdict": "error",
    }


def write_rows(store: Store, key: str, rows: list[Json]) -> None:
    """Keep the rows of a part."""
    out = pa.BufferOutputStream()
    with _writer(out) as writer:
        writer.write_table(pa.Table.from_pylist(rows, PREDICTION), row_group_size=_GROUP)
    store.put(key, out.getvalue().to_pybytes())


def join_rows(store: Store, keys: list[str], more: Mapping[str, Json]) -> None:
    """Write predictions.parquet from the rows of all parts, one part in memory at a time.

    `more` are further columns of some rows, by their ids.
    """
    with new_folder(store.scratch) as folder:
        path = Path(folder, PREDICTIONS_KEY)
        with _writer(str(path)) as writer:
            for key in keys:
                table = _with_more(pq.read_table(open_object(store, key)), more)
                writer.write_table(table, row_group_size=_GROUP)
        store.put_file(PREDICTIONS_KEY, path)


def row_id(path: str, model: ModelDocument) -> str:
    """Return the id of the row of a picture and a model."""
    weights = model.weights.sha256 if model.weights else ""
    return hashlib.sha256(f"{path}\0{weights}".encode()).hexdigest()[:16]


def _with_more(table: pa.Table, more: Mapping[str, Json]) -> pa.Table:
    told = [more.get(name, {}) for name in table.column("row_id").to_pylist()]
    for name in sorted({name for one in told for name in one}):
        field = PREDICTION.field(name)
        column = pa.array([one.get(name) for one in told], field.type)
        table = table.set_column(PREDICTION.get_field_index(name), field, column)
    return table


def _writer(sink: Any) -> pq.ParquetWriter:
    described = PREDICTION.with_metadata({"sigh.schema": str(SCHEMA_VERSION)})
    return pq.ParquetWriter(sink, described, version="2.6", compression="zstd", compression_level=1)


def _head(run: str, model: ModelDocument, path: str) -> Json:
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run,
        "row_id": row_id(path, model),
        "path": path,
        "model_id": model.name,
        "model_sha256": model.weights.sha256 if model.weights else None,
        "calibration_id": model.calibration.id if model.calibration else None,
    }

"""The rows of predictions: one a picture and model, and where several models looked, one that joins them.

Their column names do not change; columns may be added. `predictions.parquet` has them all.
"""

from __future__ import annotations

import pyarrow as pa

PREDICTIONS_KEY = "predictions.parquet"
SCHEMA_VERSION = 1

REGION = pa.struct(
    [
        ("x", pa.int32()),
        ("y", pa.int32()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("score", pa.float32()),
    ]
)
"""A box that the tamper map lights up in, and the mean probability of its lit pixels."""

PREDICTION = pa.schema(
    [
        pa.field("schema_version", pa.int32(), nullable=False),
        pa.field("run_id", pa.string(), nullable=False),
        pa.field("row_id", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("id", pa.string()),  # what a table calls it
        pa.field("sha256", pa.string()),
        pa.field("bytes", pa.int64()),
        pa.field("mime", pa.string()),
        pa.field("width", pa.int32()),
        pa.field("height", pa.int32()),
        pa.field("decode_status", pa.string(), nullable=False),  # ok | error
        pa.field("error_code", pa.string()),
        pa.field("error_message", pa.string()),
        pa.field("model_id", pa.string()),  # null in the row that joins several models
        pa.field("model_sha256", pa.string()),
        pa.field("calibration_id", pa.string()),
        pa.field("score_raw", pa.float32()),
        pa.field("p_tampered", pa.float32()),
        pa.field("threshold_low", pa.float32()),
        pa.field("threshold_high", pa.float32()),
        pa.field("verdict", pa.string(), nullable=False),  # clean | uncertain | flagged | error
        pa.field("is_flagged", pa.bool_()),
        pa.field("margin", pa.float32()),  # how far it is to the nearer threshold
        pa.field("agreement", pa.float32()),  # share of the models that come to the joint verdict
        pa.field("class_probs", pa.map_(pa.string(), pa.float32())),
        pa.field("predicted_tamper_type", pa.string()),
        pa.field("regions", pa.list_(REGION)),
        pa.field("heatmap_path", pa.string()),
        pa.field("heatmap_sha256", pa.string()),
        pa.field(
            "truth_path", pa.string()
        ),  # the mask of the pixels that were truly changed, where it is kept
        pa.field("truth_sha256", pa.string()),
        pa.field("phash", pa.string()),
        pa.field("exif", pa.map_(pa.string(), pa.string())),
        pa.field("software_tag", pa.string()),
        pa.field("digital_source_type", pa.string()),
        pa.field("jpeg_quality", pa.int32()),
        pa.field("jpeg_tables_sha256", pa.string()),
        pa.field("jpeg_subsampling", pa.string()),
        pa.field("c2pa_status", pa.string()),  # absent | present | valid | invalid | untrusted | error
        pa.field("c2pa_summary", pa.string()),
        pa.field("label_true", pa.string()),
        pa.field("label_source", pa.string()),
        pa.field("split", pa.string()),
        pa.field("source_id", pa.string()),
        pa.field("tamper_params", pa.string()),  # the operations of a set of ours, as JSON
    ]
)
"""The columns of predictions.parquet. Times, devices and host names are in the logs: rows are the same
whoever makes them, so that a killed run and an undisturbed one give equal bytes."""

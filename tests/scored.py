"""Predictions as a run leaves them: rows over small chat pictures, with maps and the pictures themselves."""

from __future__ import annotations

import functools
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from sigh_batch.data.predictions import PREDICTION, PREDICTIONS_KEY, SCHEMA_VERSION
from sigh_batch.evaluation.document import (
    EVALUATION_KEY,
    Bin,
    Curve,
    Evaluated,
    Evaluation,
    Point,
    Slice,
    Target,
    Value,
)
from sigh_batch.store import Store
from tests.pictures import draw_chat, draw_forged_chat

LOW, HIGH = 0.25, 0.75
HASHES = {"tiles": "ab" * 32, "resnet50": "cd" * 32}
PICTURES = "pictures"
Row = dict[str, Any]


@functools.lru_cache(maxsize=16)
def _picture(number: int) -> tuple[bytes, int, int]:
    sample = draw_forged_chat(number) if number % 2 else draw_chat(number)
    return sample.image, sample.width, sample.height


@functools.lru_cache(maxsize=1)
def _map() -> bytes:
    levels = np.zeros((40, 30), np.uint8)
    levels[10:20, 5:25] = 230
    out = io.BytesIO()
    Image.fromarray(levels).save(out, "PNG")
    return out.getvalue()


def verdict_of(score: float) -> str:
    """Return what a score means with the thresholds of these rows."""
    return "flagged" if score >= HIGH else "clean" if score < LOW else "uncertain"


def score_of(number: int, model: int = 0) -> float:
    """Return a score that mostly fits the picture: odd ones are forged; the models differ a little."""
    drawn = np.random.default_rng([number, model]).normal(2.5 if number % 2 else -2.5, 1.6 + model)
    return float(np.float32(1 / (1 + np.exp(-drawn))))


def make_row(number: int, **changes: Any) -> Row:
    """Return the row of a picture, as one model makes it."""
    image, width, height = _picture(number % 8)
    score = float(np.float32(changes.get("p_tampered", score_of(number))))
    verdict = verdict_of(score)
    forged = number % 2 == 1
    row: Row = {
        "schema_version": SCHEMA_VERSION,
        "run_id": "00c0ffee",
        "row_id": f"{number:09d}",
        "path": f"{'in' if forged else 'box'}/chat {number:04d}.png",
        "sha256": hashlib.sha256(image).hexdigest(),
        "bytes": len(image),
        "mime": "image/png",
        "width": width,
        "height": height,
        "decode_status": "ok",
        "model_id": "tiles",
        "model_sha256": HASHES["tiles"],
        "calibration_id": "c0ffee",
        "score_raw": float(np.log(score / max(1e-7, 1 - score))),
        "p_tampered": score,
        "threshold_low": LOW,
        "threshold_high": HIGH,
        "verdict": verdict,
        "is_flagged": None if verdict == "uncertain" else verdict == "flagged",
        "margin": min(abs(score - LOW), abs(score - HIGH)),
        "class_probs": [("clean", 1 - score), ("forged", score)],
        "predicted_tamper_type": "text_replace" if verdict != "clean" else None,
        "regions": [{"x": 40, "y": 80, "width": 200, "height": 60, "score": 0.9}]
        if verdict == "flagged"
        else [],
        "heatmap_path": "maps/a.png" if verdict != "clean" else None,
        "heatmap_sha256": hashlib.sha256(_map()).hexdigest() if verdict != "clean" else None,
        "phash": f"{number:016x}",
        "exif": [("Software", "Painter 7")],
        "software_tag": "Painter 7",
        "c2pa_status": "absent",
        "label_true": "forged" if forged else "clean",
        "label_source": "manifest",
        "split": "test",
        "source_id": f"talk-{number // 2}",
        "tamper_params": json.dumps([{"type": "text_replace", "old": "5", "new": "50"}]) if forged else None,
    }
    return row | changes


def with_truth(row: Row) -> Row:
    """Return a row as an evaluation keeps that of an example: with map and true mask."""
    sha256 = hashlib.sha256(_map()).hexdigest()
    kept = {"heatmap_path": "maps/a.png", "heatmap_sha256": sha256, "truth_path": "maps/a.png"}
    return row | kept | {"truth_sha256": sha256}


def make_failed(number: int, **changes: Any) -> Row:
    """Return the row of a file that could not be read."""
    kept = ("schema_version", "run_id", "row_id", "path", "bytes", "label_true")
    row = {name: value for name, value in make_row(number).items() if name in kept}
    told = {
        "decode_status": "error",
        "error_code": "truncated_image",
        "error_message": "it is cut off: its 12 bytes end before the picture does",
        "verdict": "error",
    }
    return row | told | changes


def make_rows(count: int, *, failed: int = 0, labels: bool = True) -> list[Row]:
    """Return the rows of one model over some pictures, and of some that failed."""
    rows = [make_row(number) for number in range(count)]
    rows += [make_failed(count + number) for number in range(failed)]
    return rows if labels else [row | {"label_true": None, "tamper_params": None} for row in rows]


def make_joined(count: int, models: Sequence[str] = ("tiles", "resnet50")) -> list[Row]:
    """Return the rows of several models, and after those of a picture the one that joins them."""
    rows = []
    for number in range(count):
        scores = [score_of(number, at) for at in range(len(models))]
        for at, (model, score) in enumerate(zip(models, scores, strict=True)):
            rows.append(
                make_row(number, p_tampered=score, model_id=model, row_id=f"{number:09d}-{at}")
                | {"model_sha256": HASHES.get(model, f"{at:02d}" * 32)}
            )
        rows.append(make_row(number, p_tampered=float(np.mean(scores)), model_id=None, model_sha256=None))
    return rows


def write_predictions(
    store: Store, rows: Sequence[Row], *, group: int = 64, pictures: bool = True
) -> Sequence[Row]:
    """Write rows as a run does, with the maps and, below pictures/, the pictures."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(list(rows), PREDICTION), sink, row_group_size=group)
    store.put(PREDICTIONS_KEY, sink.getvalue().to_pybytes())
    store.put("maps/a.png", _map())
    if pictures:
        for row in rows:
            if row["verdict"] != "error":
                number = int(row["row_id"].partition("-")[0])
                store.put(f"{PICTURES}/{row['path']}", _picture(number % 8)[0])
    return rows


def make_evaluation(change: Callable[[Evaluation], Evaluation] = lambda made: made) -> Evaluation:
    """Return what an evaluation of two models could have found."""
    curve = Curve(
        degradation="jpeg",
        points=tuple(
            Point(strength=quality, label=f"jpeg {quality}", metrics={"auc": _value(quality / 100)})
            for quality in (95, 80, 65)
        ),
    )
    slices = tuple(
        Slice(by=by, name=name, pictures=50, forged=20, metrics={"auc": _value(auc), "fpr": _value(1 - auc)})
        for by, name, auc in (
            ("operation", "splice", 0.9),
            ("operation", "cover", 0.7),
            ("locale", "ar_EG", 0.8),
        )
    )
    bins = tuple(
        Bin(low=at / 4, high=(at + 1) / 4, pictures=20, mean_probability=at / 4 + 0.1, share_forged=at / 4)
        for at in range(4)
    )
    first = Evaluated(
        model="tiles",
        model_sha256=HASHES["tiles"],
        pictures=100,
        failed=1,
        forged=40,
        metrics={"auc": _value(0.97), "ece": _value(0.02), "pixel_f1_calibrated": _value(0.8)},
        scene_depth={"auc": _value(0.51)},
        slices=slices,
        reliability=bins,
        curves=(curve,),
        roc=((0.0, 0.0), (0.01, 0.9), (1.0, 1.0)),
    )
    second = first.model_copy(
        update={
            "model": "resnet50",
            "model_sha256": HASHES["resnet50"],
            "metrics": {"auc": _value(0.71)},
            "slices": (),
        }
    )
    targets = (
        Target(name="AUC", metric="auc", wanted=0.95, at_least=True, reached=_value(0.97)),
        Target(name="ECE", metric="ece", wanted=0.01, at_least=False, reached=_value(0.02)),
    )
    made = Evaluation(
        data="/data/ds",
        data_identity="1a2b3c4d",
        split="test",
        models=(first, second),
        targets=targets,
        command="sigh evaluate --model ./m --data /data/ds --out ./e",
    )
    return change(made)


def write_evaluation(store: Store, evaluation: Evaluation) -> None:
    """Put an evaluation where the report looks for it."""
    store.put(EVALUATION_KEY, evaluation.model_dump_json().encode())


def _value(number: float) -> Value:
    return Value(value=number, low=number - 0.01, high=number + 0.01)

"""What a page holds of one picture: its score, boxes and the facts that a second examiner needs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sigh_batch.report.page import format_bytes
from sigh_batch.report.predictions.shots import Shot
from sigh_batch.report.predictions.words import C2PA_WORDS, POOL_WORDS, say_operation

Fact = tuple[str, str]
_MOST_EXIF = 24
_LONGEST = 1100
_LONGEST_TAG = 160
_MOST_BOXES = 30
_MOST_CLASSES = 8


def describe_row(
    row: Mapping[str, Any], pool: str, shot: Shot, others: Sequence[tuple[str, float, str]]
) -> dict[str, Any]:
    """Return the data of a card, as the page's script reads it.

    `others` are the scores and verdicts of single models, where the row joins several.
    """
    return {
        "path": row["path"],
        "p": _rounded(row["p_tampered"]),
        "verdict": row["verdict"],
        "label": row["label_true"],
        "type": say_operation(row["predicted_tamper_type"]) if row["predicted_tamper_type"] else None,
        "mime": row["mime"],
        "width": row["width"] or shot.width or 1,
        "height": row["height"] or shot.height or 1,
        "boxes": [_box(region) for region in (row["regions"] or [])[:_MOST_BOXES]],
        "span": round(max(p for _, p, _ in others) - min(p for _, p, _ in others), 4) if others else None,
        "others": [(name, _rounded(p), verdict) for name, p, verdict in others],
        "notes": list(shot.notes),
        "mask": "kept" if shot.truth else None,
        "facts": [[title, facts] for title, facts in _facts(row, pool) if facts],
    }


def _box(region: Mapping[str, Any]) -> list[float]:
    return [*(int(region[name]) for name in ("x", "y", "width", "height")), _rounded(region["score"]) or 0.0]


def _facts(row: Mapping[str, Any], pool: str) -> list[tuple[str, list[Fact]]]:
    return [
        ("Why it is here", [("Chosen as", POOL_WORDS[pool])]),
        ("Truth, as the data says", _truth(row)),
        ("Score", _score(row)),
        ("File", _file(row)),
        ("Made with", _origin(row)),
        ("EXIF", _exif(row["exif"])),
    ]


def _truth(row: Mapping[str, Any]) -> list[Fact]:
    if row["label_true"] is None:
        return []
    facts = [("Label", row["label_true"]), ("Said by", row["label_source"]), ("Split", row["split"])]
    facts += [("Group", row["source_id"])]
    for step in _operations(row["tamper_params"]):
        told = ", ".join(f"{step[name]}" for name in ("skill", "tool") if step.get(name))
        words = f"{say_operation(str(step.get('type', '')))}{f' ({told})' if told else ''}"
        facts.append(("Edit", words))
        if step.get("old") is not None or step.get("new") is not None:
            facts.append(("Words", f"{step.get('old') or ''} → {step.get('new') or ''}"))
    return _present(facts)


def _operations(text: str | None) -> list[dict[str, Any]]:
    try:
        found = json.loads(text) if text else []
    except ValueError:
        return []
    return [step for step in found if isinstance(step, dict)] if isinstance(found, list) else []


def _score(row: Mapping[str, Any]) -> list[Fact]:
    classes = sorted(row["class_probs"] or (), key=lambda pair: -(pair[1] or 0.0))[:_MOST_CLASSES]
    return _present(
        [
            ("Probability of an edit", _number(row["p_tampered"])),
            ("Distance to the nearer threshold", _number(row["margin"])),
            ("Before calibration", _number(row["score_raw"])),
            ("Thresholds", _pair(row["threshold_low"], row["threshold_high"])),
            ("Agreement of models", _number(row["agreement"])),
            *((f"Class {name}", _number(p)) for name, p in classes),
            ("Model", row["model_id"]),
            ("Model sha256", row["model_sha256"]),
            ("Calibration", row["calibration_id"]),
            ("Tamper map", row["heatmap_path"]),
            ("Tamper map sha256", row["heatmap_sha256"]),
            ("True mask", row["truth_path"]),
            ("True mask sha256", row["truth_sha256"]),
        ]
    )


def _file(row: Mapping[str, Any]) -> list[Fact]:
    size = f"{row['bytes']:,} bytes ({format_bytes(row['bytes'])})" if row["bytes"] is not None else None
    shape = f"{row['width']} \u00d7 {row['height']} px" if row["width"] and row["height"] else None
    return _present(
        [
            ("Path", row["path"]),
            ("sha256", row["sha256"]),
            ("Perceptual hash", row["phash"]),
            ("Size", size),
            ("Kind", row["mime"]),
            ("Dimensions", shape),
            ("JPEG quality", f"about {row['jpeg_quality']}" if row["jpeg_quality"] is not None else None),
            ("JPEG subsampling", row["jpeg_subsampling"]),
            ("JPEG tables sha256", row["jpeg_tables_sha256"]),
        ]
    )


def _origin(row: Mapping[str, Any]) -> list[Fact]:
    status = row["c2pa_status"]
    return _present(
        [
            ("Software", row["software_tag"]),
            ("Digital source type", row["digital_source_type"]),
            ("Content credentials (C2PA)", C2PA_WORDS.get(status, status) if status else None),
            ("C2PA says", row["c2pa_summary"]),
        ]
    )


def _exif(tags: Sequence[tuple[str, str]] | None) -> list[Fact]:
    found = [(_cut(str(name), _LONGEST_TAG), _cut(str(value), _LONGEST_TAG)) for name, value in tags or ()]
    facts = _present(found[:_MOST_EXIF])
    if len(found) > _MOST_EXIF:
        facts.append(("and more", f"{len(found) - _MOST_EXIF} tags; predictions.parquet has them all"))
    return facts


def _present(facts: Sequence[tuple[str, Any]]) -> list[Fact]:
    """Return the facts that are known, each cut to what a panel can show."""
    return [(_cut(name), _cut(str(value))) for name, value in facts if value is not None and value != ""]


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.4g}"


def _pair(low: float | None, high: float | None) -> str | None:
    return None if low is None or high is None else f"{low:.4g} and {high:.4g}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 5)

"""A training in plain text, as people who tune by hand like to read it, and the same as JSON.

Every number comes from what the run stored: its log of metrics and the document of its model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sigh_batch.data.predictions import PREDICTIONS_KEY
from sigh_batch.data.trained import METRICS_KEY, MODEL_KEY
from sigh_batch.errors import DataError, NotFound
from sigh_batch.store import Store

REPORT_KEY = "report/training_report.txt"
HISTORY_KEY = "report/checkpoint_history.txt"
JSON_KEY = "report/training.json"
RULE = "=" * 72
_VALIDATION = "validation/"


def is_training(store: Store) -> bool:
    """Return whether a training lies in a store, and no predictions."""
    return store.stat(METRICS_KEY) is not None and store.stat(PREDICTIONS_KEY) is None


def write_training(store: Store) -> str:
    """Write the reports of a finished training and return where the first one is.

    Raises NotFound where it has no model yet, DataError where its log is damaged.
    """
    try:
        model = json.loads(store.get(MODEL_KEY))
    except NotFound:
        raise NotFound(f"the training in {store.url} is not finished: no {MODEL_KEY} yet") from None
    told = {
        "model": model["name"],
        "best_step": model["training"].get("best_step"),
        "steps": model["training"].get("steps_made"),
        "metrics": model["metrics"],
        "history": _history(store),
        "settings": model["training"],
        "versions": model["versions"],
    }
    store.put(JSON_KEY, (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode())
    store.put(HISTORY_KEY, _history_text(told).encode())
    store.put(REPORT_KEY, _report_text(told).encode())
    return f"{store.url.rstrip('/')}/{REPORT_KEY}"


def _history(store: Store) -> list[dict[str, Any]]:
    """Return every validation with the training numbers that came before it."""
    found: list[dict[str, Any]] = []
    latest: dict[str, Any] = {}
    for number, line in enumerate(store.get(METRICS_KEY).decode().splitlines(), 1):
        try:
            row = json.loads(line)
            step = int(row.pop("step"))
        except (ValueError, KeyError, AttributeError) as error:
            raise DataError(f"line {number} of {METRICS_KEY} in {store.url} is damaged ({error})") from error
        judged = {
            name.removeprefix(_VALIDATION): value
            for name, value in row.items()
            if name.startswith(_VALIDATION)
        }
        if judged:
            found.append({"step": step, **latest, "validation": judged})
        else:
            latest = row
    return found


def _history_text(told: Mapping[str, Any]) -> str:
    lines = [f"model: {told['model']}", ""]
    for entry in told["history"]:
        best = "  <- the best, kept as the model" if entry["step"] == told["best_step"] else ""
        lines += [RULE, f"step {entry['step']}{best}"]
        lines += [
            f"  {name}: {_said(value)}" for name, value in entry.items() if name in ("epoch", "lr", "loss")
        ]
        lines += [f"  validation {name}: {_said(value)}" for name, value in entry["validation"].items()]
    return "\n".join([*lines, RULE]) + "\n"


def _report_text(told: Mapping[str, Any]) -> str:
    last = told["history"][-1] if told["history"] else {}
    lines = [
        RULE,
        f"model: {told['model']}",
        f"steps: {told['steps']}",
        f"last training loss: {_said(last.get('loss'))}",
        f"best step: {told['best_step']}",
        *(f"best {name}: {_said(value)}" for name, value in told["metrics"].items()),
        "",
        "settings:",
        *(f"  {name}: {value}" for name, value in _leaves(told["settings"])),
        "",
        "versions:",
        *(f"  {name}: {value}" for name, value in told["versions"].items()),
        RULE,
    ]
    return "\n".join(lines) + "\n"


def _leaves(values: Mapping[str, Any], path: str = "") -> list[tuple[str, Any]]:
    """Return every setting once, by its dotted name."""
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        nested = isinstance(value, Mapping) and value
        found += _leaves(value, f"{path}{name}.") if nested else [(f"{path}{name}", value)]
    return found


def _said(value: float | None) -> str:
    return "none" if value is None else f"{value:.6g}"

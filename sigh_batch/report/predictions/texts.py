"""Plain text for people who like to read it so: every model with what it says of each picture."""

from __future__ import annotations

from sigh_batch.report.predictions.findings import Findings
from sigh_batch.report.predictions.table import PredictionTable
from sigh_batch.store import Store

RULE = "=" * 72
_LISTED = 10_000


def write_model_list(
    store: Store, key: str, table: PredictionTable, findings: Findings, source: str | None
) -> None:
    """Write every model's probabilities and their mean; of a long batch the first, and the mean of all."""
    sums: dict[str | None, float] = {}
    counts: dict[str | None, int] = {}
    failed: dict[str | None, int] = {}
    lines: dict[str | None, list[str]] = {}
    for _, batch in table.scan(("model_id", "path", "p_tampered", "verdict", "error_message")):
        for model, path, score, verdict, reason in zip(
            *(column.to_pylist() for column in batch), strict=True
        ):
            told = lines.setdefault(model, [])
            if score is None:
                failed[model] = failed.get(model, 0) + 1
            else:
                sums[model] = sums.get(model, 0.0) + score
                counts[model] = counts.get(model, 0) + 1
            if len(told) < _LISTED:
                said = (
                    f"failed: {_line(reason or 'unknown')}" if score is None else f"{score:8.4%}  {verdict}"
                )
                told.append(f"{said}  {_line(path)}")
    parts = [f"predictions: {findings.url}", f"pictures: {source or 'not known'}", ""]
    for model, told in lines.items():
        parts += [RULE, f"model: {_title(model, findings)}", *told]
        more = counts.get(model, 0) + failed.get(model, 0) - len(told)
        parts += [f"and {more:,} more in predictions.parquet"] if more else []
        if counts.get(model):
            parts.append(
                f"mean probability of an edit: {sums[model] / counts[model]:.4%} of {counts[model]:,}"
            )
        parts += [f"failed: {failed[model]:,}"] if failed.get(model) else []
    store.put(key, ("\n".join([*parts, RULE]) + "\n").encode("utf-8", "replace"))


def _title(model: str | None, findings: Findings) -> str:
    if model is None:
        return "all together" if len(findings.subject.models) > 1 else "none"
    return f"{_line(model)} ({findings.subject.hashes.get(model, 'no hash')[:16]})"


def _line(text: str) -> str:
    """Return the text on one line: a name may hold anything."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)

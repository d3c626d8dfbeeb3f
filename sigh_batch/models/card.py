"""The card of a model: what it is for, what not, and every number that is known of it, for people to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sigh_batch.models.document import ModelDocument

_SCREENSHOTS = """\
It looks for traces of editing in screenshots of chats: places where pixels do not go with the rest of the
picture. It is meant to help people decide what to look at first, with the tamper map beside the picture."""
_CLASSES = """\
It sorts pictures into the classes below, and knows no others: a picture of anything else gets one of them
too."""
_NO_PROOF = """\
**Proof.** A high score is no evidence that somebody forged a picture, and a low one is none that it is
genuine. Do not accuse, punish or acquit anybody by it. It cannot see a conversation that was changed in the
app or the browser before the screenshot was taken, one that never took place, or who wrote it."""
_NO_CERTAINTY = """\
**Proof.** A high score is no evidence of what a picture shows or how it was made, and a low one is none of
the contrary. Do not accuse, punish or acquit anybody by it."""
_LIMITS = """\
- What it has learned is in the data named above. Pictures of other apps, languages, devices or tools may be
  judged worse, and nothing in the score says so.
- Saving again, shrinking and photographing a screen take traces away; scores then tend towards the middle.
- Rates are those of the pictures they were measured on. Where forgeries are rare, most alarms are false even
  at a low rate."""


def card_of(document: ModelDocument) -> str:
    """Return the card of a model in Markdown, with the front matter that model hubs read."""
    parts = [
        _front(document),
        f"# {document.name}",
        f"## Intended use\n\n{_SCREENSHOTS if _is_forensic(document) else _CLASSES}",
        f"## Out of scope\n\n{_NO_PROOF if _is_forensic(document) else _NO_CERTAINTY}",
        f"## Input and answers\n\n{_table(_answers(document))}",
        f"## Data\n\n{_table(_flat(document.data))}",
        f"## Thresholds and calibration\n\n{_verdicts(document)}",
        f"## Metrics\n\n{_metrics(document)}",
        f"## Limits\n\n{_LIMITS}",
        f"## Files and versions\n\n{_table(_files(document))}",
        f"## Training\n\n{_table(_flat(document.training))}",
    ]
    return "\n\n".join(parts) + "\n"


def _front(document: ModelDocument) -> str:
    """Return the YAML at the top; every value is JSON, which is YAML too."""
    tasks = ["image-classification", *(["image-segmentation"] if _is_forensic(document) else [])]
    known: dict[str, Any] = {
        "library_name": "sigh-batch",
        "pipeline_tag": "image-classification",
        "tags": [*tasks, "image-forensics" if _is_forensic(document) else "image-classes"],
    }
    if document.known:
        known["metrics"] = sorted(document.known)
        measured = [
            {"type": name, "value": round(value, 6)} for name, value in sorted(document.known.items())
        ]
        about = {"type": "image-classification"}
        data = {"type": "validation", "name": "validation split"}
        known["model-index"] = [
            {"name": document.name, "results": [{"task": about, "dataset": data, "metrics": measured}]}
        ]
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in known.items()]
    return "\n".join(["---", *lines, "---"])


def _answers(document: ModelDocument) -> Iterator[tuple[str, Any]]:
    geometry = document.geometry
    yield "network", document.architecture.name
    if document.weights:
        yield "learned numbers", f"{document.weights.parameters:,}"
    if geometry.mode == "native":
        yield "input", "every pixel as it is, of pictures of any size"
    else:
        yield "input", f"the whole picture at {geometry.width} x {geometry.height} pixels"
    yield "classes", ", ".join(document.classes)
    if document.operations:
        yield "operations", ", ".join(document.operations)


def _verdicts(document: ModelDocument) -> str:
    """Say how a raw answer becomes a probability and a verdict."""
    rows: list[tuple[str, Any]] = []
    fitted, limits = document.calibration, document.thresholds
    if fitted:
        rows += [
            ("probability", f"sigmoid({fitted.scale:.4g} x log-odds {fitted.shift:+.4g})"),
            ("fitted on", f"{fitted.pictures:,} pictures of the {fitted.split} split"),
            ("calibration", fitted.id),
        ]
    if limits:
        rows += [
            (_others(document), f"below {limits.low:.4g}"),
            ("uncertain", f"from {limits.low:.4g} to {limits.high:.4g}"),
            (f"{document.classes[-1]}", f"from {limits.high:.4g}"),
        ]
        rows += [
            (f"false positives {float(rate):.1%}", f"from {value:.4g}{_guess(rate, limits.extrapolated)}")
            for rate, value in limits.at_fpr.items()
        ]
        if _is_forensic(document):
            rows.append(("a pixel counts as changed", f"from {limits.pixel:.4g}"))
    return (
        _table(rows) if rows else "It was never calibrated: its probabilities are not to be taken as rates."
    )


def _is_forensic(document: ModelDocument) -> bool:
    """Return whether a model says of each pixel whether it was changed."""
    return document.geometry.mode == "native"


def _others(document: ModelDocument) -> str:
    return document.classes[0] if len(document.classes) == 2 else "another class"


def _guess(rate: str, extrapolated: tuple[str, ...]) -> str:
    return " (extrapolated: too few pictures)" if rate in extrapolated else ""


def _metrics(document: ModelDocument) -> str:
    if not document.known:
        return "None are recorded."
    rows = [(name, f"{value:.4f}") for name, value in sorted(document.known.items())]
    fitted = document.calibration
    own = (
        f" {', '.join(sorted(fitted.metrics))}: on the {fitted.pictures:,} pictures of calibration."
        if fitted and fitted.metrics
        else ""
    )
    return f"Reached on the validation split.{own}\n\n{_table(rows)}"


def _files(document: ModelDocument) -> Iterator[tuple[str, Any]]:
    if document.weights:
        yield "sha256 of the weights", document.weights.sha256
        yield "bytes", f"{document.weights.bytes:,}"
    yield "schema", document.schema_version
    yield from sorted(document.versions.items())


def _flat(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield nested values as rows with dotted names."""
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{path}{name}.")
        else:
            yield (
                f"{path}{name}",
                json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value,
            )


def _table(rows: Any) -> str:
    lines = [f"| {_cell(name)} | {_cell(value)} |" for name, value in rows]
    return "\n".join(["| what | value |", "|---|---|", *lines]) if lines else "Nothing is recorded."


def _cell(value: Any) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")

"""How right a model is, as a page tells it: from an evaluation, or else from the labels of the rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sigh_batch.evaluation.document import Bin, Comparison, Curve, Evaluated, Slice, Target, Value
from sigh_batch.report.predictions.findings import Findings

METRIC_WORDS = {
    "auc": "AUC",
    "ap": "Average precision",
    "balanced_accuracy": "Balanced accuracy",
    "accuracy": "Accuracy",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "fpr": "False alarms",
    "tpr": "Forged found",
    "tpr_at_fpr_0.05": "Forged found at 5 % false alarms",
    "tpr_at_fpr_0.01": "Forged found at 1 % false alarms",
    "tpr_at_fpr_0.001": "Forged found at 0.1 % false alarms",
    "ece": "Calibration error (ECE)",
    "brier": "Brier score",
    "nll": "Log loss",
    "eer": "Equal error rate",
    "alarm_ratio": "False alarms over the nominal rate",
    "pixel_f1_calibrated": "Pixel F1",
    "pixel_iou_calibrated": "Pixel IoU",
    "pixel_auc": "Pixel AUC",
    "pixel_f1_fixed": "Pixel F1 at 0.5",
    "pixel_f1_oracle": "Pixel F1 at the best threshold of each picture",
    "auc_macro": "AUC, mean of the classes",
}
DRAWN = ("roc", "reliability", "curves", "slices", "higher_is_worse")
"""What drawings are made from, by name."""
_ORDER = tuple(METRIC_WORDS)
_WORSE_UP = ("fpr", "ece", "mce", "brier", "nll", "eer", "alarm_ratio", "failed", "uncertain")
_SLICE_ORDER = ("auc", "tpr_at_fpr_0.01", "recall", "fpr", "pixel_f1_calibrated", "alarm_ratio")
_SLICE_METRICS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What the section of a page says."""

    words: str
    targets: tuple[Target, ...]
    models: tuple[str, ...]
    numbers: tuple[tuple[str, str, tuple[Value | None, ...]], ...]
    """By name, in words, of every model."""
    further: tuple[tuple[str, str, tuple[Value | None, ...]], ...] = ()
    """Those that few ask for."""
    roc: tuple[tuple[float, float], ...] = ()
    reliability: tuple[Bin, ...] = ()
    curves: tuple[Curve, ...] = ()
    curve_metrics: tuple[tuple[str, str], ...] = ()
    slices: tuple[Slice, ...] = ()
    slice_bys: tuple[str, ...] = ()
    slice_metrics: tuple[tuple[str, str], ...] = ()
    scene_depth: tuple[tuple[str, Value], ...] = ()
    comparisons: tuple[Comparison, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return what the drawings are made from."""
        return {
            "roc": self.roc,
            "reliability": [bin_.model_dump() for bin_ in self.reliability],
            "curves": [curve.model_dump() for curve in self.curves],
            "slices": [part.model_dump(exclude={"by", "name"}) for part in self.slices],
            "higher_is_worse": [name for name, _ in self.slice_metrics if higher_is_worse(name)],
        }


def judge(findings: Findings) -> Quality | None:
    """Return what is known of a model's quality; None where there is neither evaluation nor label."""
    if findings.evaluation and findings.evaluated:
        return _from_evaluation(findings, findings.evaluated)
    if not findings.rates:
        return None
    numbers = {name: value for name, value in findings.numbers.items() if name in METRIC_WORDS}
    return Quality(
        words="Measured on the labels of these very pictures. Nobody saw to it that the model has not "
        "learned from them; an evaluation does.",
        targets=(),
        models=(findings.subject.model or "all models together",),
        numbers=tuple(
            (name, say_metric(name), (Value(value=numbers[name]),)) for name in _sorted_metrics(numbers)
        ),
        roc=findings.rates.roc,
        reliability=findings.rates.reliability,
    )


def say_metric(name: str) -> str:
    """Return a number's name in words, or as it is."""
    return METRIC_WORDS.get(name, name)


def higher_is_worse(name: str) -> bool:
    """Return whether more of a number is worse."""
    return name.split(".")[-1].startswith(_WORSE_UP)


def _from_evaluation(findings: Findings, first: Evaluated) -> Quality:
    evaluation = findings.evaluation
    assert evaluation is not None
    names = _sorted_metrics({name for model in evaluation.models for name in model.metrics})
    rows = [
        (name, say_metric(name), tuple(model.metrics.get(name) for model in evaluation.models))
        for name in names
    ]
    there = _sorted_metrics({name for part in first.slices for name in part.metrics})
    wanted = [name for name in _SLICE_ORDER if name in there]
    metrics = [*wanted, *(name for name in there if name not in wanted)][:_SLICE_METRICS]
    strengths = {name for curve in first.curves for point in curve.points for name in point.metrics}
    return Quality(
        words=f"Measured by sigh evaluate on {first.pictures:,} pictures of the split {evaluation.split!r} "
        f"({first.forged:,} forged), with 95 % intervals. Pictures forged in the "
        "conversation itself are told apart.",
        targets=evaluation.targets,
        models=tuple(model.model for model in evaluation.models),
        numbers=tuple(row for row in rows if row[0] in METRIC_WORDS),
        further=tuple(row for row in rows if row[0] not in METRIC_WORDS),
        roc=first.roc,
        reliability=first.reliability,
        curves=first.curves,
        curve_metrics=tuple((name, say_metric(name)) for name in _sorted_metrics(strengths)),
        comparisons=evaluation.comparisons,
        slices=tuple(sorted(first.slices, key=lambda part: _badness(part, metrics))),
        slice_bys=tuple(dict.fromkeys(part.by for part in first.slices)),
        slice_metrics=tuple((name, say_metric(name)) for name in metrics),
        scene_depth=tuple(
            (say_metric(name), first.scene_depth[name]) for name in _sorted_metrics(first.scene_depth)
        ),
    )


def _badness(part: Slice, metrics: list[str]) -> float:
    """Return what a slice is sorted by: the first number, the worst first and unknown ones last."""
    value = part.metrics[metrics[0]].value if metrics and metrics[0] in part.metrics else None
    if value is None:
        return float("inf")
    return -value if higher_is_worse(metrics[0]) else value


def _sorted_metrics(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))

"""An evaluation as plain tables: for a terminal, and as Markdown for pages that are not typed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sigh_batch.evaluation.document import Curve, Evaluated, Evaluation, Target, Value

_NUMBERS = {
    "auc": "AUC",
    "ap": "Average precision",
    "tpr_at_fpr_0.01": "TPR at 1 % FPR",
    "tpr_at_fpr_0.001": "TPR at 0.1 % FPR",
    "eer": "Equal error rate",
    "recall": "Share of forged pictures flagged",
    "fpr": "Share of clean pictures flagged",
    "balanced_accuracy": "Balanced accuracy of the verdict",
    "accuracy": "Accuracy of the likelier class",
    "auc_macro": "AUC, mean of the classes",
    "ece": "ECE, 15 bins of equal width",
    "ece_equal_mass": "ECE, bins of equal mass",
    "nll": "Negative log-likelihood",
    "brier": "Brier score",
    "pixel_f1_fixed": "Pixel F1 at 0.5",
    "pixel_f1_calibrated": "Pixel F1 at the calibrated threshold",
    "pixel_f1_oracle": "Pixel F1 at each picture's best threshold",
    "pixel_iou_calibrated": "Pixel IoU at the calibrated threshold",
    "pixel_auc": "Pixel AUC",
    "pixel_f1_calibrated_micro": "Pixel F1, calibrated, over all pixels",
    "pixel_auc_micro": "Pixel AUC over all pixels",
}
"""The numbers of the main table, in words."""
_MAIN = (
    *("auc", "auc_macro", "accuracy", "tpr_at_fpr_0.01", "recall", "fpr", "ece"),
    *("pixel_f1_calibrated", "pixel_auc"),
)
"""Those that a terminal shows."""
_WORST = 5
"""Parts that a terminal shows."""
_OF_POINTS = (
    *("auc", "balanced_accuracy", "tpr_at_fpr_0.01", "tpr_at_fpr_0.001"),
    *("pixel_f1_fixed", "pixel_f1_calibrated", "pixel_f1_oracle"),
)
_SHORT = {
    "auc": "AUC",
    "tpr_at_fpr_0.01": "TPR at 1 %",
    "tpr_at_fpr_0.001": "TPR at 0.1 %",
    "recall": "flagged, forged",
    "fpr": "flagged, clean",
    "balanced_accuracy": "balanced acc.",
    "pixel_f1_fixed": "F1 at 0.5",
    "pixel_f1_calibrated": "F1 calibrated",
    "pixel_f1_oracle": "F1 best",
    "alarm_ratio": "over nominal",
    "precision": "precision",
    "f1": "F1",
}
"""The numbers of slices and points, in as few words as a column has room for."""


_NONE = "-"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a title."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """Return it as Markdown."""
        lines = [self.heads, tuple("---" for _ in self.heads), *self.rows]
        rows = (" | ".join(cell.replace("|", "\\|") for cell in line) for line in lines)
        return f"### {self.title}\n\n" + "".join(f"| {row} |\n" for row in rows)


def short_tables(found: Evaluation) -> Iterator[Table]:
    """Yield what a terminal has room for: the main numbers, targets, and where the first model is worst."""
    yield _models(found, _MAIN)
    if found.targets:
        yield _targets(found.targets)
    if worst := _worst(found.models[0]):
        yield worst


def all_tables(found: Evaluation) -> Iterator[Table]:
    """Yield everything."""
    if found.targets:
        yield _targets(found.targets)
    yield _models(found, tuple(_NUMBERS))
    if found.comparisons:
        yield _comparisons(found)
    first = found.models[0]
    if first.scene_depth:
        yield _scene_depth(found)
    for by in dict.fromkeys(each.by for each in first.slices):
        yield _slices(found, by)
    for model in found.models:
        if model.curves:
            yield _curves(model.curves, model.model)


def markdown(found: Evaluation) -> str:
    """Return the evaluation as Markdown: what it is over, all tables, and how to repeat it."""
    head = (
        f"{scope(found)} In brackets: 95 % intervals. "
        f"The sweep took {found.sweep_pairs:,} pairs, {found.sweep_untouched:,} of them untouched before.\n"
    )
    tables = "\n".join(table.markdown() for table in all_tables(found))
    return f"{head}\n{tables}\nHow to repeat it:\n\n    {found.command}\n"


def scope(found: Evaluation) -> str:
    """Return what an evaluation is over, in a sentence."""
    first = found.models[0]
    return (
        f"{first.pictures:,} pictures of `{found.data}` ({found.data_identity}), split {found.split}, in "
        f"{found.groups:,} groups; {first.failed:,} could not be read."
    )


def told(value: Value | None) -> str:
    """Return a number with its interval; a dash where there is none."""
    if value is None or value.value is None:
        return _NONE
    if value.low is None or value.high is None:
        return _digits(value.value)
    return f"{_digits(value.value)} ({_digits(value.low)} to {_digits(value.high)})"


def _targets(targets: Sequence[Target]) -> Table:
    words = {True: "met", False: "NOT MET", None: "not measured"}
    rows = tuple(
        (
            target.name,
            f"{'at least' if target.at_least else 'at most'} {target.wanted:g}",
            told(target.reached),
            words[target.met],
        )
        for target in targets
    )
    return Table("Targets", ("target", "wanted", "reached", ""), rows)


def _models(found: Evaluation, names: Sequence[str]) -> Table:
    there = [name for name in names if any(name in model.metrics for model in found.models)]
    rows = tuple(
        (_NUMBERS[name], *(told(model.metrics.get(name)) for model in found.models)) for name in there
    )
    return Table("Models", ("number", *(model.model for model in found.models)), rows)


def _comparisons(found: Evaluation) -> Table:
    rows = tuple(
        (
            other.model,
            told(other.auc),
            f"{other.first_alone:,}",
            f"{other.second_alone:,}",
            f"{other.p_value:.2g}",
        )
        for other in found.comparisons
    )
    name = found.models[0].model
    heads = ("model", f"AUC of {name} minus its own", f"only {name} right", "only it right", "p (McNemar)")
    return Table("Beside other models", heads, rows)


def _worst(model: Evaluated) -> Table | None:
    """Return the parts with the least AUC, by the upper end of its interval: a few pictures prove little."""
    parts = [(area, part) for part in model.slices if (area := _highest(part.metrics.get("auc"))) is not None]
    if not parts:
        return None
    worst = [part for _, part in sorted(parts, key=lambda pair: pair[0])[:_WORST]]
    rows = tuple(
        (f"{part.by}: {part.name}", f"{part.pictures:,}", *_cells(part.metrics, ("auc", "recall", "fpr")))
        for part in worst
    )
    title = f"{model.model} is worst at ({len(worst)} of {len(parts)} parts)"
    heads = ("part", "pictures", *(_SHORT[name] for name in ("auc", "recall", "fpr")))
    return Table(title, heads, rows)


def _highest(value: Value | None) -> float | None:
    if value is None:
        return None
    return value.value if value.high is None else value.high


def _scene_depth(found: Evaluation) -> Table:
    chance = {True: "at chance", False: "NOT at chance", None: _NONE}
    rows = tuple(
        (
            model.model,
            f"{model.scene_depth_pictures:,}",
            told(model.scene_depth.get("auc")),
            chance[model.scene_depth_at_chance],
        )
        for model in found.models
    )
    title = "Forged in the conversation, without traces in the pixels"
    return Table(title, ("model", "pictures", "AUC", ""), rows)


def _slices(found: Evaluation, by: str) -> Table:
    parts = [each for each in found.models[0].slices if each.by == by]
    names = [name for name in _SHORT if any(name in part.metrics for part in parts)]
    rows = tuple(
        (part.name, f"{part.pictures:,}", f"{part.forged:,}", *_cells(part.metrics, names)) for part in parts
    )
    heads = (by, "pictures", "forged", *(_SHORT[name] for name in names))
    return Table(f"{found.models[0].model} by {by}", heads, rows)


def _curves(curves: Sequence[Curve], model: str) -> Table:
    points = [point for curve in curves for point in curve.points]
    names = [name for name in _OF_POINTS if any(name in point.metrics for point in points)]
    rows = tuple((point.label, f"{point.pictures:,}", *_cells(point.metrics, names)) for point in points)
    heads = ("after", "pictures", *(_SHORT[name] for name in names))
    return Table(f"{model} after degradations", heads, rows)


def _cells(metrics: Mapping[str, Value], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(told(metrics.get(name)) for name in names)


def _digits(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"

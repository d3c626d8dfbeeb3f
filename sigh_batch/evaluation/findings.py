"""From scores to what is told of one model: numbers, slices, curves, confusion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sigh_batch.config.evaluate import EvaluateConfig
from sigh_batch.evaluation.document import Bin, Curve, Evaluated, Point, Slice, Value
from sigh_batch.evaluation.estimates import Flags, Material, number
from sigh_batch.evaluation.facts import Facts, Places
from sigh_batch.evaluation.numbers import Measure, of_all_pixels
from sigh_batch.evaluation.rows import Verdicts
from sigh_batch.evaluation.scores import Scores, pixel_thresholds
from sigh_batch.evaluation.sweep import Spot
from sigh_batch.metrics import classes as by_class
from sigh_batch.metrics.probability import reliability
from sigh_batch.metrics.ranking import Ranking, auc, roc
from sigh_batch.models.document import ModelDocument

_ROC_POINTS = 200
AS_IS = "as they are"
"""The curve whose only point is the pairs of the sweep before anything befalls them."""

Swept = Sequence[tuple[Spot, Scores]]
"""Every point of the sweep, and what one model said there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """What the findings about every model have in common."""

    facts: Facts
    classes: tuple[str, ...]
    config: EvaluateConfig
    seed: int
    pairs: Places
    """The pairs of the sweep."""

    @property
    def positive(self) -> Flags:
        """Whether each picture is of the last class."""
        return np.asarray(self.facts.labels == len(self.classes) - 1)


def find(case: Case, model: ModelDocument, scores: Scores, swept: Swept) -> Evaluated:
    """Return what is told of one model."""
    facts, positive = case.facts, case.positive
    main = Material.of(scores, positive, facts.groups, ~facts.scene_depth)
    deep = Material.of(scores, positive, facts.groups, facts.scene_depth)
    measure = Measure(model, case.config, case.seed)
    measure.set_cuts(main)
    scene = measure.whole(deep)
    low, pixel = Verdicts.of(model), pixel_thresholds(model)[1]
    return Evaluated(
        model=model.name,
        model_sha256=model.weights.sha256 if model.weights else "",
        pictures=len(scores),
        failed=int((~scores.scored).sum()),
        forged=int(main.labels.sum()),
        metrics={
            **measure.whole(main),
            **of_all_pixels(scores.pixels),
            **_of_classes(case, scores),
        },
        scene_depth=scene,
        scene_depth_pictures=len(deep),
        scene_depth_at_chance=_at_chance(scene.get("auc")),
        slices=(*_slices(case, scores, measure), *_class_slices(case, scores)),
        reliability=_bins(main, case.config.bins),
        curves=tuple(_curves(case, scores, swept, measure)),
        roc=_roc(main),
        confusion=_confusion(main, low, case.classes),
        thresholds={"low": low.low, "high": low.high, "pixel": pixel},
        classes=case.classes,
        class_matrix=_matrix(case, scores),
    )


def _slices(case: Case, scores: Scores, measure: Measure) -> Iterator[Slice]:
    for (by, name), places in case.facts.slices.items():
        of = Material.of(scores, case.positive, case.facts.groups, places)
        if len(of) >= case.config.least:
            yield Slice(
                by=by,
                name=name,
                pictures=len(of),
                forged=int(of.labels.sum()),
                metrics=measure.part(of, honest=by == "benign"),
            )


def _curves(case: Case, scores: Scores, swept: Swept, measure: Measure) -> Iterator[Curve]:
    if not len(case.pairs):
        return
    before = Material.of(scores, case.positive, case.facts.groups, case.pairs.ravel())
    yield Curve(degradation=AS_IS, points=(_point(0.0, AS_IS, before, measure),))
    points: dict[str, list[Point]] = {}
    labels = np.tile([False, True], len(case.pairs))
    groups = case.facts.groups[case.pairs.ravel()]
    for spot, after in swept:
        of = Material.of(after, labels, groups)
        points.setdefault(spot.curve, []).append(_point(spot.strength, spot.label, of, measure))
    for name, found in points.items():
        yield Curve(degradation=name, points=tuple(found))


def _point(strength: float, label: str, of: Material, measure: Measure) -> Point:
    return Point(strength=strength, label=label, pictures=len(of), metrics=measure.point(of))


def _bins(of: Material, bins: int) -> tuple[Bin, ...]:
    found = reliability(of.probability, of.labels, bins)
    return tuple(
        Bin(
            low=float(found.edges[place]),
            high=float(found.edges[place + 1]),
            pictures=int(found.count[place]),
            mean_probability=number(found.probability[place]),
            share_forged=number(found.share[place]),
        )
        for place in range(bins)
    )


def _roc(of: Material) -> tuple[tuple[float, float], ...]:
    if not of.labels.any() or of.labels.all():
        return ()
    line = roc(Ranking(of.logits, of.labels).counts(), _ROC_POINTS)
    return tuple((float(fpr), float(tpr)) for fpr, tpr in line)


def _confusion(of: Material, verdicts: Verdicts, classes: Sequence[str]) -> dict[str, int]:
    said = np.where(of.probability >= verdicts.high, 2, np.where(of.probability < verdicts.low, 0, 1))
    words = ("clean", "uncertain", "flagged")
    truth = (classes[-1] if len(classes) == 2 else "forged", classes[0] if len(classes) == 2 else "clean")
    return {
        f"{name}.{word}": int(np.count_nonzero((of.labels == label) & (said == place)))
        for name, label in zip(truth, (True, False), strict=True)
        for place, word in enumerate(words)
    }


def _at_chance(found: Value | None) -> bool | None:
    if found is None or found.low is None or found.high is None:
        return None
    return found.low <= 0.5 <= found.high


def _matrix(case: Case, scores: Scores) -> tuple[tuple[int, ...], ...]:
    kept = scores.scored & ~case.facts.scene_depth
    found = by_class.confusion(case.facts.labels[kept], scores.rows["said"][kept], len(case.classes))
    return tuple(tuple(map(int, row)) for row in found)


def _of_classes(case: Case, scores: Scores) -> Mapping[str, Value]:
    matrix = np.array(_matrix(case, scores))
    found = {"accuracy": Value(value=number(by_class.accuracy(matrix)))}
    if len(case.classes) > 2:
        found["balanced_accuracy"] = Value(value=number(by_class.balanced_accuracy(matrix)))
        areas = [area for area in map(number, _areas(case, scores)) if area is not None]
        found["auc_macro"] = Value(value=float(np.mean(areas)) if areas else None)
    return found


def _class_slices(case: Case, scores: Scores) -> Iterator[Slice]:
    """Yield a slice a class: one class against all others, by the likeliest class and by its probability."""
    if len(case.classes) == 2:
        return
    matrix = np.array(_matrix(case, scores))
    numbers = by_class.per_class(matrix)
    for place, (name, area) in enumerate(zip(case.classes, _areas(case, scores), strict=True)):
        told = {
            "auc": area,
            "precision": numbers.precision[place],
            "recall": numbers.recall[place],
            "f1": numbers.f1[place],
        }
        yield Slice(
            by="class",
            name=name,
            pictures=int(numbers.support[place]),
            forged=0,
            metrics={key: Value(value=number(value)) for key, value in told.items()},
        )


def _areas(case: Case, scores: Scores) -> NDArray[np.float64]:
    """Return the AUC of each class against all others."""
    kept = scores.scored
    labels = case.facts.labels[kept]
    found = [
        auc(Ranking(scores.classes[kept, place], labels == place).counts())
        for place in range(scores.classes.shape[1])
    ]
    return np.array(found, np.float64)

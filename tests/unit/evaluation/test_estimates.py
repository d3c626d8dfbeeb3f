"""Numbers with intervals: as the metrics have them, over the pictures that have a part in them."""

from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.config.evaluate import EvaluateConfig
from sigh_batch.evaluation.estimates import Material, estimate
from sigh_batch.evaluation.numbers import Measure, tells
from sigh_batch.evaluation.scores import SCORE, Scores, no_scores
from sigh_batch.metrics.bootstrap import interval, resample
from sigh_batch.metrics.ranking import Ranking, auc, tpr_at_fpr
from tests.evaluations import document_of


def drawn(count: int = 400, gain: float = 1.5) -> tuple[Scores, np.ndarray, np.ndarray]:
    random = np.random.default_rng(4)
    labels = np.tile([False, True], count // 2)
    scores = no_scores(count, document_of())
    scores.rows["logit"] = random.normal(size=count) + gain * labels
    scores.rows["probability"] = 1 / (1 + np.exp(-scores.rows["logit"]))
    return scores, labels, np.arange(count // 2).repeat(2).astype(np.int32)


def test_a_number_and_its_interval_are_those_of_the_metrics() -> None:
    of = Material.of(*drawn())
    found = estimate(of, {"recall": of.share_of(of.labels, 0.7)}, {"auc": auc}, resamples=300, seed=3)
    ranking = Ranking(of.logits, of.labels)
    again = resample(of.groups, lambda weights: auc(ranking.counts(weights)), resamples=300, seed=3)
    assert found["auc"].value == auc(ranking.counts())
    assert (found["auc"].low, found["auc"].high) == pytest.approx(interval(again))
    assert found["recall"].value == (of.probability[of.labels] >= 0.7).mean()


def test_pictures_without_a_score_have_no_part() -> None:
    scores, labels, groups = drawn()
    scores.rows["logit"][:100] = np.nan
    assert len(Material.of(scores, labels, groups)) == 300
    assert len(Material.of(scores, labels, groups, np.arange(50, 120))) == 20


def test_a_slice_is_measured_at_the_threshold_of_all() -> None:
    scores, labels, groups = drawn()
    measure = Measure(document_of(), EvaluateConfig(resamples=50, rates=(0.01, 0.001)), 0)
    whole = Material.of(scores, labels, groups)
    measure.set_cuts(whole)
    everything = measure.whole(whole)
    part = measure.part(whole, honest=True)
    assert part["tpr_at_fpr_0.01"].value == everything["tpr_at_fpr_0.01"].value
    assert everything["tpr_at_fpr_0.01"].value == tpr_at_fpr(Ranking(whole.logits, labels).counts(), 0.01)
    assert part["alarm_ratio"].value == pytest.approx(100 * (everything["fpr_nominal_0.01"].value or 0))
    assert "tpr_at_fpr_0.001" not in everything
    assert everything["balanced_accuracy"].value == pytest.approx(
        ((everything["recall"].value or 0) + 1 - (everything["fpr"].value or 0)) / 2
    )
    assert "pixel_auc" not in everything


def test_one_class_has_shares_and_no_order() -> None:
    scores, labels, groups = drawn()
    clean = Material.of(scores, labels, groups, np.flatnonzero(~labels))
    found = Measure(document_of(), EvaluateConfig(resamples=50), 0).part(clean)
    assert "fpr" in found
    assert not {"auc", "recall", "balanced_accuracy"} & found.keys()
    nothing = Material.of(scores, labels, groups, np.empty(0, np.int64))
    assert Measure(document_of(), EvaluateConfig(), 0).whole(nothing) == {}


def test_a_rate_needs_pictures_that_can_tell_it() -> None:
    assert tells(50, 0.01)
    assert not tells(49, 0.01)
    assert SCORE.itemsize <= 50

"""Numbers about an order: known answers, invariants, and another library's."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as peer
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sigh_batch.metrics.ranking import (
    Counts,
    Ranking,
    auc,
    average_precision,
    balanced_accuracy,
    equal_error_rate,
    roc,
    threshold_at_fpr,
    tpr_at_fpr,
)

rows = st.lists(st.tuples(st.integers(-4, 4), st.booleans(), st.integers(0, 3)), min_size=1, max_size=40)
both = rows.filter(lambda found: len({label for _, label, _ in found}) == 2)


def parts(found: list[tuple[int, bool, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    scores, labels, weights = zip(*found, strict=True)
    return np.array(scores, float), np.array(labels), np.array(weights, float)


def counts(scores: np.ndarray, labels: np.ndarray) -> Counts:
    return Ranking(scores, labels).counts()


@given(both)
def test_the_auc_is_the_share_of_pairs_in_the_right_order(found: list[tuple[int, bool, int]]) -> None:
    scores, labels, _ = parts(found)
    high, low = scores[labels][:, None], scores[~labels]
    assert auc(counts(scores, labels)) == pytest.approx(((high > low) + (high == low) / 2).mean())


@given(both)
def test_the_auc_keeps_through_monotone_maps_and_turns_with_the_scores(
    found: list[tuple[int, bool, int]],
) -> None:
    scores, labels, _ = parts(found)
    area = auc(counts(scores, labels))
    assert auc(counts(1 / (1 + np.exp(-scores)), labels)) == area
    assert auc(counts(1 - scores, labels)) == pytest.approx(1 - area)
    assert auc(counts(scores, ~labels)) == pytest.approx(1 - area)


@given(both)
def test_numbers_are_those_of_scikit_learn(found: list[tuple[int, bool, int]]) -> None:
    scores, labels, _ = parts(found)
    line = counts(scores, labels)
    assert auc(line) == pytest.approx(peer.roc_auc_score(labels, scores))
    assert average_precision(line) == pytest.approx(peer.average_precision_score(labels, scores))
    assert balanced_accuracy(scores > 0, labels) == pytest.approx(
        peer.balanced_accuracy_score(labels, scores > 0)
    )
    alarms, recall, _ = peer.roc_curve(labels, scores, drop_intermediate=False)
    assert_allclose(np.stack([line.fallout, line.recall]), np.stack([alarms, recall]))
    for rate in (0.0, 0.01, 0.3, 1.0):
        assert tpr_at_fpr(line, rate) == pytest.approx(recall[alarms <= rate].max())


@given(rows)
def test_a_weight_is_as_good_as_so_many_equal_rows(found: list[tuple[int, bool, int]]) -> None:
    scores, labels, weights = parts(found)
    times = weights.astype(int)
    stacked = Ranking(scores, labels).counts(np.stack([weights, np.ones(len(weights))]))
    again = counts(scores.repeat(times), labels.repeat(times))
    for number in (auc, average_precision, equal_error_rate):
        assert_allclose(number(stacked)[0], number(again), err_msg=number.__name__)
        assert_allclose(number(stacked)[1], number(counts(scores, labels)), err_msg=number.__name__)
    assert_allclose(tpr_at_fpr(stacked, 0.2)[0], tpr_at_fpr(again, 0.2))


@pytest.mark.parametrize("labels", [[True, True], [False, False]])
def test_one_class_alone_has_no_order(labels: list[bool]) -> None:
    line = counts(np.array([0.2, 0.4]), np.array(labels))
    assert np.isnan([auc(line), tpr_at_fpr(line, 0.1), equal_error_rate(line)]).all()
    assert np.isnan(balanced_accuracy([True, False], labels))


def test_known_answers() -> None:
    scores, labels = np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([1, 1, 0, 1, 0]) > 0
    line = counts(scores, labels)
    assert auc(line) == pytest.approx(5 / 6)
    assert average_precision(line) == pytest.approx((1 + 1 + 3 / 4) / 3)
    assert tpr_at_fpr(line, 0.01) == pytest.approx(2 / 3)
    assert threshold_at_fpr(Ranking(scores, labels), 0.01) == 0.8
    assert threshold_at_fpr(Ranking(scores, labels), 0.5) == 0.6
    assert equal_error_rate(line) == pytest.approx(1 / 3)
    assert equal_error_rate(counts(np.array([1.0, 0.0]), np.array([True, False]))) == 0
    assert equal_error_rate(counts(np.array([1.0, 1.0]), np.array([True, False]))) == pytest.approx(0.5)


def test_a_thinned_roc_keeps_its_area() -> None:
    random = np.random.default_rng(0)
    labels = random.random(20_000) < 0.5
    scores = random.normal(size=20_000) + labels
    line = counts(scores, labels)
    whole, thin = roc(line), roc(line, 200)
    assert len(thin) <= 202 < len(whole)
    assert thin[0].tolist() == [0, 0]
    assert thin[-1].tolist() == [1, 1]
    assert np.trapezoid(whole[:, 1], whole[:, 0]) == pytest.approx(auc(line))
    assert np.trapezoid(thin[:, 1], thin[:, 0]) == pytest.approx(auc(line), abs=1e-3)

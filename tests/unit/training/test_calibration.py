from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigh_batch.rng import for_sample
from sigh_batch.training.calibration import (
    Flags,
    Floats,
    HeldOut,
    best_f1,
    calibrate,
    fit_line,
    is_for_calibration,
    log_loss,
    sigmoid,
    threshold_at,
)


def scores(seed: int, count: int, spread: float = 2.0) -> tuple[Floats, Flags]:
    """Return true log-odds and labels drawn from them."""
    draws = for_sample(seed, "calibration", 0).generator()
    logits = draws.normal(0, spread, count)
    return logits, draws.random(count) < sigmoid(logits)


def test_half_of_the_groups_calibrate() -> None:
    share = np.mean([is_for_calibration(f"group-{number}") for number in range(4000)])
    assert 0.47 < share < 0.53
    assert is_for_calibration("a") is False
    assert is_for_calibration("e") is True


@settings(max_examples=25)
@given(st.integers(0, 99), st.floats(0.1, 10), st.floats(-3, 3))
def test_a_known_temperature_and_shift_are_found_again(seed: int, scale: float, shift: float) -> None:
    logits, labels = scores(seed, 20_000)
    found = fit_line((logits - shift) / scale, labels)
    assert found == pytest.approx((scale, shift), rel=0.1, abs=0.1)


@given(st.integers(0, 99), st.integers(2, 40), st.floats(0.01, 100))
def test_few_pictures_are_never_believed_without_bounds(seed: int, count: int, spread: float) -> None:
    logits, labels = scores(seed, count, spread)
    labels[:2] = [False, True]
    separable = np.sort(logits) * np.where(np.arange(count) < count // 2, -1, 1)
    for held in (labels, separable > np.median(separable)):
        scale, shift = fit_line(logits, held)
        assert scale > 0
        assert np.isfinite([scale, shift]).all()
        assert log_loss(scale * logits + shift, held) <= 3


def test_a_model_without_a_mistake_is_believed_the_more_the_more_it_was_asked() -> None:
    def surest(count: int) -> float:
        labels = np.arange(count) >= count // 2
        logits = np.where(labels, 9.0, -9.0)
        scale, shift = fit_line(logits, labels)
        return float(sigmoid(scale * logits + shift).max())

    assert surest(10) == pytest.approx(6 / 7, abs=1e-3)
    assert surest(1000) == pytest.approx(501 / 502, abs=1e-4)


def test_scores_turned_round_say_nothing_and_are_not_turned_back() -> None:
    logits, labels = scores(3, 2000)
    scale, shift = fit_line(-logits, labels)
    assert 0 < scale < 0.01
    assert sigmoid(np.array([shift]))[0] == pytest.approx(labels.mean(), abs=0.01)


@pytest.mark.parametrize(("fpr", "count"), [(0.05, 60), (0.05, 2000), (0.01, 400), (0.001, 1500)])
def test_a_threshold_has_the_false_positive_rate_that_it_says(fpr: float, count: int) -> None:
    draws = for_sample(1, "threshold", count).generator()
    rates = [1 - sigmoid(np.array([threshold_at(draws.logistic(size=count), fpr)]))[0] for _ in range(400)]
    assert fpr / 2 <= np.mean(rates) <= 1.05 * fpr


def test_too_few_clean_pictures_are_said_and_the_threshold_is_beyond_all_of_them() -> None:
    logits, labels = scores(5, 160)
    fitted = calibrate(HeldOut(logits=logits, labels=labels))
    assert fitted is not None
    calibration, thresholds = fitted
    clean = sigmoid(calibration.scale * logits[~labels] + calibration.shift)
    assert thresholds.clean == len(clean)
    assert thresholds.extrapolated == ("0.001", "0.01")
    assert max(clean) < thresholds.at_fpr["0.01"] <= thresholds.at_fpr["0.001"] < 1
    assert thresholds.low == thresholds.at_fpr["0.05"] <= thresholds.high == thresholds.at_fpr["0.01"]
    above = logits[labels][:, None] > logits[~labels]
    assert calibration.metrics["auc"] == pytest.approx(above.mean())
    best = logits[~labels].max()
    assert calibration.metrics["tpr_at_fpr_0.001"] == pytest.approx((logits[labels] > best).mean())


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=30), st.sampled_from((0.001, 0.01, 0.05)))
def test_a_threshold_lets_no_more_clean_pictures_through_than_it_says(clean: list[float], fpr: float) -> None:
    values = np.array(clean)
    assert np.mean(values >= threshold_at(values, fpr)) <= fpr


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=30))
def test_no_threshold_has_a_higher_f1(drawn: list[tuple[int, bool]]) -> None:
    values = np.array([value / 10 for value, _ in drawn])
    labels = np.array([label for _, label in drawn])
    labels[0] = True

    def f1(threshold: float) -> float:
        found = values >= threshold
        return float(2 * (found & labels).sum() / (found.sum() + labels.sum()))

    assert f1(best_f1(values, labels)) == pytest.approx(max(f1(cut / 20) for cut in range(-1, 21)))


def test_a_map_is_calibrated_by_its_pixels_and_cut_where_f1_is_the_highest() -> None:
    logits, labels = scores(7, 3000)
    fitted = calibrate(HeldOut(logits=logits, labels=labels, map_logits=logits / 2 - 1, map_labels=labels))
    assert fitted is not None
    calibration, thresholds = fitted
    assert (calibration.map_scale, calibration.map_shift) == pytest.approx((2, 2), abs=0.3)
    assert 0.2 < thresholds.pixel < 0.5
    assert calibration.pictures == 3000


@pytest.mark.parametrize("label", [False, True])
def test_one_class_alone_calibrates_nothing(label: bool) -> None:
    assert calibrate(HeldOut(logits=np.zeros(9), labels=np.full(9, label))) is None

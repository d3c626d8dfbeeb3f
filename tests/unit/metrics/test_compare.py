"""Two models on the same pictures."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from sigh_batch.metrics.compare import auc_difference, mcnemar


def drawn(gain: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    labels = np.tile([False, True], 400)
    hard = random.normal(size=800)
    return hard + labels * (1 + gain), hard + labels, labels, np.arange(400).repeat(2)


def test_a_better_model_is_better_beyond_chance() -> None:
    found = auc_difference(*drawn(0.3))
    assert 0 < found.low < found.value < found.high
    back = auc_difference(*(drawn(0.3)[place] for place in (1, 0, 2, 3)))
    assert (back.value, back.low, back.high) == pytest.approx((-found.value, -found.high, -found.low))


def test_a_model_is_as_good_as_itself() -> None:
    first, _, labels, groups = drawn(0.0)
    found = auc_difference(first, first, labels, groups, resamples=50)
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_pairing_makes_the_interval_narrow() -> None:
    first, second, labels, groups = drawn(0.3)
    paired = auc_difference(first, second, labels, groups)
    other = np.random.default_rng(9).normal(size=800) + labels
    apart = auc_difference(first, other, labels, groups)
    assert paired.high - paired.low < (apart.high - apart.low) / 2


@pytest.mark.parametrize(("one", "other"), [(0, 0), (3, 3), (9, 2), (1, 40), (2000, 2300)])
def test_disagreement_is_tested_exactly(one: int, other: int) -> None:
    labels = np.ones(one + other + 5, bool)
    first = np.r_[np.ones(one), np.zeros(other), np.ones(5)] > 0
    second = np.r_[np.zeros(one), np.ones(other), np.ones(5)] > 0
    found = mcnemar(first, second, labels)
    assert (found.first_alone, found.second_alone) == (one, other)
    expected = binomtest(one, one + other).pvalue if one + other else 1.0
    assert found.p_value == pytest.approx(expected)

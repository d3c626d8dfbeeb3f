"""Intervals: they hold what they should hold, and know that twins are one witness."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.metrics import bootstrap
from sigh_batch.metrics.bootstrap import interval, resample, weighted_mean, wilson


def test_the_interval_of_a_mean_is_the_textbooks() -> None:
    values = np.random.default_rng(0).normal(size=4000)
    low, high = interval(resample(np.arange(4000), weighted_mean(values)))
    assert (high - low) / 2 == pytest.approx(1.96 / np.sqrt(4000), rel=0.1)
    assert low < values.mean() < high


def test_copies_within_a_group_are_no_more_witnesses() -> None:
    values = np.random.default_rng(0).normal(size=300)
    alone = resample(np.arange(300), weighted_mean(values))
    copied = resample(np.arange(300).repeat(9), weighted_mean(values.repeat(9)))
    assert np.allclose(alone, copied)
    taken_apart = resample(np.arange(2700), weighted_mean(values.repeat(9)))
    assert copied.std() == pytest.approx(3 * taken_apart.std(), rel=0.15)


def test_draws_are_the_same_whatever_fits_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).normal(size=50)
    groups = [f"g{number % 7}" for number in range(50)]
    whole = resample(groups, weighted_mean(values), resamples=33, seed=5)
    monkeypatch.setattr(bootstrap, "_CELLS", 200)
    assert resample(groups, weighted_mean(values), resamples=33, seed=5) == pytest.approx(whole)
    assert resample(groups, weighted_mean(values), resamples=33, seed=6) != pytest.approx(whole)


def test_what_is_no_number_is_left_out() -> None:
    assert set(resample([0, 1, 2], weighted_mean([np.nan, 2, 2]), resamples=50)) <= {2.0} | {np.nan}
    assert np.isnan(interval([np.nan, np.nan, 1.0])).all()
    assert interval([1.0, 1.0, np.nan]) == (1.0, 1.0)


def test_nothing_to_draw_from_is_refused() -> None:
    with pytest.raises(ValueError, match="no groups"):
        resample([], weighted_mean([]))


@given(st.integers(1, 400), st.floats(0, 1))
def test_the_interval_of_a_share_holds_it(groups: int, share: float) -> None:
    low, high = wilson(share, groups)
    assert 0 <= low <= share <= high <= 1
    assert high - low <= 2


def test_known_shares() -> None:
    assert wilson(0, 100) == pytest.approx((0, 0.0370), abs=1e-4)
    assert wilson(0.5, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert np.isnan(wilson(0.5, 0)).all()

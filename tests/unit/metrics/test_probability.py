"""Calibration: what is calibrated has no gap, what is not has the one that was put in."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as peer
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.metrics.probability import bins_of, brier, ece, mce, nll, reliability

rows = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def drawn(count: int = 200_000) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    values = random.random(count) ** 2
    return values, random.random(count) < values


@pytest.mark.parametrize("by", ["width", "mass"])
def test_what_comes_true_as_often_as_said_has_no_gap(by: str) -> None:
    values, labels = drawn()
    found = reliability(values, labels, 15, by)  # type: ignore[arg-type]
    assert ece(found) < 0.005
    assert mce(found) < 0.02
    surer = reliability(np.clip(values + 0.2, 0, 1), labels, 15, by)  # type: ignore[arg-type]
    assert ece(surer) == pytest.approx((np.clip(values + 0.2, 0, 1) - values).mean(), abs=0.01)


@given(rows, st.integers(1, 20), st.sampled_from(["width", "mass"]))
def test_every_value_is_in_one_bin_that_holds_it(found: list[tuple[float, bool]], bins: int, by: str) -> None:
    values, labels = map(np.array, zip(*found, strict=True))
    diagram = reliability(values, labels, bins, by)  # type: ignore[arg-type]
    place = bins_of(values, diagram.edges)
    assert diagram.count.sum() == len(values)
    assert (diagram.edges[place] <= values).all()
    assert (values <= diagram.edges[place + 1]).all()
    assert 0 <= ece(diagram) <= mce(diagram) + 1e-12
    by_hand = sum(abs((values[place == at] - labels[place == at]).sum()) for at in range(len(diagram.count)))
    assert ece(diagram) == pytest.approx(by_hand / len(values))


def test_bins_of_equal_mass_have_equal_mass() -> None:
    values, labels = drawn(3000)
    assert set(reliability(values, labels, 15, "mass").count) == {200}
    assert reliability(np.full(50, 0.5), np.ones(50), 15, "mass").count.tolist() == [0, 50]


@given(rows)
def test_losses_are_those_of_scikit_learn(found: list[tuple[float, bool]]) -> None:
    values, labels = map(np.array, zip(*found, strict=True))
    inner = np.clip(values, 1e-6, 1 - 1e-6)
    assert nll(inner, labels).mean() == pytest.approx(
        peer.log_loss(labels, np.stack([1 - inner, inner], axis=1), labels=[False, True])
    )
    assert brier(values, labels).mean() == pytest.approx(((values - labels) ** 2).mean())
    assert np.isfinite(nll(values, labels)).all()


def test_nothing_has_no_error() -> None:
    assert np.isnan(ece(reliability([], [])))
    assert np.isnan(mce(reliability([], [])))

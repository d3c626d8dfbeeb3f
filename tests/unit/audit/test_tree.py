"""The boosted tree and its interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.audit.tree import auc_of, tell_apart

many = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1)), min_size=1, max_size=40)


@given(many)
def test_the_auc_is_the_chance_of_the_right_order(rows: list[tuple[int, int]]) -> None:
    scores, labels = np.array([row[0] for row in rows]), np.array([row[1] for row in rows], np.int8)
    forged, clean = scores[labels == 1], scores[labels == 0]
    if len(forged) and len(clean):
        wins = (forged[:, None] > clean).sum() + (forged[:, None] == clean).sum() / 2
        assert auc_of(scores, labels) == pytest.approx(wins / (len(forged) * len(clean)))
    else:
        assert auc_of(scores, labels) == 0.5


def pairs_of(shift: float, count: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    pairs = np.repeat(np.arange(count), 2)
    labels = np.tile([0, 1], count).astype(np.int8)
    numbers = random.normal(size=(count, 4)).repeat(2, axis=0).astype(np.float32)
    numbers[:, 2] += labels * shift
    return numbers, labels, pairs


def test_twins_that_differ_in_nothing_cannot_be_told_apart() -> None:
    numbers, labels, pairs = pairs_of(0.0)
    telling = tell_apart(numbers, list("abcd"), labels, pairs, folds=4, resamples=60)
    assert telling.low <= 0.5 <= telling.high
    assert telling.high - telling.low < 0.1


@pytest.mark.parametrize("count", [10, 20])
def test_what_tells_is_found_on_few_pictures_too(count: int) -> None:
    numbers, labels, pairs = pairs_of(9.0, count)
    assert tell_apart(numbers, list("abcd"), labels, pairs, folds=5, resamples=60).low > 0.8


def test_what_tells_is_found_and_named() -> None:
    numbers, labels, pairs = pairs_of(2.0)
    telling = tell_apart(numbers, list("abcd"), labels, pairs, folds=4, resamples=60)
    assert telling.low > 0.8
    assert telling.low <= telling.auc <= telling.high
    assert telling.best[0][0] == "c"

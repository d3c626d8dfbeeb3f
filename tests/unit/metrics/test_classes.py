"""Any number of classes: the same numbers as another library's."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as peer
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.metrics.classes import accuracy, balanced_accuracy, confusion, per_class

answers = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=50)


@given(answers)
def test_numbers_are_those_of_scikit_learn(found: list[tuple[int, int]]) -> None:
    truth, said = zip(*found, strict=True)
    matrix = confusion(truth, said, 4)
    assert matrix.tolist() == peer.confusion_matrix(truth, said, labels=range(4)).tolist()
    assert accuracy(matrix) == pytest.approx(peer.accuracy_score(truth, said))
    numbers = peer.precision_recall_fscore_support(truth, said, labels=range(4), zero_division=np.nan)
    ours = per_class(matrix)
    for mine, theirs in zip((ours.precision, ours.recall, ours.f1, ours.support), numbers, strict=True):
        assert mine == pytest.approx(theirs, nan_ok=True)
    there = [number for number in range(4) if number in truth]
    assert balanced_accuracy(matrix) == pytest.approx(np.mean([ours.recall[number] for number in there]))


def test_nothing_has_no_numbers() -> None:
    matrix = confusion([], [], 2)
    assert np.isnan([accuracy(matrix), balanced_accuracy(matrix)]).all()

"""Numbers about maps: by histogram as by looking at every pixel."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as peer
from hypothesis import given, settings
from hypothesis import strategies as st

from sigh_batch.metrics.pixels import BINS, count_pixels, no_pixels

AT = (0.5, 0.137)
seeds = st.integers(0, 2**32)


def drawn(seed: int, low: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    mask = random.random((17, 23)) < 0.2
    mask[0, 0] = True
    values = 10.0 ** random.uniform(-4, 0, mask.shape) if seed % 2 else random.random(mask.shape)
    return (values * (1 - low) + low * mask).astype(np.float32), mask


@settings(max_examples=25)
@given(seeds)
def test_stated_thresholds_are_exact(seed: int) -> None:
    values, mask = drawn(seed)
    found = count_pixels(values, mask, AT)
    for place, threshold in enumerate(AT):
        lit = values >= np.float32(threshold)
        assert found.f1()[place] == pytest.approx(peer.f1_score(mask.ravel(), lit.ravel(), zero_division=0))
        assert found.iou()[place] == pytest.approx((lit & mask).sum() / (lit | mask).sum())


@settings(max_examples=25)
@given(seeds)
def test_the_histogram_is_nearly_as_good_as_the_pixels(seed: int) -> None:
    values, mask = drawn(seed, 0.3)
    found = count_pixels(values, mask, AT)
    assert found.area() == pytest.approx(peer.roc_auc_score(mask.ravel(), values.ravel()), abs=0.01)
    best = max(peer.f1_score(mask.ravel(), (values >= at).ravel()) for at in np.unique(values)[::20])
    assert best - 0.05 <= found.best_f1() <= best + 0.1
    assert found.best_f1() >= found.f1()[0] - 0.03


@given(seeds, seeds)
def test_pictures_add_up(one: int, other: int) -> None:
    first, second = drawn(one), drawn(other)
    added = no_pixels(2) + count_pixels(*first, AT) + count_pixels(*second, AT)
    beside = count_pixels(*(np.hstack(pair) for pair in zip(first, second, strict=True)), AT)
    assert added.f1().tolist() == beside.f1().tolist()
    assert added.area() == beside.area()
    assert added.changed.sum() + added.rest.sum() == first[0].size + second[0].size


def test_known_answers() -> None:
    mask = np.zeros((4, 4), bool)
    mask[:2] = True
    perfect = count_pixels(mask.astype(np.float32), mask, AT)
    assert len(perfect.changed) == BINS
    assert (perfect.area(), perfect.best_f1(), perfect.best_iou(), *perfect.f1()) == (1, 1, 1, 1, 1)
    all_lit = count_pixels(np.full((4, 4), 0.5, np.float32), mask, AT)
    assert all_lit.area() == 0.5
    assert all_lit.f1()[0] == pytest.approx(2 / 3)
    assert all_lit.iou()[0] == pytest.approx(0.5)
    clean = count_pixels(np.zeros((4, 4), np.float32), np.zeros((4, 4), bool), AT)
    assert np.isnan([clean.area(), clean.best_f1(), *clean.f1()]).all()


def test_a_map_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        count_pixels(np.zeros((2, 3), np.float32), np.zeros((3, 2), bool), AT)

"""Forgeries made on the spot: they touch a piece, say which pixels, and are the same when asked again."""

from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.rng import for_sample
from sigh_batch.training import retouch
from sigh_batch.training.retouch import edges_of, retouched, saved, unusual


def page() -> np.ndarray:
    """Return a flat page with rows of strokes."""
    pixels = np.full((160, 200, 3), (240, 238, 250), np.uint8)
    for top in range(20, 150, 24):
        for left in range(10, 180, 7):
            pixels[top : top + 11, left : left + 3] = (30, 40, 60)
            pixels[top : top + 11, left + 3] = (135, 140, 150)
    return pixels


@pytest.mark.parametrize(("written", "wide"), [(0.0, 150), (1.0, 320)])
def test_what_is_retouched_is_a_piece_and_its_mask_says_which(
    written: float, wide: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retouch, "_WRITTEN", written)
    pixels = page()
    found = 0
    for index in range(60):
        forged, mask = retouched(pixels, for_sample(0, "test", index))
        assert np.array_equal(mask, (forged != pixels).any(2))
        rows, columns = mask.any(1).nonzero()[0], mask.any(0).nonzero()[0]
        found += bool(mask.any())
        if mask.any():
            assert np.ptp(rows) < 44
            assert np.ptp(columns) < wide
    assert found > 45


@pytest.mark.parametrize("change", sorted({change.__name__ for change in retouch._CHANGES}))
def test_every_way_of_drawing_changes_text(change: str) -> None:
    piece = page()[14:40, 5:80]
    way = getattr(retouch, change)
    drawn = [way(piece, for_sample(1, "test", index)) for index in range(8)]
    assert all(other.shape == piece.shape and other.dtype == np.uint8 for other in drawn)
    assert sum(bool((other != piece).any()) for other in drawn) >= 6
    assert np.array_equal(drawn[3], way(piece, for_sample(1, "test", 3)))


def test_nothing_is_retouched_where_there_is_nothing() -> None:
    flat = np.full((64, 64, 3), 200, np.uint8)
    forged, mask = retouched(flat, for_sample(0, "test", 0))
    assert not mask.any()
    assert forged is flat
    assert not edges_of(flat).any()


def test_both_of_a_pair_are_saved_alike() -> None:
    pixels = page()
    one, other = saved([pixels, pixels.copy()], for_sample(0, "test", 5))
    assert np.array_equal(one, other)
    assert (one != pixels).any()
    assert unusual(pixels, for_sample(0, "test", 5)).shape == pixels.shape

from __future__ import annotations

import math

import numpy as np
import pytest

from sigh_batch.degrade.degradations.noise import noisy

GREY = np.full((400, 500, 3), 128, np.uint8)


@pytest.mark.parametrize("sigma", [0.6, 2.0, 8.0, 25.0])
def test_it_is_normal_of_the_sigma_and_centred(sigma: float) -> None:
    grain = noisy(GREY, sigma, True, 3).astype(float) - 128
    assert abs(grain.mean()) < 0.02 * sigma + 0.01
    # Rounding to whole levels adds a twelfth to the variance.
    assert grain.std() == pytest.approx((sigma**2 + 1 / 12) ** 0.5, rel=0.02)
    for edge in (0.5, round(sigma) + 0.5, round(2.5 * sigma) + 0.5):
        share = math.erfc(edge / sigma / math.sqrt(2))
        assert (np.abs(grain) > edge).mean() == pytest.approx(share, rel=0.03, abs=1e-4)


def test_every_value_is_independent_when_coloured_and_channels_agree_when_not() -> None:
    coloured = noisy(GREY, 8, True, 1).astype(float) - 128
    flat = coloured.reshape(-1, 3)
    assert abs(np.corrcoef(flat, rowvar=False)[0, 1]) < 0.01
    assert abs(np.corrcoef(coloured[:, :-1, 0].ravel(), coloured[:, 1:, 0].ravel())[0, 1]) < 0.01
    one, two = coloured.ravel()[0::2], coloured.ravel()[1::2]
    for apart in (0, 1, 2):
        assert abs(np.corrcoef(one[: len(one) - apart], two[apart:])[0, 1]) < 0.01
        # Not only uncorrelated: how large a value is says nothing of how large the next is.
        assert abs(np.corrcoef(np.abs(one[: len(one) - apart]), np.abs(two[apart:]))[0, 1]) < 0.01
    joint = np.histogram2d(one, two, bins=np.arange(-20.5, 21))[0] / len(one)
    alone = np.histogram(coloured, bins=np.arange(-20.5, 21))[0] / coloured.size
    assert np.abs(joint - np.outer(alone, alone)).sum() < 0.06
    # No period: a pool of noise would repeat itself.
    spectrum = np.abs(np.fft.rfft(coloured[:, :, 0].ravel())) ** 2
    assert spectrum[1:].max() < 25 * spectrum[1:].mean()
    alike = noisy(GREY, 8, False, 1)
    assert np.array_equal(alike[:, :, 0], alike[:, :, 1])
    assert np.array_equal(alike[:, :, 0], alike[:, :, 2])
    assert alike.std() > 7


def test_seeds_differ_and_ends_do_not_wrap() -> None:
    assert not np.array_equal(noisy(GREY, 4, True, 1), noisy(GREY, 4, True, 2))
    white = noisy(np.full((50, 50, 3), 255, np.uint8), 20, True, 1)
    black = noisy(np.zeros((50, 50, 3), np.uint8), 20, True, 1)
    assert white.min() > 120
    assert black.max() < 135
    assert (white == 255).mean() > 0.45

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.forge.box import Box
from sigh_batch.forge.pasting import (
    FILTERS,
    blended,
    feathered,
    paste,
    rounded,
    scaled,
    shifted,
    warped,
    zoom_out,
)
from tests.cases import photograph

PIXELS = photograph(1, 80, 60).pixels
BLACK = np.zeros_like(PIXELS)


@given(st.integers(0, 255))
def test_blending_rounds_to_the_nearest_level(cover: int) -> None:
    coverage = np.full(PIXELS.shape[:2], cover, np.uint8)
    exact = (BLACK * (255.0 - cover) + PIXELS * float(cover)) / 255
    assert np.abs(blended(BLACK, PIXELS, coverage) - exact).max() <= 0.5 + 1e-6


@given(st.integers(-90, 90), st.integers(-70, 70))
def test_a_patch_lands_where_it_is_told_and_nowhere_else(x: int, y: int) -> None:
    pixels = BLACK.copy()
    patch = np.full((20, 30, 3), 200, np.uint8)
    box = paste(pixels, patch, x, y)
    changed = np.argwhere(pixels.any(axis=2))
    if box is None:
        assert not len(changed)
    else:
        assert len(changed) == box.area
        assert tuple(changed[0]) == (box.y, box.x)
        assert box.within(Box(x, y, 30, 20))


@pytest.mark.parametrize("feather", [0.0, 0.7, 3.0, 40.0])
def test_feathers_soften_inwards_alike_on_all_sides(feather: float) -> None:
    cover = feathered(31, 17, feather)
    assert cover.shape == (17, 31)
    assert cover[8, 15] == 255
    assert np.array_equal(cover, cover[::-1])
    assert np.array_equal(cover, cover[:, ::-1])
    assert (np.diff(cover[8, :16].astype(int)) >= 0).all()
    assert (cover.min() < 255) == (feather > 0)


def test_rounded_corners_have_the_area_of_a_circle() -> None:
    disc = rounded(60, 60, 30)
    assert abs(disc.sum() / 255 - np.pi * 900) < 12
    assert disc[0, 0] == 0
    assert (rounded(40, 20, 0) == 255).all()


@pytest.mark.parametrize("name", FILTERS)
def test_no_movement_changes_nothing(name: str) -> None:
    assert np.array_equal(shifted(PIXELS, 0, 0, name), PIXELS)
    assert np.array_equal(warped(PIXELS, 1, 1, 0, name), PIXELS)
    assert np.array_equal(scaled(PIXELS, 80, 60, name), PIXELS)


def test_a_shift_by_whole_pixels_is_exact() -> None:
    moved = shifted(PIXELS, 1.0, -2.0)
    assert np.array_equal(moved[:-2, 1:], PIXELS[2:, :-1])


def test_zooming_out_touches_the_box_alone() -> None:
    pixels = PIXELS.copy()
    zoom_out(pixels, Box(10, 10, 30, 20), 1.5)
    changed = (pixels != PIXELS).any(axis=2)
    assert changed.any()
    changed[10:30, 10:40] = False
    assert not changed.any()
    zoom_out(pixels, Box(0, 0, 80, 60), 1)
    assert np.array_equal(pixels[40:], PIXELS[40:])

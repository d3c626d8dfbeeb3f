"""What lies over a picture: clear where a map says nothing, and a line round what was truly changed."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sigh_batch.report.predictions.overlays import RIM, outline_mask, tint_map


def pixels(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


def test_a_map_is_clear_where_it_says_nothing() -> None:
    levels = np.zeros((30, 900), np.uint8)
    levels[:, 450:] = 255
    found = pixels(tint_map(levels))
    assert found.shape == (8, 240, 4)
    assert found[4, 5, 3] == 0
    assert found[4, 230].tolist() == [230, 0, 122, 240]


@pytest.mark.parametrize("pixel", [0.03, 0.5, 0.9])
def test_the_colours_begin_where_the_model_draws_its_line(pixel: float) -> None:
    levels = np.full((8, 8), round(pixel * 255), np.uint8)
    usual = pixels(tint_map(np.full((8, 8), 128, np.uint8)))
    near = np.abs(pixels(tint_map(levels, pixel)).astype(int) - usual).max()
    assert near <= 40
    below = np.full((8, 8), int(pixel * 255) - 1, np.uint8)
    assert pixels(tint_map(below, pixel))[..., 3].max() == 0
    assert pixels(tint_map(np.full((8, 8), 255, np.uint8), pixel))[0, 0].tolist() == [230, 0, 122, 240]


def test_even_one_changed_pixel_of_a_large_picture_has_its_line() -> None:
    mask = np.zeros((2000, 1080), np.uint8)
    mask[900, 500] = 255
    found = pixels(outline_mask(mask))
    lines = (found[..., :3] == RIM[0]).all(axis=2) & (found[..., 3] == 255)
    assert found.shape[1] == 360
    assert 8 <= lines.sum() <= 40
    at = np.argwhere(lines).mean(axis=0)
    assert np.abs(at - (300, 166.7)).max() < 1.5


def test_a_line_goes_round_and_leaves_the_inside_to_be_seen() -> None:
    mask = np.zeros((60, 80), np.uint8)
    mask[20:40, 30:60] = 1
    alpha = pixels(outline_mask(mask))[..., 3]
    assert alpha[22:38, 32:58].max() == 0
    mask[20:40, 40:46] = 0  # as between two letters
    assert pixels(outline_mask(mask))[24:36, 40:46, 3].max() == 0
    assert alpha[18, 45] == 255
    assert alpha[5, 5] == 0
    assert pixels(outline_mask(np.zeros((9, 9), np.uint8)))[..., 3].max() == 0

"""Marks, boxes and pixels move together: each is followed by itself and compared with the others."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.degrade import geometry
from sigh_batch.degrade.operation import find
from sigh_batch.degrade.picture import Picture, picture_of
from sigh_batch.rng import for_sample

BOX = (40, 60, 90, 50)
MOVES = (
    "crop",
    "grid_crop",
    "letterbox",
    "messenger",
    "rescale",
    "rescreenshot",
    "resize",
    "screen_photo",
    "scroll_stitch",
)


def marked(width: int = 240, height: int = 200) -> Picture:
    """Return a dark picture with one bright marked rectangle and its box."""
    pixels = np.full((height, width, 3), 20, np.uint8)
    mask = np.zeros((height, width), np.uint8)
    x, y, wide, high = BOX
    pixels[y : y + high, x : x + wide] = 235
    mask[y : y + high, x : x + wide] = 1
    return picture_of(pixels, mask, [BOX], ["line"])


def bounds(plane: np.ndarray) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of what is not zero."""
    x, y, wide, high = cv2.boundingRect((plane != 0).astype(np.uint8))
    return x, y, x + wide, y + high


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("index", range(12))
def test_a_marked_rectangle_its_box_and_its_pixels_stay_together(name: str, index: int) -> None:
    operation, picture = find(name), marked()
    params = operation.draw(for_sample(2, name, index), picture)
    if name == "letterbox":
        params["fill"] = "color"
        params["color"] = [0, 0, 0]
    if name == "screen_photo":
        params.update(gamma=1.0, vignette=0.0, moire=0.0, noise=0.0, room=[0, 0, 0], blur=0.0)
    if name == "scroll_stitch":
        params["second_start"] = max(params["second_start"], params["first_end"])
    done = operation.apply(picture, params)
    x, y, wide, high = done.boxes[0]
    if wide == 0 or high == 0:
        assert not done.mask.any()
        return
    of_box = x, y, x + wide, y + high
    of_mask, of_pixels = bounds(done.mask), bounds(done.pixels[:, :, 1] > 127)
    slack = 1.5 if name == "screen_photo" else 1.0
    for edge, mark, bright in zip(of_box, of_mask, of_pixels, strict=True):
        assert abs(edge - mark) <= slack
        assert abs(edge - bright) <= slack + 0.5
    assert (done.mask != 0).sum() >= ((done.pixels[:, :, 1] > 127).sum()) * 0.97


@given(
    mask=st.lists(st.lists(st.integers(0, 3), min_size=5, max_size=5), min_size=4, max_size=4),
    width=st.integers(1, 13),
    height=st.integers(1, 11),
)
def test_a_scaled_mark_is_exactly_where_marked_pixels_reach(
    mask: list[list[int]], width: int, height: int
) -> None:
    old = np.array(mask, np.uint8)
    expected = np.zeros((height, width), np.uint8)
    for row in range(height):
        for column in range(width):
            for y in range(4):
                for x in range(5):
                    # Source pixel and result pixel overlap, in units in which both have whole edges.
                    down = y * height < (row + 1) * 4 and (y + 1) * height > row * 4
                    across = x * width < (column + 1) * 5 and (x + 1) * width > column * 5
                    expected[row, column] |= old[y, x] if down and across else 0
    assert geometry.scaled_mask(old, width, height).tolist() == expected.tolist()


def test_one_marked_pixel_survives_any_shrinking() -> None:
    for place in range(0, 400, 7):
        mask = np.zeros((20, 400), np.uint8)
        mask[place % 20, place] = 4
        assert geometry.scaled_mask(mask, 100, 5).max() == 4


def test_cutting_is_exact_and_leaves_at_least_one_pixel() -> None:
    picture = marked()
    done = geometry.cut(picture, 10, 70, 3, 5)
    assert np.array_equal(done.pixels, picture.pixels[70:195, 10:237])
    assert np.array_equal(done.mask, picture.mask[70:195, 10:237])
    assert done.boxes.tolist() == [[30, 0, 90, 40]]
    tiny = geometry.cut(picture, 999, 999, 999, 999)
    assert tiny.pixels.shape == (1, 1, 3)


def test_padding_moves_without_marking() -> None:
    done = geometry.pad(marked(), 3, 5, 7, 11, (1, 2, 3))
    assert done.pixels.shape == (216, 250, 3)
    assert done.pixels[0, 0].tolist() == [1, 2, 3]
    assert done.boxes.tolist() == [[43, 65, 90, 50]]
    assert int(done.mask.sum()) == 90 * 50


def test_a_warp_by_whole_pixels_is_exact_and_carries_every_bit_plane() -> None:
    picture = marked()
    planes = picture.mask.copy()
    planes[5, 6] = 0x82
    matrix = np.array([[1, 0, 12], [0, 1, -3], [0, 0, 1.0]])
    done = geometry.warp(picture.moved(picture.pixels, planes, picture.boxes), matrix, 240, 200, (9, 9, 9))
    assert np.array_equal(done.pixels[:197, 12:], picture.pixels[3:, :228])
    assert np.array_equal(done.mask[:197, 12:], planes[3:, :228])
    assert (done.pixels[:, :12] == 9).all()
    assert not done.mask[:, :12].any()
    assert done.boxes.tolist() == [[52, 57, 90, 50]]


def test_our_warp_agrees_with_opencv_s() -> None:
    generator = for_sample(1, "warp", 0).generator()
    pixels = cv2.GaussianBlur(generator.integers(0, 256, (120, 160, 3), dtype=np.uint8), (0, 0), 3)
    picture = picture_of(np.asarray(pixels))
    matrix = np.array([[0.98, 0.03, 2], [-0.02, 1.01, 1], [1e-4, -5e-5, 1.0]])
    done = geometry.warp(picture, matrix, 160, 120, (0, 0, 0))
    centre = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    indexes = np.linalg.inv(centre) @ matrix @ centre
    theirs = cv2.warpPerspective(pixels, indexes, (160, 120))
    inner = (slice(8, -8), slice(8, -8))
    assert np.abs(done.pixels[inner].astype(int) - theirs[inner]).max() <= 2

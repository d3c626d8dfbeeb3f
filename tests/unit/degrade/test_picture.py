from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from sigh_batch.degrade.picture import clipped, picture_of, pixels_of

PIXELS = np.zeros((4, 6, 3), np.uint8)


def test_a_boolean_mask_becomes_bit_0_and_none_becomes_nothing() -> None:
    assert picture_of(PIXELS, np.ones((4, 6), bool)).mask.tolist() == [[1] * 6] * 4
    bare = picture_of(PIXELS)
    assert not bare.mask.any()
    assert bare.boxes.shape == (0, 4)
    assert (bare.width, bare.height) == (6, 4)


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((4, 6), np.uint8), "not an RGB picture of 8 bits: uint8 of shape \\(4, 6\\)"),
        (np.zeros((4, 6, 4), np.uint8), "of shape \\(4, 6, 4\\)"),
        (np.zeros((4, 6, 3), np.float32), "float32"),
        (np.zeros((0, 6, 3), np.uint8), "of shape \\(0, 6, 3\\)"),
    ],
)
def test_what_is_no_picture_is_refused(pixels: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        picture_of(pixels)


@pytest.mark.parametrize("height", [1, 63, 64, 65, 200])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_the_pixels_of_an_image_are_all_there(mode: str, height: int) -> None:
    levels = np.random.default_rng(height).integers(0, 255, (height, 5, 3), np.uint8)
    image = Image.fromarray(levels).convert(mode)
    assert np.array_equal(pixels_of(image), np.array(image.convert("RGB")))


def test_a_mask_or_kinds_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match=r"the mask has shape \(6, 4\) and the picture \(4, 6\)"):
        picture_of(PIXELS, np.zeros((6, 4), bool))
    with pytest.raises(ValueError, match="2 kinds are told of 1 boxes"):
        picture_of(PIXELS, None, [[0, 0, 1, 1]], ["word", "line"])


def test_boxes_are_clipped_and_keep_their_place_in_the_list() -> None:
    boxes = np.array([[-2, -2, 4, 5], [5, 1, 9, 1], [20, 1, 4, 1], [1, 1, 2, 2]], float)
    assert clipped(boxes, 6, 4).tolist() == [[0, 0, 2, 3], [5, 1, 1, 1], [6, 1, 0, 0], [1, 1, 2, 2]]


def test_history_is_told_apart() -> None:
    picture = picture_of(PIXELS).noted({"type": "blur", "params": {}}).noted({"codec": "png"})
    assert [entry["type"] for entry in picture.operations] == ["blur"]
    assert [entry["codec"] for entry in picture.encodes] == ["png"]

import numpy as np
import pytest

from sigh_batch.errors import UnknownName
from sigh_batch.forge.box import Box
from sigh_batch.forge.ground import FILLS, common_color, fill, ground_color, ink_color, ink_of, inpainted
from tests.cases import chat, shade, tiled, written

BOX = Box(60, 50, 70, 24)


def _flat(color: tuple[int, int, int] = (231, 240, 229)) -> np.ndarray:
    pixels = np.empty((140, 200, 3), np.uint8)
    pixels[...] = color
    return pixels


@pytest.mark.parametrize("how", FILLS)
def test_every_way_restores_a_flat_ground(how: str) -> None:
    clean = _flat()
    made = fill(written(clean, BOX), BOX, how)
    # Telea's method, as OpenCV does it, leaves a little grain where there was none.
    assert np.abs(made.astype(int) - clean[BOX.window]).max() <= (4 if how == "telea" else 0)


@pytest.mark.parametrize("rows", [True, False])
def test_gradients_are_continued(rows: bool) -> None:
    clean = shade(200, 140, rows=rows)
    dirty = written(clean, BOX)
    assert np.array_equal(fill(dirty, BOX, "neighbours"), clean[BOX.window])
    sampled = fill(dirty, BOX, "sampled").astype(int)
    assert np.abs(sampled - clean[BOX.window]).max() <= 4
    flat = fill(dirty, BOX, "flat").astype(int)
    assert np.abs(flat - clean[BOX.window]).max() > 4


def test_a_repeating_wallpaper_is_copied_from_where_it_repeats() -> None:
    clean = tiled(400, 300)
    box = Box(150, 120, 60, 50)
    made = fill(written(clean, box), box, "neighbours")
    assert np.array_equal(made, clean[box.window])


@pytest.mark.parametrize("how", FILLS)
@pytest.mark.parametrize("box", [Box(0, 0, 30, 20), Box(150, 110, 80, 60), Box(0, 0, 200, 140)])
def test_the_edge_of_the_picture_is_no_obstacle(how: str, box: Box) -> None:
    pixels = shade(200, 140)
    seen = box.inside(200, 140)
    assert fill(pixels, box, how).shape == (seen.height, seen.width, 3)


def test_the_error_is_added_within_black_and_white() -> None:
    made = fill(_flat((250, 128, 3)), BOX, "flat", (9, -4, -9))
    assert common_color(made.reshape(-1, 3)).tolist() == [255, 124, 0]


def test_words_in_a_bubble_go_without_a_trace() -> None:
    case = chat(4)
    words = [element for element in case.elements if element.kind == "word"]
    left = 0
    for word in words[:12]:
        box = Box(int(word.x) - 1, int(word.y), int(word.width) + 3, int(word.height) + 1)
        made = fill(case.pixels, box, "sampled")
        left += int(ink_of(made, Box(0, 0, box.width, box.height)).sum())
    assert left == 0


def test_ground_and_ink_are_told_apart() -> None:
    dirty = written(_flat(), BOX)
    assert ground_color(dirty, BOX.grown(20)) == (231, 240, 229)
    assert ink_color(dirty, BOX.grown(20)) == (30, 30, 36)
    ink = ink_of(dirty, BOX.grown(20))
    assert np.array_equal(ink, (dirty[BOX.grown(20).window] == (30, 30, 36)).all(axis=2))


def test_of_equally_common_colours_the_lowest_is_taken() -> None:
    pixels = np.array([[9, 9, 9], [2, 200, 7], [9, 9, 9], [2, 200, 7]], np.uint8)
    assert common_color(pixels).tolist() == [2, 200, 7]


def test_large_holes_are_filled_and_nothing_else_is() -> None:
    pixels = shade(400, 300)
    hole = np.zeros((300, 400), np.uint8)
    hole[40:260, 50:350] = 255
    made = inpainted(written(pixels, Box(50, 40, 300, 220)), hole, "telea")
    assert np.array_equal(made[hole == 0], pixels[hole == 0])
    assert made[hole == 255][:, 0].min() > 60


def test_an_unknown_way_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'telea'"):
        fill(_flat(), BOX, "talea")

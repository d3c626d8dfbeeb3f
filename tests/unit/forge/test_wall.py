import numpy as np
import pytest

from sigh_batch.forge.box import Box
from sigh_batch.forge.wall import bare, standing, wall_of
from sigh_batch.render.painter import Pixels
from tests.cases import shade, tiled

COLUMN = Box(0, 0, 300, 600)
BUBBLES = (Box(20, 30, 180, 60), Box(110, 130, 170, 80), Box(20, 250, 150, 50), Box(120, 340, 160, 90))
FLAT = np.full((600, 300, 3), (229, 221, 213), np.uint8)


def _hung(wall: Pixels) -> Pixels:
    pixels = wall.copy()
    for box in BUBBLES:
        pixels[box.window] = (255, 255, 255)
        pixels[box.y + 12 : box.y + 20, box.x + 12 : box.right - 12] = (17, 20, 24)
    return pixels


@pytest.mark.parametrize(
    ("wall", "kind"), [(FLAT, "flat"), (shade(300, 600), "rows"), (tiled(300, 600, 60), "busy")]
)
def test_the_bare_wall_is_what_was_there_before(wall: Pixels, kind: str) -> None:
    pixels = _hung(wall)
    found = wall_of(pixels, COLUMN, [box.grown(4) for box in BUBBLES])
    assert found.kind == kind
    made = bare(pixels, found, COLUMN)
    off = np.abs(made.astype(int) - wall).max(axis=2) > 2
    assert off.mean() < (0.01 if kind == "busy" else 0.02)


def test_a_part_of_the_wall_is_that_part_of_the_whole() -> None:
    pixels = _hung(shade(300, 600))
    found = wall_of(pixels, COLUMN, BUBBLES)
    part = Box(50, 100, 80, 120)
    assert np.array_equal(bare(pixels, found, part), bare(pixels, found, COLUMN)[part.window])


def test_thin_lines_are_no_part_of_the_wall() -> None:
    pixels = FLAT.copy()
    pixels[300:302] = (200, 40, 40)
    found = wall_of(pixels, COLUMN, ())
    assert found.kind == "flat"
    assert (found.colors == FLAT[0, 0]).all()


def test_what_stands_before_the_wall_is_solid() -> None:
    pixels = _hung(FLAT)
    cover = standing(pixels, FLAT)
    hung = np.zeros(cover.shape, np.uint8)
    for box in BUBBLES:
        hung[box.window] = 255
    assert np.array_equal(cover, hung)

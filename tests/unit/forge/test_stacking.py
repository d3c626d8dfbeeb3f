import numpy as np
import pytest

from sigh_batch.forge.box import Box
from sigh_batch.forge.rows import Sheet
from sigh_batch.forge.stacking import Move, restack
from sigh_batch.forge.wall import wall_of
from sigh_batch.render.painter import Pixels
from tests.cases import shade

COLUMN = Box(20, 40, 200, 300)
UPPER, LOWER = Box(40, 60, 120, 50), Box(60, 180, 120, 90)


def _scene(wall: Pixels) -> tuple[Pixels, Sheet]:
    pixels = wall.copy()
    for box in (UPPER, LOWER):
        pixels[box.window] = (250, 252, 255)
        pixels[box.y + 8 : box.y + 16, box.x + 8 : box.right - 8] = (20, 20, 20)
    taken = (UPPER.grown(4), LOWER.grown(4))
    return pixels, Sheet((), COLUMN, wall_of(pixels, COLUMN, taken), True, True)


@pytest.mark.parametrize("lift", [False, True])
def test_on_a_flat_wall_both_ways_close_a_gap_without_a_trace(lift: bool) -> None:
    wall = np.full((360, 240, 3), (236, 229, 221), np.uint8)
    pixels, sheet = _scene(wall)
    part = Box(COLUMN.x, 60, COLUMN.width, COLUMN.bottom - 60)
    source = restack(pixels, sheet, [Move(180, COLUMN.bottom, 60)], part, lift=lift, error=(0, 0, 0))
    truth = wall.copy()
    there = LOWER.moved(0, -120)
    truth[there.window] = (250, 252, 255)
    truth[there.y + 8 : there.y + 16, there.x + 8 : there.right - 8] = (20, 20, 20)
    assert np.array_equal(pixels, truth)
    assert source[LOWER.window].all()
    assert not source[UPPER.window].any()


def test_lifting_leaves_a_shaded_wall_in_its_place() -> None:
    wall = shade(240, 360)
    moves = [Move(180, COLUMN.bottom, 60)]
    part = Box(COLUMN.x, 60, COLUMN.width, COLUMN.bottom - 60)
    off = {}
    for lift in (False, True):
        pixels, sheet = _scene(wall)
        restack(pixels, sheet, moves, part, lift=lift, error=(0, 0, 0))
        free = np.ones(wall.shape[:2], np.bool_)
        free[LOWER.moved(0, -120).window] = False
        off[lift] = int(np.abs(pixels.astype(int) - wall)[free].max())
    assert off[True] <= 3
    assert off[False] > 20


def test_nothing_outside_the_part_changes() -> None:
    before, sheet = _scene(shade(240, 360))
    pixels = before.copy()
    part = Box(COLUMN.x, 60, COLUMN.width, 240)
    restack(pixels, sheet, [Move(180, 300, 60), Move(60, 180, 180)], part, lift=True, error=(0, 0, 0))
    changed = (pixels != before).any(axis=2)
    assert changed.any()
    changed[part.window] = False
    assert not changed.any()

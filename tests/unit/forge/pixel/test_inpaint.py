import numpy as np

from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case
from sigh_batch.forge.hand import draw_hand
from sigh_batch.forge.operation import pixel_forgeries
from sigh_batch.rng import Draws
from tests.cases import kit, tiled, written

WALL = tiled(400, 300)
BOX = Box(150, 120, 60, 50)
PAGE = Case(pixels=written(WALL, BOX))
HAND = draw_hand(Draws("inpaint", 0), "expert")
PARAMS = {"target": None, "box": list(BOX), "ink": False, "reach": 2, "radius": 3, "feather": 0.0}


def test_a_patch_is_an_exact_copy_and_says_of_what() -> None:
    edit = pixel_forgeries.get("inpaint").carry_out(PAGE, {**PARAMS, "how": "patch"}, HAND, kit())
    assert np.array_equal(edit.pixels, WALL)
    assert edit.source is not None
    x, y, width, height = edit.entry["source"]
    assert np.array_equal(WALL[y : y + height, x : x + width], WALL[BOX.window])
    assert edit.source.sum() == BOX.area


def test_marking_the_ink_alone_leaves_the_rest_as_it_was() -> None:
    forgery = pixel_forgeries.get("inpaint")
    page = Case(pixels=written(WALL, Box(160, 130, 6, 20)))
    changed = {
        ink: int(
            (
                forgery.carry_out(page, {**PARAMS, "how": "telea", "ink": ink}, HAND, kit()).pixels
                != page.pixels
            )
            .any(axis=2)
            .sum()
        )
        for ink in (False, True)
    }
    assert 0 < changed[True] < changed[False]

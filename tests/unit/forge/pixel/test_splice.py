import numpy as np

from sigh_batch.data.sample import Element
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case, Kit
from sigh_batch.forge.hand import draw_hand
from sigh_batch.forge.operation import pixel_forgeries
from sigh_batch.rng import Draws
from tests.cases import written


def _page(ground: int, box: Box, said: str) -> Case:
    pixels = written(np.full((120, 200, 3), ground, np.uint8), box.grown(-3))
    return Case(pixels=pixels, elements=(Element("time", *box, text=said),))


HERE, THERE = Box(20, 30, 60, 20), Box(90, 60, 90, 30)


def test_a_splice_is_scaled_to_fit_and_takes_the_ground_of_its_new_place() -> None:
    case, donor = _page(240, HERE, "09:41"), _page(250, THERE, "23:59")
    tools, forgery = Kit(donor=lambda _draws, _same: donor), pixel_forgeries.get("splice")
    hand = draw_hand(Draws("splice", 0), "careful")
    params = forgery.draw(Draws("splice", 1), case, hand, tools)
    assert params is not None
    assert (params["old"], params["new"]) == ("09:41", "23:59")
    assert params["to"][2:] == [60, 20] or tuple(params["to"][2:]) == (60, 20)
    plain = {**params, "feather": 0.0, "zoom": 1.0, "how": "flat", "error": [0, 0, 0]}
    edit = forgery.carry_out(case, plain, hand, tools)
    assert np.abs(edit.pixels[HERE.y, HERE.x : HERE.right].astype(int) - 240).max() <= 1
    assert edit.source is None


def test_no_other_screenshot_no_splice() -> None:
    hand = draw_hand(Draws("splice", 0), "careful")
    assert pixel_forgeries.get("splice").draw(Draws("s", 0), _page(240, HERE, "1"), hand, Kit()) is None

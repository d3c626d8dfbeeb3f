import numpy as np

from sigh_batch.forge.box import Box
from sigh_batch.forge.ground import ink_of
from sigh_batch.forge.hand import draw_hand
from sigh_batch.forge.operation import pixel_forgeries
from sigh_batch.rng import Draws
from tests.cases import CHATS, chat, kit


def test_experts_leave_nothing_to_read_and_careless_forgers_sometimes_do() -> None:
    forgery, left = pixel_forgeries.get("erase"), {"careless": 0, "expert": 0}
    for skill in left:
        for index in CHATS:
            case, draws = chat(index), Draws(f"erase/{skill}", index)
            hand = draw_hand(draws, skill)
            params = forgery.draw(draws, case, hand, kit())
            assert params is not None
            edit = forgery.carry_out(case, params, hand, kit())
            inner = Box(*params["box"]).grown(-1)
            left[skill] += int(np.count_nonzero(ink_of(edit.pixels, inner, 40)) > 4)
            assert edit.entry["old"] == case.elements[params["target"]].text
    assert left["expert"] <= 1 < left["careless"]

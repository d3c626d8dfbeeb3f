import numpy as np

from sigh_batch.forge.hand import draw_hand
from sigh_batch.forge.operation import pixel_forgeries
from sigh_batch.rng import Draws
from tests.cases import CHATS, chat, kit


def test_experts_copy_pixels_as_they_are() -> None:
    forgery, ways = pixel_forgeries.get("copy_move"), set()
    for index in CHATS[:16]:
        case, draws = chat(index), Draws("copy", index)
        hand = draw_hand(draws, "expert")
        params = forgery.draw(draws, case, hand, kit())
        assert params is not None
        ways.add(params["way"])
        edit = forgery.carry_out(case, params, hand, kit())
        x, y, width, height = params["from"]
        to_x, to_y = params["to"]
        assert np.array_equal(
            edit.pixels[to_y : to_y + height, to_x : to_x + width],
            case.pixels[y : y + height, x : x + width],
        )
        assert edit.source is not None
        assert edit.source.sum() == width * height
    assert ways == {"digit", "element"}


def test_a_digit_changes_one_character_and_clocks_stay_clocks() -> None:
    forgery, seen = pixel_forgeries.get("copy_move"), 0
    for index in CHATS:
        case, draws = chat(index), Draws("digit", index)
        hand = draw_hand(draws, "careful")
        params = forgery.draw(draws, case, hand, kit())
        if params is None or params["way"] != "digit":
            continue
        seen += 1
        old, new = params["old"], params["new"]
        assert old == case.elements[params["target"]].text
        assert sum(one != other for one, other in zip(old, new, strict=True)) == 1
        if ":" in new and new.replace(":", "").isdigit():
            assert int(new.split(":")[1]) < 60
    assert seen >= 4

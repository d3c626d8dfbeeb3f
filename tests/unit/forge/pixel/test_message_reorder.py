import functools

from sigh_batch.data.sample import Json
from sigh_batch.forge.case import Case, Edit
from sigh_batch.forge.hand import draw_hand
from sigh_batch.forge.operation import pixel_forgeries
from sigh_batch.rng import Draws
from tests.cases import CHATS, chat, kit


@functools.cache
def _swaps() -> list[tuple[Case, Json, Edit]]:
    forgery = pixel_forgeries.get("message_reorder")
    found = []
    for index in CHATS[:14]:
        draws = Draws("reorder", index)
        hand = draw_hand(draws, "expert")
        params = forgery.draw(draws, chat(index), hand, kit())
        if params is not None:
            found.append((chat(index), params, forgery.carry_out(chat(index), params, hand, kit())))
    return found


def test_two_messages_say_what_the_other_said() -> None:
    ways = set()
    for case, params, edit in _swaps():
        ways.add(params["way"])
        one, other = params["target"], params["other"]
        assert (edit.entry["old"], edit.entry["new"]) == (case.elements[one].text, case.elements[other].text)
        assert edit.elements is not None
        if params["way"] == "texts":
            assert edit.elements[one].text == case.elements[other].text
            assert edit.elements[other].text == case.elements[one].text
            assert edit.elements[one].y == case.elements[one].y
        else:
            first, second = edit.elements[one], edit.elements[other]
            assert (first.y > second.y) == (case.elements[one].y < case.elements[other].y)
    assert ways == {"texts", "rows"}


def test_every_line_stays_in_its_text() -> None:
    for case, _, edit in _swaps():
        assert edit.elements is not None
        for element in edit.elements:
            if element.kind == "line" and element.parent is not None:
                text = edit.elements[element.parent]
                assert text.y - 1 <= element.y
                assert element.y + element.height <= text.y + text.height + 1
        words = sorted(element.text or "" for element in edit.elements if element.kind == "word")
        assert words == sorted(element.text or "" for element in case.elements if element.kind == "word")

import numpy as np

from sigh_batch.forge.hand import draw_hand
from sigh_batch.forge.operation import pixel_forgeries
from sigh_batch.rng import Draws
from tests.cases import CHATS, chat, kit


def test_the_edge_stays_round_for_who_takes_care() -> None:
    forgery, seen, square = pixel_forgeries.get("avatar_swap"), 0, 0
    for skill in ("careless", "expert"):
        for index in CHATS[:16]:
            case, draws = chat(index), Draws(f"avatar/{skill}", index)
            hand = draw_hand(draws, skill)
            params = forgery.draw(draws, case, hand, kit(index))
            if params is None:
                continue
            edit = forgery.carry_out(case, params, hand, kit(index))
            changed = (edit.pixels != case.pixels).any(axis=2)
            for x, y, width, height in params["over"]:
                corners = changed[
                    [y, y, y + height - 1, y + height - 1], [x, x + width - 1, x, x + width - 1]
                ]
                if skill == "expert":
                    seen += 1
                    assert not corners.any()
                else:
                    square += int(corners.any())
    assert seen >= 10
    assert square >= 3


def test_one_person_has_one_face() -> None:
    """Who takes care swaps every avatar of a person that is wholly seen."""
    forgery = pixel_forgeries.get("avatar_swap")
    for index in CHATS[:16]:
        case, draws = chat(index), Draws("face", index)
        hand = draw_hand(draws, "expert")
        params = forgery.draw(draws, case, hand, kit(index))
        if params is None or case.elements[params["target"]].value is None:
            continue
        edit = forgery.carry_out(case, params, hand, kit(index))
        faces = [edit.pixels[y : y + high, x : x + wide] for x, y, wide, high in params["over"]]
        alike = [face for face in faces if face.shape == faces[0].shape]
        middle = faces[0].shape[0] // 4
        for face in alike:
            inner = face[middle:-middle, middle:-middle]
            assert np.array_equal(inner, faces[0][middle:-middle, middle:-middle])

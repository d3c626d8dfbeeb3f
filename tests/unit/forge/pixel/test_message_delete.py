import functools
import itertools

import numpy as np
import pytest

from sigh_batch.data.sample import Json
from sigh_batch.forge.case import Case, Edit
from sigh_batch.forge.hand import Hand, draw_hand
from sigh_batch.forge.operation import pixel_forgeries
from sigh_batch.forge.rows import sheet_of
from sigh_batch.rng import Draws
from tests.cases import CHATS, chat, kit


@functools.cache
def _deletions(skill: str) -> list[tuple[Case, Json, Hand, Edit]]:
    forgery = pixel_forgeries.get("message_delete")
    found = []
    for index in CHATS[:14]:
        draws = Draws(f"delete/{skill}", index)
        hand = draw_hand(draws, skill)
        params = forgery.draw(draws, chat(index), hand, kit())
        if params is not None:
            found.append((chat(index), params, hand, forgery.carry_out(chat(index), params, hand, kit())))
    assert len(found) >= 8
    return found


def test_the_message_is_gone_and_what_moved_is_where_it_says() -> None:
    shifted = 0
    for case, params, _, edit in _deletions("expert"):
        sheet = sheet_of(case)
        assert sheet is not None
        assert edit.elements is not None
        row = next(row for row in sheet.rows if row.root == params["target"])
        for number, (old, new) in enumerate(zip(case.elements, edit.elements, strict=True)):
            if number in row.elements:
                assert (new.width, new.height) == (0, 0)
            elif old.kind == "word" and new.y != old.y and sheet.wall.kind == "flat":
                top, left = int(old.y), int(old.x)
                down = round(new.y - old.y)
                before = case.pixels[top : top + int(old.height), left : left + int(old.width)]
                window = slice(top + down, top + down + int(old.height)), slice(left, left + int(old.width))
                assert np.array_equal(edit.pixels[window], before)
                shifted += 1
    assert shifted >= 30


def test_experts_leave_no_group_without_its_head() -> None:
    for case, params, _, edit in _deletions("expert"):
        assert edit.elements is not None
        rows = [row for row in sheet_of(case).rows if row.root != params["target"]]  # type: ignore[union-attr]
        kinds = [case.elements[row.root].kind for row in rows]
        days = [at for at, kind in enumerate(kinds[:-1]) if kind == "separator"]
        before = [case.elements[row.root].kind for row in sheet_of(case).rows]  # type: ignore[union-attr]
        pairs = sum(one == other == "separator" for one, other in itertools.pairwise(before))
        assert sum(kinds[at + 1] == "separator" for at in days) <= pairs


@pytest.mark.parametrize("skill", ["careless", "careful", "expert"])
def test_the_source_is_what_moved(skill: str) -> None:
    ways = set()
    for _, params, _, edit in _deletions(skill):
        ways.add(params["way"])
        assert (edit.source is not None) == (params["way"] != "hole")
    assert len(ways) >= 2

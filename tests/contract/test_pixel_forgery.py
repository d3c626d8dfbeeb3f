"""What every forgery of a finished picture keeps, whatever it does."""

from __future__ import annotations

import functools
import json
from typing import Any

import numpy as np
import pytest

from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.hand import SKILLS, Hand, draw_hand
from sigh_batch.forge.operation import pixel_forgeries
from sigh_batch.rng import Draws
from tests.cases import chat, kit, photograph, unknown

NAMES = tuple(pixel_forgeries.names())
FOREIGN = tuple(name for name in NAMES if pixel_forgeries.get(name).foreign)
LOOKS = (0, 2, 5, 14, 24, 66)
"""Screenshots of every look: dark, light, list, patterned, shaded, right to left."""


@functools.cache
def _done(name: str, skill: str, index: int, foreign: bool) -> tuple[Case, Json, Hand, Kit, Edit] | None:
    case = unknown(index) if foreign else chat(index)
    draws = Draws(f"{name}/{skill}", index)
    hand, tools = draw_hand(draws.fork("hand"), skill), kit(index, foreign)
    forgery = pixel_forgeries.get(name)
    params = forgery.draw(draws, case, hand, tools)
    if params is None:
        return None
    return case, params, hand, tools, forgery.carry_out(case, params, hand, tools)


def _all(name: str, foreign: bool = False) -> list[tuple[Case, Json, Hand, Kit, Edit]]:
    found = [_done(name, skill, index, foreign) for skill in SKILLS for index in LOOKS]
    return [done for done in found if done is not None]


@pytest.mark.parametrize("name", NAMES)
def test_changes_something_and_nothing_outside_its_box(name: str) -> None:
    done = _all(name)
    assert len(done) >= 9
    for case, _, _, _, edit in done:
        assert edit.pixels.shape == case.pixels.shape
        assert edit.pixels.dtype == np.uint8
        changed = (edit.pixels != case.pixels).any(axis=2)
        assert changed.any()
        x, y, width, height = edit.entry["box"]
        changed[y : y + height, x : x + width] = False
        assert not changed.any()


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_enough_to_do_it_again(name: str) -> None:
    for case, params, hand, tools, edit in _all(name)[::4]:
        again = {**edit.entry["params"], "target": edit.entry["target"]}
        told = json.loads(json.dumps(again))
        assert {**told, **params} == told
        other = pixel_forgeries.get(name).carry_out(case, again, hand, tools)
        assert np.array_equal(other.pixels, edit.pixels)
        assert other.entry == edit.entry


@pytest.mark.parametrize("name", NAMES)
def test_says_what_it_did(name: str) -> None:
    for case, _, hand, _, edit in _all(name):
        entry = edit.entry
        assert set(entry) == {"type", "skill", "target", "old", "new", "box", "source", "params"}
        assert (entry["type"], entry["skill"]) == (name, hand.skill)
        assert entry["target"] is None or 0 <= entry["target"] < len(case.elements)
        assert (entry["source"] is None) == (edit.source is None)
        if edit.source is not None:
            assert edit.source.shape == case.pixels.shape[:2]
            assert edit.source.any()
            rows, columns = np.flatnonzero(edit.source.any(axis=1)), np.flatnonzero(edit.source.any(axis=0))
            x, y, width, height = entry["source"]
            assert x <= columns[0]
            assert columns[-1] < x + width
            assert y <= rows[0]
            assert rows[-1] < y + height
        if edit.elements is not None:
            assert len(edit.elements) >= len(case.elements)


@pytest.mark.parametrize("name", FOREIGN)
def test_works_on_pictures_that_nobody_annotated(name: str) -> None:
    forgery = pixel_forgeries.get(name)
    assert forgery.foreign
    done = _all(name, foreign=True)
    assert len(done) >= 6
    for case, _, _, _, edit in done:
        assert not np.array_equal(edit.pixels, case.pixels)
        assert edit.entry["old"] is None or edit.entry["old"] == ""


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("skill", SKILLS)
def test_works_on_photographs(name: str, skill: str) -> None:
    case, draws = photograph(3), Draws(name, 1)
    hand, tools = draw_hand(draws, skill), Kit(donor=lambda _draws, _same: photograph(4))
    forgery = pixel_forgeries.get(name)
    params = forgery.draw(draws, case, hand, tools)
    if name == "cover" and skill != "careless":
        assert params is None  # one colour goes unseen on no photograph
        return
    assert params is not None
    assert params["target"] is None
    edit = forgery.carry_out(case, params, hand, tools)
    assert not np.array_equal(edit.pixels, case.pixels)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_picture_offers_no_target(name: str) -> None:
    case = Case(pixels=np.full((90, 120, 3), 240, np.uint8))
    for skill in SKILLS:
        hand = draw_hand(Draws("empty", 0), skill)
        empty = Kit(donor=lambda _draws, _same: Case(pixels=np.full((90, 120, 3), 240, np.uint8)))
        assert pixel_forgeries.get(name).draw(Draws("empty", 1), case, hand, empty) is None


@pytest.mark.parametrize("name", NAMES)
def test_refuses_parameters_of_another_picture(name: str) -> None:
    _, params, hand, tools, _ = _all(name)[0]
    small = Case(pixels=np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(ConfigError):
        pixel_forgeries.get(name).carry_out(small, params, hand, tools)


def test_skill_shows_in_how_much_can_be_seen() -> None:
    """A careful forger's fill differs less from the true ground than a careless one's does."""
    off: dict[str, list[Any]] = {skill: [] for skill in SKILLS}
    for skill in SKILLS:
        for index in range(12):
            done = _done("cover", skill, index, False)
            if done is not None:
                off[skill].append(max(map(abs, done[1]["error"])))
    assert max(off["expert"]) <= 1 < min(off["careless"])
    assert max(off["careful"]) <= 4

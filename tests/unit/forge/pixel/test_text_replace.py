"""Whatever writes into a picture: the same bytes again, nothing beside its box, and told as it is."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sigh_batch.errors import ConfigError
from sigh_batch.forge import block
from sigh_batch.forge.case import Edit
from sigh_batch.forge.hand import SKILLS, Hand, draw_hand
from sigh_batch.forge.operation import pixel_forgeries
from sigh_batch.forge.passage import passage_of
from sigh_batch.rng import for_sample
from tests.unit.forge.pixel.drawn import LOCALES, case_in, kit

WRITING = ("text_replace", "name_edit", "time_edit", "rerender", "message_insert", "glyph_damage")


def done(name: str, code: str, skill: str, stream: int = 0) -> tuple[Edit, Hand] | None:
    """Draw and carry out an operation, through JSON and back; None where the picture offers nothing."""
    operation, case = pixel_forgeries.get(name), case_in(code)
    draws = for_sample(9, f"forge/{name}/{skill}", stream)
    hand = draw_hand(draws.fork("hand"), skill)
    params = operation.draw(draws, case, hand, kit())
    if params is None:
        return None
    return operation.carry_out(case, json.loads(json.dumps(params)), hand, kit()), hand


@pytest.mark.parametrize("name", WRITING)
@pytest.mark.parametrize("code", LOCALES)
def test_an_edit_is_repeatable_and_changes_nothing_beside_its_box(name: str, code: str) -> None:
    case = case_in(code)
    before = case.pixels.copy()
    for skill in SKILLS:
        one, two = done(name, code, skill), done(name, code, skill)
        if one is None:
            assert two is None
            continue
        edit, hand = one
        assert two is not None
        assert np.array_equal(edit.pixels, two[0].pixels)
        assert edit.entry == two[0].entry
        assert np.array_equal(case.pixels, before)
        changed = (edit.pixels != before).any(axis=2)
        x, y, width, height = edit.entry["box"]
        inside = np.zeros_like(changed)
        inside[y : y + height, x : x + width] = True
        assert changed.any()
        assert not (changed & ~inside).any()
        assert edit.entry["type"] == name
        assert edit.entry["skill"] == hand.skill == skill
        json.dumps(edit.entry)
        assert (edit.source is not None) == (edit.entry["source"] is not None)
        if edit.source is not None:
            assert edit.source.shape == changed.shape
            assert edit.source.any()
        if edit.elements is not None:
            assert len(edit.elements) >= len(case.elements)
            kinds = [element.kind for element in edit.elements[: len(case.elements)]]
            assert kinds == [element.kind for element in case.elements]


@pytest.mark.parametrize("name", WRITING)
def test_every_operation_finds_something_on_most_pictures(name: str) -> None:
    found = [done(name, code, "careful", 1) is not None for code in LOCALES]
    assert sum(found) >= (3 if name == "message_insert" else 7)


@pytest.mark.parametrize("code", ["en-US", "de-DE", "fr-FR", "he-IL", "ja-JP"])
def test_what_an_expert_wrote_reads_as_the_client_would_have_set_it(code: str) -> None:
    """The new line is where its elements say, in the old lettering, and nothing of the old one is left."""
    case, read = case_in(code), 0
    for stream in range(4):
        made = done("text_replace", code, "expert", stream)
        if made is None or made[0].entry["params"]["way"] == "message":
            continue
        edit = made[0]
        target = edit.entry["target"]
        assert edit.elements is not None
        changed = type(case)(
            pixels=edit.pixels,
            elements=edit.elements,
            scale=case.scale,
            font=case.font,
            locale=code,
            rtl=case.rtl,
        )
        old, new = passage_of(case, target), passage_of(changed, target)
        assert old is not None
        assert new is not None
        assert new.text == edit.entry["params"]["becomes"] != old.text
        assert abs(new.lettering.baseline - old.lettering.baseline) <= 0
        assert new.lettering.weight == old.lettering.weight
        assert abs(new.lettering.size - old.lettering.size) < 0.05 * old.lettering.size
        assert abs(new.lettering.x - old.lettering.x) < 1 or case.rtl
        read += 1
    assert read >= 2


def test_whole_messages_keep_their_lines() -> None:
    case = case_in("en-US")
    texts = [number for number, element in enumerate(case.elements) if element.kind == "text"]
    known = [lines for number in texts if (lines := block.lines_of(case, number)) is not None]
    assert len(known) >= 3
    hand = draw_hand(for_sample(2, "hand", 0), "expert")
    for lines in known:
        said = " ".join(line.text for line in lines)
        assert block.laid(lines, said, hand, kit(), 0) == [line.text for line in lines]
        assert block.laid(lines, said * 9, hand, kit(), 0) is None


@pytest.mark.parametrize("name", ["text_replace", "name_edit", "time_edit", "rerender", "message_insert"])
def test_parameters_of_another_picture_are_refused(name: str) -> None:
    operation, case = pixel_forgeries.get(name), case_in("en-US")
    hand = draw_hand(for_sample(2, "hand", 0), "careful")
    for params in ({"target": 100_000}, {"target": None}, {"target": 0}, {"target": 0, "lines": []}):
        with pytest.raises(ConfigError):
            operation.carry_out(case, params, hand, kit())

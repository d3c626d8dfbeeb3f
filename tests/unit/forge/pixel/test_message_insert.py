"""A message that nobody sent stands where it is told, says what it is told, and takes one place at most."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sigh_batch.forge.box import Box, box_of
from sigh_batch.forge.pixel.message_insert import MessageInsert, _place
from sigh_batch.forge.rows import Row
from sigh_batch.rng import for_sample
from tests.unit.forge.pixel.drawn import LOCALES, case_in
from tests.unit.forge.pixel.test_text_replace import done


def test_the_copy_is_a_message_with_all_its_parts() -> None:
    found = 0
    for code in LOCALES:
        case, made = case_in(code), done("message_insert", code, "expert", 2)
        if made is None:
            continue
        found += 1
        edit, count = made[0], len(case.elements)
        entry = edit.entry
        assert edit.elements is not None
        added = edit.elements[count:]
        root = next(element for element in added if element.kind == "message")
        assert root.text == entry["new"] == entry["params"]["said"]
        template = case.elements[entry["params"]["template"]]
        assert root.y - template.y == pytest.approx(entry["params"]["down"], abs=0.02)
        assert root.value == template.value
        said = [element for element in added if element.kind == "line"]
        assert "".join("".join((line.text or "").split()) for line in said) == "".join(entry["new"].split())
        words = [element for element in added if element.kind == "word" and element.width > 0]
        shown = "".join(word.text or "" for word in words)
        assert sorted(shown) == sorted("".join(entry["new"].split()))
        x, y, width, height = entry["box"]
        for word in words:
            box = box_of(word)
            assert x <= box.x + 1
            assert y <= box.y + 1
            assert box.right - 1 <= x + width
            assert box.bottom - 1 <= y + height
        if entry["target"] is not None:
            assert edit.elements[entry["target"]].width == 0
            assert entry["old"] == case.elements[entry["target"]].text
    assert found >= 3


def test_it_is_no_forgery_of_foreign_pictures() -> None:
    assert not MessageInsert("message_insert").foreign


@pytest.mark.parametrize(("first", "found"), [(2, None), (3, -397), (20, -380)])
def test_a_place_at_the_edge_is_taken_only_where_all_of_the_copy_fits(first: int, found: int | None) -> None:
    message = SimpleNamespace(kind="message", value="in")
    rows = (
        Row(0, (0,), 0, 60, Box(20, first, 200, 40)),
        Row(1, (1,), 60, 380, Box(20, 80, 200, 280)),
        Row(2, (2,), 380, 470, Box(20, 400, 200, 40)),
        Row(3, (3,), 470, 700, Box(20, 500, 200, 200)),
    )
    sheet: Any = SimpleNamespace(rows=rows, column=Box(0, 0, 400, 700), whole_above=True, whole_below=False)
    elements = [SimpleNamespace(kind="message", value="out"), message, message, message]
    case: Any = SimpleNamespace(elements=elements, scale=1.0, width=400, height=700)
    place = _place(for_sample(0, "place", 0), case, sheet, rows[2])
    assert place == (None if found is None else (rows[0], found))

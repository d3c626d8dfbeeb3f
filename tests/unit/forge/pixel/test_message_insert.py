"""A message that nobody sent stands where it is told, says what it is told, and takes one place at most."""

from __future__ import annotations

import pytest

from sigh_batch.forge.box import box_of
from sigh_batch.forge.pixel.message_insert import MessageInsert
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

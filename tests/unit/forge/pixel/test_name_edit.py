"""A name becomes another one of the split or of the conversation, and what follows it moves along."""

from __future__ import annotations

from tests.unit.forge.pixel.drawn import LOCALES, case_in
from tests.unit.forge.pixel.test_text_replace import done


def test_a_name_changes_and_all_else_keeps_its_place() -> None:
    found = 0
    for code in LOCALES:
        case, made = case_in(code), done("name_edit", code, "careful", 3)
        if made is None:
            continue
        found += 1
        edit = made[0]
        target = edit.entry["target"]
        assert edit.elements is not None
        assert len(edit.elements) == len(case.elements)
        assert edit.elements[target].text == edit.entry["params"]["becomes"] != case.elements[target].text
        changed = [
            number
            for number, (old, new) in enumerate(zip(case.elements, edit.elements, strict=True))
            if old != new
        ]
        shifted = [number for number in changed if number != target]
        assert all(case.elements[number].kind == "time" for number in shifted)
        followed = bool(edit.entry["params"]["place"][3])
        assert bool(shifted) == (followed and bool(edit.entry["params"]["shift"]))
    assert found >= 6

"""The same words stand in the same place, and only their pixels are others."""

from __future__ import annotations

import numpy as np

from sigh_batch.forge.passage import passage_of
from tests.unit.forge.pixel.drawn import LOCALES, case_in
from tests.unit.forge.pixel.test_text_replace import done


def test_nothing_is_said_anew_and_everything_is_drawn_anew() -> None:
    found = 0
    for code in LOCALES:
        case, made = case_in(code), done("rerender", code, "expert", 2)
        if made is None:
            continue
        found += 1
        edit = made[0]
        entry = edit.entry
        assert edit.elements is None
        assert edit.source is None
        assert entry["old"] == entry["new"] == case.elements[entry["target"]].text
        assert entry["params"]["copied"] == 0
        again = type(case)(
            pixels=edit.pixels,
            elements=case.elements,
            scale=case.scale,
            font=case.font,
            locale=code,
            rtl=case.rtl,
        )
        for plan in entry["params"]["lines"]:
            old, new = passage_of(case, plan["target"]), passage_of(again, plan["target"])
            assert old is not None
            assert new is not None
            assert abs(old.lettering.baseline - new.lettering.baseline) <= 1
            assert np.abs(np.subtract(old.lettering.ground, new.lettering.ground)).max() <= 2
    assert found >= 6

"""Times say afterwards what their machine-readable form says."""

from __future__ import annotations

import datetime as dt

from sigh_batch.scene.locale import locale
from tests.unit.forge.pixel.drawn import LOCALES, case_in
from tests.unit.forge.pixel.test_text_replace import done


def test_a_time_and_its_value_change_together() -> None:
    found = 0
    for code in LOCALES:
        for stream in range(3):
            made = done("time_edit", code, "careful", stream)
            if made is None:
                continue
            found += 1
            edit, before = made[0], case_in(code).elements
            target = edit.entry["target"]
            assert edit.elements is not None
            after = edit.elements[target]
            assert after.kind == before[target].kind in ("time", "separator")
            assert after.text != before[target].text
            assert after.value != before[target].value
            if after.kind == "time" and after.value and after.text:
                moment = dt.datetime.fromisoformat(after.value)
                minutes = f"{moment.minute:02}"
                assert minutes in after.text or str(moment.day) in after.text
                assert locale(code).clock_text(moment.hour, moment.minute)
    assert found >= 16

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.rng import for_sample
from sigh_batch.scene.locale import locale, locale_names
from sigh_batch.scene.slots import Filler, known_gaps

NAMES = tuple(f"Name{number}" for number in range(60))
POOLS = {
    "thing": ("the rent", "the bill", "the gas"),
    "nested": ("<thing> and <amount>",),
    "join": ("de el>del",),
}


def filler(index: int, code: str = "en-US", present: frozenset[str] = frozenset()) -> Filler:
    return Filler(
        for_sample(1, "t", index), locale(code), POOLS, NAMES, present, dt.date(2024, 3, 9), "train"
    )


@given(st.integers(0, 5000))
def test_a_gap_keeps_its_filling_and_numbered_ones_differ(index: int) -> None:
    fill = filler(index).fill
    assert fill("x <amount>") == fill("x <amount>")
    assert len({fill(f"x {gap}") for gap in ("<name>", "<name2>", "<name3>")}) == 3
    assert fill("<thing>")[0] == "T"
    assert re.fullmatch(r"so the \w+ and \$[\d,.]+", fill("so <nested>"))


def test_people_who_are_there_are_not_talked_about() -> None:
    here, away = frozenset(NAMES[:30]), {f"x {name}" for name in NAMES[30:]}
    assert {filler(index, present=here).fill("x <name>") for index in range(40)} <= away


def test_contractions_join_a_filling() -> None:
    one = filler(1)
    one.bind("x", "el banco")
    assert one.fill("la llave de <x>") == "la llave del banco"


@pytest.mark.parametrize("code", locale_names())
@pytest.mark.parametrize("gap", sorted(known_gaps() - {"a", "b", "c", "hello"}))
def test_every_gap_is_filled_in_every_locale(code: str, gap: str) -> None:
    for index in range(20):
        filled = filler(index, code).fill(f"x <{gap}>")
        assert len(filled) > 2
        assert not set("<>#{}") & set(filled.removeprefix("x #"))


def test_an_unknown_gap_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        filler(1).fill("<nothing>")


@given(st.integers(0, 5000))
def test_a_second_time_is_later_and_a_price_is_a_share(index: int) -> None:
    clock = filler(index, "de-DE")
    assert clock.fill("<time2>") >= clock.fill("<time>")
    made = filler(index, "en-GB")
    owed, share, heads = (made.fill(gap) for gap in ("<amount>", "<price>", "<n>"))
    whole, part = (float(text.strip("£").replace(",", "")) for text in (owed, share))
    assert whole // 1 == pytest.approx(part * int(heads), abs=0.05)
    assert float(made.fill("<amount2>").strip("£").replace(",", "")) <= whole

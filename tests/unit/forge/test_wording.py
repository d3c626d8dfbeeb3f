"""New words differ from the old ones, in one place, and come from the split's own pools."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from sigh_batch.forge.negation import negated
from sigh_batch.forge.wording import (
    borrowed_word,
    changed_number,
    changed_word,
    new_message,
    other_name,
    shifted_clock,
    shifted_day,
)
from sigh_batch.rng import for_sample
from sigh_batch.scene.locale import locale, locale_names
from sigh_batch.scene.people import names

MOMENT = dt.datetime(2024, 3, 5, 14, 7)


@pytest.mark.parametrize("code", locale_names())
def test_every_language_has_other_words_for_its_own_messages(code: str) -> None:
    draws, here = for_sample(3, "wording", 0), locale(code)
    said = [new_message(draws, code, "train", MOMENT.date()) for _ in range(120)]
    assert all("<" not in text and "{" not in text for text in said)
    for least, ways in (
        (8, [changed_number(draws, text) for text in said]),
        (8, [negated(draws, text, here.language) for text in said]),
        (1, [changed_word(draws, text, code, "train") for text in said]),
        (0, [borrowed_word(draws, text, said[:6]) for text in said]),
    ):
        made = [(old, new) for old, new in zip(said, ways, strict=True) if new is not None]
        assert len(made) >= least
        assert all(old != new and new.strip() for old, new in made)


@pytest.mark.parametrize("code", locale_names())
def test_clocks_and_days_say_the_moment_they_stand_for(code: str) -> None:
    draws, here = for_sample(4, "wording", 0), locale(code)
    for _ in range(20):
        clock = shifted_clock(draws, f"@ {here.time(MOMENT)}", MOMENT, here)
        assert clock is not None
        assert clock[0] == f"@ {here.time(clock[1])}" != f"@ {here.time(MOMENT)}"
        for pattern in (here.date_full, here.date_long):
            day = shifted_day(draws, here.date(MOMENT, pattern), MOMENT.date(), here)
            assert day is not None
            assert day[0] == here.date(day[1], pattern) != here.date(MOMENT, pattern)


def test_a_text_that_does_not_show_the_moment_is_left_alone() -> None:
    draws, here = for_sample(4, "wording", 0), locale("en-US")
    assert shifted_clock(draws, "soon", MOMENT, here) is None
    assert shifted_day(draws, "soon", MOMENT.date(), here) is None
    assert changed_number(draws, "see https://example.com/a/42") is None
    assert changed_number(draws, "nothing") is None


@pytest.mark.parametrize("old", ["$45.00", "1,250", "65,27 €", "٤٥", "7"])
def test_numbers_keep_their_script_and_decimals(old: str) -> None:
    draws = for_sample(5, "wording", 0)
    for _ in range(40):
        new = changed_number(draws, old)
        assert new is not None
        assert new != old
        assert re.sub(r"\d", "", new).strip("-,.") in re.sub(r"\d", "", old) + ",."
        digits = [letter for letter in old if letter.isdigit()]
        zero = ord(digits[0]) - int(digits[0])
        assert all(zero <= ord(letter) < zero + 10 for letter in new if letter.isdigit())


def test_names_are_of_the_split_and_of_the_same_make() -> None:
    for split in ("train", "test"):
        pool = names("en-GB", split)
        draws = for_sample(6, "wording", 0)
        for _ in range(20):
            given, family = other_name(draws, "Anna Smith", "en-GB", split).split(" ", 1)
            assert given in pool.given
            assert family in pool.family
            assert other_name(draws, "Anna", "en-GB", split) in pool.given
            assert re.fullmatch(r"[a-z]+\d+", other_name(draws, "walnut82", "en-GB", split))
    found = {
        other_name(for_sample(6, "w", at), "Anna", "en-GB", "train", ("Anna", "Zed")) for at in range(30)
    }
    assert "Zed" in found
    assert "Anna" not in found


def test_opposites_turn_back() -> None:
    draws = for_sample(7, "wording", 0)
    assert negated(draws, "Yes", "en") == "No"
    assert negated(draws, "I can't pay", "en") == "I can pay"
    assert negated(draws, "vielleicht", "de") is None
    assert negated(draws, "hello", "tlh") is None

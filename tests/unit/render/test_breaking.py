import itertools
import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.render.breaking import graphemes, opportunities, wants_emoji

SEQUENCES = ["👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "1️⃣", "❤️‍🔥", "🏳️‍🌈", "🤷🏻‍♀️", "☺️", "*️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👨🏾‍💻"]
PIECES = [
    *SEQUENCES,
    "a",
    "é",
    "e\u0301",
    "한",
    "가",
    "漢",
    "か",
    "が",
    "न",
    "म",
    "स्ते",
    "क्ष",
    "ש",
    "שָׁ",
    "د",
    "دَ",
    " ",
    "-",
    "1",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_graphemes_are_those_of_the_standard(text: str) -> None:
    assert graphemes(text) == regex.findall(r"\X", text)


@given(st.text())
def test_graphemes_lose_nothing(text: str) -> None:
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_an_emoji_sequence_is_one_grapheme_in_colour(sequence: str) -> None:
    assert graphemes(sequence) == [sequence]
    assert wants_emoji(sequence)
    assert opportunities(sequence) == ()


def test_colour_is_the_default_where_the_standard_says_so() -> None:
    default = regex.compile(r"\p{Emoji_Presentation}")
    for code in itertools.chain(range(0x80, 0x3300), range(0x1F000, 0x1FB00)):
        char = chr(code)
        if unicodedata.category(char) == "Cn":
            continue  # newer than what this Python knows
        assert wants_emoji(char) == bool(default.match(char)), f"U+{code:04X}"


def test_a_selector_decides_between_text_and_colour() -> None:
    assert not wants_emoji("❤")
    assert wants_emoji("❤\ufe0f")
    assert wants_emoji("😀")
    assert not wants_emoji("😀\ufe0e")


@pytest.mark.parametrize(
    ("chunk", "parts"),
    [
        ("plain", ["plain"]),
        ("well-known", ["well-", "known"]),
        ("10-20", ["10-20"]),
        ("漢字かな", ["漢", "字", "か", "な"]),
        ("漢字、かな。", ["漢", "字、", "か", "な。"]),
        ("「漢字」", ["「漢", "字」"]),
        ("キャッシュ", ["キャッ", "シュ"]),
        ("abc漢", ["abc", "漢"]),
        ("👍🏽👍🏽", ["👍🏽", "👍🏽"]),
        ("wow!!", ["wow!!"]),
        ("one/two", ["one/", "two"]),
        ("a\u200bb", ["a\u200b", "b"]),
        ("10\u00a0€", ["10\u00a0€"]),
    ],
)
def test_lines_may_end_where_readers_expect_it(chunk: str, parts: list[str]) -> None:
    places = [0, *opportunities(chunk), len(chunk)]
    assert [chunk[start:stop] for start, stop in itertools.pairwise(places)] == parts

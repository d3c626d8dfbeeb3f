import unicodedata

import bidi as reference
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sigh_batch.render.bidi import first_strong, has_rtl, levels, visual_order

LETTERS = "ab\u05d0\u05d1\u05d2\u062f\u062c"
DIGITS = "12٣٤"
OTHERS = " .,:/-+%$€!?()[]{}\u0301\u05b0\u064b"
OPENING = str.maketrans(")]}", "([{")


def shown(text: str, rtl: bool) -> str:
    """Return the text as it stands from left to right, all brackets alike."""
    found = levels(text, rtl)
    return "".join(text[index] for index in visual_order(found)).translate(OPENING)


def expected(text: str, rtl: bool) -> str:
    return str(reference.get_display(text, base_dir="R" if rtl else "L")).translate(OPENING)


@given(st.text(LETTERS + DIGITS + OTHERS, max_size=24), st.booleans())
@example("אב (cd) ef", True)
@example("ab (גד) 12", False)
@example("אב 12-34, $5.00 cd", True)
@example("ab אב[cd] 3%", False)
def test_the_order_is_that_of_the_standard(text: str, rtl: bool) -> None:
    ending = text.rstrip()  # the white space at a line's end is never laid out
    # The reference ends a bracket's rule at marks in another place than rule N0's last clause says.
    if any(unicodedata.combining(char) for char in ending) and any(char in "()[]{}" for char in ending):
        return
    assert shown(ending, rtl) == expected(ending, rtl)


@pytest.mark.parametrize(
    ("text", "rtl", "wanted"),
    [
        ("abc", False, [0, 0, 0]),
        ("abc", True, [2, 2, 2]),
        ("אב", False, [1, 1]),
        ("אב 12", True, [1, 1, 1, 2, 2]),
        ("א(b)", True, [1, 1, 2, 1]),
        ("a(ב)", False, [0, 0, 1, 0]),
        ("עולם, price 50", True, [1] * 6 + [2] * 8),
        ("", True, []),
    ],
)
def test_levels(text: str, rtl: bool, wanted: list[int]) -> None:
    assert levels(text, rtl) == wanted


@given(st.lists(st.integers(0, 4), max_size=20))
def test_visual_order_is_a_permutation(found: list[int]) -> None:
    assert sorted(visual_order(found)) == list(range(len(found)))


def test_visual_order_turns_right_to_left_stretches_around() -> None:
    assert visual_order([0, 1, 1, 0]) == [0, 2, 1, 3]
    assert visual_order([1, 2, 2, 1]) == [3, 1, 2, 0]


def test_the_first_letter_decides_the_direction() -> None:
    assert first_strong("12, שלום abc") == "rtl"
    assert first_strong("(a) שלום") == "ltr"
    assert first_strong("12 :)") == "ltr"
    assert has_rtl("abc د")
    assert not has_rtl("abc 12 漢")

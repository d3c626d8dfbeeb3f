import pytest

from sigh_batch.rng import for_sample
from sigh_batch.scene.habits import Habits, draw_habits, is_symbol, shortening


def habits(**changes: object) -> Habits:
    plain = {"lower": False, "stops": False, "short": False, "emoji": 0.0, "favourites": (), "slips": 0.0}
    return Habits(**{**plain, **changes})  # type: ignore[arg-type]


def typed(one: Habits, text: str, index: int = 0, suiting: tuple[str, ...] = (), only: bool = False) -> str:
    return one.type(for_sample(1, "t", index), text, shortening(("you>u", "because>cuz")), suiting, only)


@pytest.mark.parametrize(
    ("changes", "text", "result"),
    [
        ({"lower": True}, "See you", "see you"),
        ({"lower": True}, "OK then", "OK then"),
        ({"stops": False}, "All fine.", "All fine"),
        ({"stops": False}, "Well...", "Well..."),
        ({"stops": True}, "See you there", "See you there."),
        ({"stops": True}, "Here: https://x.example.com/a", "Here: https://x.example.com/a"),
        ({"stops": True}, "Really?", "Really?"),
        ({"short": True}, "Because You said", "cuz u said"),
    ],
)
def test_habits_change_a_text(changes: dict[str, object], text: str, result: str) -> None:
    assert typed(habits(**changes), text) == result


def test_emoji_follow_but_never_pile_up() -> None:
    one = habits(emoji=1.0, favourites=("\U0001f642",))
    assert typed(one, "Fine").startswith("Fine \U0001f642")
    assert typed(one, "Fine \U0001f389") == "Fine \U0001f389"
    assert {typed(one, "No", index, ("\U0001f6ab",), True)[-1] for index in range(20)} == {"\U0001f6ab"}


def test_a_slip_changes_one_word_of_an_alphabet_only() -> None:
    one = habits(slips=1.0)
    for index in range(30):
        assert typed(one, "12 ok morning 345", index) != "12 ok morning 345"
        assert typed(one, "12 ok morning 345", index).startswith("12 ok ")
        assert (
            typed(one, "\u540c\u7d1a\u751f\u306e\u62d3\u6d77", index)
            == "\u540c\u7d1a\u751f\u306e\u62d3\u6d77"
        )
        assert typed(one, "see https://img.example.org/abc", index) == "see https://img.example.org/abc"


def test_symbols_are_told_from_letters() -> None:
    assert all(map(is_symbol, "\U0001f389\u2764\ufe0f\U0001f3fd"))
    assert not any(map(is_symbol, "aZ9.\u0628\u0915\u3042\u4e2d"))


def test_tastes_differ() -> None:
    drawn = [
        draw_habits(for_sample(1, "t", index), ("\U0001f642", "\U0001f44d"), 0.2, 0.1) for index in range(80)
    ]
    assert len({one.emoji for one in drawn}) > 3
    assert {one.lower for one in drawn} == {True, False}
    assert any("\U0001f3fd" in emoji for one in drawn for emoji in one.favourites)

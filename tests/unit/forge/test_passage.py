"""What of a line must be written anew, and what a passage knows of its surroundings."""

from __future__ import annotations

import pytest

from sigh_batch.forge.lettering import Lettering
from sigh_batch.forge.passage import Passage, stretch_of


def passage(text: str, *, rtl: bool = False) -> Passage:
    """Return a line at the left edge of some picture."""
    lettering = Lettering(
        family="Inter",
        weight=400,
        size=20.0,
        snap=False,
        rtl=rtl,
        x=10.0,
        baseline=30,
        ink=(0, 0, 0),
        ground=(255, 255, 255),
    )
    width = lettering.set(text).width
    return Passage(target=0, text=text, y=10.0, width=width, height=28.0, lettering=lettering, room=50.0)


@pytest.mark.parametrize(
    ("old", "new", "stretch"),
    [
        ("Send me $45 now", "Send me $450 now", ("$45", "$450")),
        ("I can pay", "I can't pay", ("can", "can't")),
        ("do it", "do not it", ("it", "not it")),
        ("it is not done", "it is done", ("not done", "done")),
        ("明日10:00ごろ", "明日10:15ごろ", ("00", "15")),
        ("忙死了睡", "忙死了不睡", ("了", "了不")),
        ("all of it", "quite another", ("all of it", "quite another")),
    ],
)
def test_whole_words_are_exchanged_but_single_characters_where_nothing_is_spaced(
    old: str, new: str, stretch: tuple[str, str]
) -> None:
    found = stretch_of(passage(old), new)
    assert found is not None
    assert (found.old, found.new) == stretch
    assert 10.0 <= found.left < found.right <= 10.0 + passage(old).width + 0.01


def test_a_stretch_from_right_to_left_has_the_edges_of_its_word() -> None:
    line = passage("נתראה מחר בעשר", rtl=True)
    found = stretch_of(line, "נתראה היום בעשר")
    assert found is not None
    assert (found.old, found.new) == ("מחר", "היום")
    word = next(word for word in line.set().lines[0].words if word.text == "מחר")
    assert found.left == pytest.approx(10.0 + word.x)
    assert found.right == pytest.approx(10.0 + word.x + word.width)


def test_a_stretch_that_is_torn_by_the_other_direction_is_none() -> None:
    line = passage("abc שלום עולם def")
    assert stretch_of(line, "abc יום עולם def") is not None
    assert stretch_of(line, "xyz יום עולם def") is None

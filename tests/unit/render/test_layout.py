import datetime as dt

import pytest

from sigh_batch.render.layout import Block, Row, day_text, rows_of, stack
from sigh_batch.scene.conversation import Conversation, Message, Person
from sigh_batch.scene.locale import locale
from tests.unit.render.pages import blank_page

START = dt.datetime(2024, 3, 9, 10, 0)


def conversation(*said: tuple[int, float] | tuple[int, float, str]) -> Conversation:
    """Return a conversation of (author, minutes after the start, kind)."""
    messages = tuple(
        Message(
            author=entry[0],
            time=START + dt.timedelta(minutes=entry[1]),
            text="x",
            kind=entry[2] if len(entry) > 2 else "text",
        )
        for entry in said
    )
    people = tuple(
        Person(id=f"p{n}", name=f"P{n}", short=f"P{n}", handle=f"p{n}", hue=0.1, avatar=n) for n in range(3)
    )
    return Conversation(
        id="c",
        title="T",
        locale="en-US",
        direction="ltr",
        topic="t",
        people=people,
        owner=1,
        messages=messages,
        now=messages[-1].time,
        group=True,
        channel="c",
        channels=("c",),
        community="C",
        members=3,
    )


def test_messages_of_one_author_form_a_group() -> None:
    rows = rows_of(conversation((0, 0), (0, 1), (0, 2), (1, 3)), days=False, window=300)
    assert rows == [
        Row("message", 0, False, True, False),
        Row("message", 1, False, False, False),
        Row("message", 2, False, False, True),
        Row("message", 3, True, True, True),
    ]


@pytest.mark.parametrize(
    "said", [((0, 0), (0, 6)), ((0, 0), (1, 1)), ((0, 0), (0, 1, "system")), ((0, 0, "system"), (0, 1))]
)
def test_silence_others_and_system_lines_end_a_group(said: tuple[tuple[int, float], ...]) -> None:
    rows = [row for row in rows_of(conversation(*said), days=False, window=300) if row.kind == "message"]
    assert all(row.first and row.last for row in rows)


def test_every_new_day_has_a_row() -> None:
    rows = rows_of(conversation((0, 0), (0, 1), (0, 1441), (1, 4500)), days=True, window=1e9)
    assert [row.kind for row in rows] == ["day", "message", "message", "day", "message", "day", "message"]
    assert [row.place for row in rows if row.kind == "day"] == [0, 2, 3]
    assert rows[2].last
    assert rows[4].first


def test_a_long_silence_has_a_row_where_wanted() -> None:
    rows = rows_of(conversation((0, 0), (1, 20), (1, 100)), days=False, window=60, pause=1800)
    assert [(row.kind, row.place) for row in rows] == [
        ("pause", 0), ("message", 0), ("message", 1), ("pause", 2), ("message", 2),
    ]  # fmt: skip


def drawn(
    heights: list[int], *, from_top: bool = False, shift: int = 0
) -> tuple[list[tuple[int, int]], bool]:
    """Return number and top of the blocks that are drawn between 100 and 400, and what stack says."""
    seen: list[tuple[int, int]] = []
    blocks = [Block(height, lambda y, n=n: seen.append((n, y))) for n, height in enumerate(heights)]
    return seen, stack(blank_page(300, 500), iter(blocks), 100, 400, from_top=from_top, shift=shift)


def test_blocks_stand_on_the_bottom() -> None:
    assert drawn([50, 60, 70]) == ([(2, 220), (1, 290), (0, 350)], False)


def test_few_blocks_may_hang_from_the_top() -> None:
    assert drawn([50, 60], from_top=True) == ([(1, 100), (0, 160)], False)


def test_no_more_blocks_are_measured_than_fit() -> None:
    assert drawn([200, 200, 200, 200])[0] == [(1, 0), (0, 200)]


def test_scrolling_moves_down_as_far_as_there_is_something_above() -> None:
    assert drawn([100, 100, 100, 100], shift=50) == ([(3, 50), (2, 150), (1, 250), (0, 350)], True)
    assert drawn([100, 100, 100, 20], shift=50) == ([(3, 100), (2, 120), (1, 220), (0, 320)], True)
    assert drawn([100, 100], shift=50) == ([(1, 200), (0, 300)], False)
    assert drawn([40, 300], shift=60) == ([(1, 100)], True)


@pytest.mark.parametrize(
    ("age", "style", "text"),
    [
        (0, "relative", "Today"),
        (1, "weekday", "Yesterday"),
        (3, "weekday", "Wednesday"),
        (3, "relative", "March 6, 2024"),
        (3, "long", "Wed, Mar 6"),
        (0, "full", "March 9, 2024"),
        (200, "long", "August 22, 2023"),
    ],
)
def test_days_are_written_in_a_style(age: int, style: str, text: str) -> None:
    now = START.date()
    assert day_text(locale("en-US"), now - dt.timedelta(age), now, style) == text

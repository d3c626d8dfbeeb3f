import itertools

from sigh_batch.forge.case import Case
from sigh_batch.forge.rows import has_own, moved, sheet_of
from tests.cases import CHATS, chat, photograph


def test_rows_stand_one_below_the_other_and_hold_their_elements() -> None:
    seen = 0
    for index in CHATS[:14]:
        case = chat(index)
        sheet = sheet_of(case)
        if sheet is None:
            continue
        seen += 1
        assert sheet.rows[0].top == sheet.column.y
        assert sheet.rows[-1].bottom == sheet.column.bottom
        for one, other in itertools.pairwise(sheet.rows):
            assert one.bottom == other.top
            assert one.top < one.bottom
        numbers = [number for row in sheet.rows for number in row.elements]
        assert len(numbers) == len(set(numbers))
        for row in sheet.rows:
            for number in row.elements:
                middle = case.elements[number].y + case.elements[number].height / 2
                assert row.top <= middle <= row.bottom
            messages = {case.elements[number].message for number in row.elements}
            assert len(messages - {None}) <= 1
    assert seen >= 11


def test_the_column_leaves_side_bars_alone() -> None:
    """What stands before no message, such as a list of channels, does not move along."""
    for index in CHATS[:14]:
        case = chat(index)
        sheet = sheet_of(case)
        if sheet is None:
            continue
        inside = {number for row in sheet.rows for number in row.elements}
        for number, element in enumerate(case.elements):
            if number not in inside and element.kind in ("header", "input", "author", "avatar"):
                middle = element.y + element.height / 2
                beside = (
                    element.x + element.width <= sheet.column.x + 1 or element.x >= sheet.column.right - 1
                )
                above = element.y + element.height <= sheet.column.y + 1
                below = middle >= sheet.column.bottom
                assert beside or above or below


def test_moving_rows_moves_their_elements_alone() -> None:
    case = chat(1)
    sheet = sheet_of(case)
    assert sheet is not None
    first, second = sheet.rows[:2]
    after = moved(case.elements, [(first, 7)], second)
    for number, (old, new) in enumerate(zip(case.elements, after, strict=True)):
        if number in first.elements:
            assert new == old._replace(y=round(old.y + 7, 2))
        elif number in second.elements:
            assert (new.width, new.height) == (0, 0)
        else:
            assert new == old


def test_parts_of_a_row_are_known() -> None:
    case = chat(5)
    sheet = sheet_of(case)
    assert sheet is not None
    assert {has_own(case, row, "author") for row in sheet.rows} <= {True, False}
    assert not any(has_own(case, row, "input") for row in sheet.rows)


def test_without_messages_there_are_no_rows() -> None:
    assert sheet_of(photograph(1)) is None
    case = chat(1)
    assert sheet_of(Case(pixels=case.pixels, elements=case.elements[:2])) is None

from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.degrade.operation import find
from sigh_batch.degrade.picture import picture_of
from tests.chats import chat

STITCH = find("scroll_stitch")
BOXES = [[0, 0, 9, 40], [0, 90, 9, 40], [0, 40, 9, 50], [0, 101, 9, 8], [0, 200, 9, 40], [0, 0, 9, 200]]


def stitched(end: float, start: float) -> tuple[list[float], list[float], object]:
    """Return tops and heights of the boxes after a stitch, and the picture."""
    rows = np.repeat(np.arange(240, dtype=np.uint8)[:, None, None], 9, 1).repeat(3, 2)
    picture = picture_of(np.ascontiguousarray(rows), rows[:, :, 0] == 5, BOXES)
    done = STITCH.apply(picture, {"first_end": end / 240, "second_start": start / 240})
    return done.boxes[:, 1].tolist(), done.boxes[:, 3].tolist(), done


def test_an_exact_seam_changes_nothing() -> None:
    done = STITCH.apply(chat(), {"first_end": 0.4, "second_start": 0.4})
    assert np.array_equal(done.pixels, chat().pixels)
    assert np.array_equal(done.boxes, chat().boxes)


def test_lost_rows_take_marks_and_elements_with_them() -> None:
    tops, heights, done = stitched(100, 110)
    assert done.pixels[:, 0, 0].tolist() == [*range(100), *range(110, 240)]  # type: ignore[attr-defined]
    assert tops == [0, 90, 40, 100, 190, 0]
    assert heights == [40, 30, 50, 0, 40, 190]


def test_doubled_rows_are_shown_twice_with_their_marks() -> None:
    tops, heights, done = stitched(100, 85)
    assert done.pixels[:, 0, 0].tolist() == [*range(100), *range(85, 240)]  # type: ignore[attr-defined]
    # The second is whole in the lower part alone; the third ends above the seam and stays.
    assert tops == [0, 105, 40, 116, 215, 0]
    assert heights == [40, 40, 50, 8, 40, 215]
    twice = STITCH.apply(
        picture_of(chat().pixels, np.arange(320)[:, None].repeat(400, 1) == 100),
        {"first_end": 0.5, "second_start": 0.25},
    )
    assert np.flatnonzero(twice.mask.any(axis=1)).tolist() == [100, 180]


@pytest.mark.parametrize(("end", "start"), [(0, 1), (1, 0), (1, 1), (0, 0)])
def test_extreme_seams_leave_a_picture(end: float, start: float) -> None:
    done = STITCH.apply(chat(), {"first_end": end, "second_start": start})
    assert done.height == {(0, 1): 1, (1, 0): 640}.get((int(end), int(start)), 320)

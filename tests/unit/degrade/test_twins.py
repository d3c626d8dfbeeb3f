from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigh_batch.degrade.degradations.resize import Resize
from sigh_batch.degrade.operation import benign, degradations
from sigh_batch.degrade.twins import FORGED, SOURCE, Twins, differing, marked
from sigh_batch.rng import for_sample
from tests.chats import chat


def twins(box: tuple[int, int, int, int] = (60, 120, 40, 12)) -> Twins:
    """Return a chat and the same chat with a word painted over."""
    clean = replace(chat(), mask=np.zeros_like(chat().mask))
    pixels = clean.pixels.copy()
    x, y, wide, high = box
    pixels[y : y + high, x : x + wide] = 255 - pixels[y : y + high, x : x + wide]
    forged = replace(clean, pixels=pixels)
    return Twins(clean=clean, forged=marked(forged, differing(clean.pixels, pixels), None))


@pytest.mark.parametrize("name", sorted({*degradations.names(), *benign.names()}))
def test_a_step_is_the_same_for_both_or_left_out_with_a_reason(name: str) -> None:
    done = 0
    for index in range(8):
        before = twins()
        step = before.after(name, for_sample(2, name, index), 24)
        if not step.done:
            assert step.twins is before
            assert step.told["skipped"].startswith(("it ", "the picture"))
            continue
        done += 1
        both = step.twins
        assert both.clean.pixels.shape == both.forged.pixels.shape
        assert both.clean.operations == both.forged.operations
        assert both.clean.encodes == both.forged.encodes
        assert np.count_nonzero(both.mask) >= 24
        reached = both.forged.mask & FORGED
        rows, columns = np.nonzero(both.mask)
        marks = np.nonzero(reached)
        assert marks[0].min() - 49 <= rows.min() <= rows.max() <= marks[0].max() + 49
        assert marks[1].min() - 49 <= columns.min() <= columns.max() <= marks[1].max() + 49
        again = before.follow(name, step.told["params"], 24)
        assert np.array_equal(again.twins.forged.pixels, both.forged.pixels)
    assert done or name in {"palette", "webp"}


def test_what_hides_the_edit_or_spreads_it_is_left_out() -> None:
    before = twins()
    cut = before.follow("crop", {"left": 0.0, "top": 0.5, "right": 0.0, "bottom": 0.0}, 24)
    assert cut.told["skipped"] == "it hides the edit"
    spread = Twins(clean=before.clean, forged=replace(before.forged, pixels=255 - before.clean.pixels))
    assert spread.fault(24) == "it lets the edit show elsewhere"
    assert before.fault(24) is None
    assert before.fault(481) == "it hides the edit"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 399), st.integers(0, 319))
def test_an_edit_may_show_nearby_wherever_it_lies(x: int, y: int) -> None:
    before = twins((200, 126, 40, 8))
    pixels = before.forged.pixels.copy()
    pixels[y, x, 0] ^= 1
    spread = Twins(clean=before.clean, forged=replace(before.forged, pixels=pixels))
    away = max(200 - x, x - 239, 126 - y, y - 133)
    if away <= 32:
        assert spread.fault(24) is None
    elif away > 48:
        assert spread.fault(24) == "it lets the edit show elsewhere"


def test_a_step_that_makes_a_picture_huge_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sigh_batch.degrade.twins._MOST_PIXELS", 200_000)
    monkeypatch.setattr(Resize, "change", lambda *_: pytest.fail("it was made"))
    step = twins().follow("resize", {"factor": 2.0, "filter": "nearest", "antialias": False}, 1)
    assert step.told["skipped"] == "the picture would become too large"


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 399), st.integers(0, 319), st.integers(0, 2), st.integers(1, 255))
def test_a_pixel_that_differs_in_any_channel_differs(x: int, y: int, channel: int, by: int) -> None:
    one = chat().pixels
    other = one.copy()
    other[y, x, channel] ^= np.uint8(by)
    mask = differing(one, other)
    assert mask.sum() == 1
    assert mask[y, x]


def test_marks_are_planes_of_their_own() -> None:
    mask = np.zeros((320, 400), np.bool_)
    mask[3, 4] = True
    picture = marked(chat(), mask, np.roll(mask, 5))
    assert np.array_equal(picture.mask & FORGED > 0, mask)
    assert int((picture.mask & SOURCE > 0).sum()) == 1


def test_strings_under_a_bar_are_no_longer_there() -> None:
    before = twins()
    line = before.clean.kinds.index("line")
    x, y, wide, high = before.clean.boxes[line]
    place = [x / 400, y / 320, wide / 400, high / 320]
    hidden = before.hiding([place], {"line"})
    for picture in (hidden.clean, hidden.forged):
        assert picture.boxes[line, 2:].tolist() == [0, 0]
        assert (picture.boxes[np.arange(len(picture.boxes)) != line, 2] > 0).all()
    half = before.hiding([[place[0], place[1], place[2] / 2, place[3]]], {"line"})
    assert half.clean.boxes[line, 2] > 0

"""Nothing of a removed text is left, not even of emoji and of marks above and below the line."""

from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case
from sigh_batch.forge.hand import draw_hand
from sigh_batch.forge.lettering import Lettering
from sigh_batch.forge.pen import pen_of
from sigh_batch.forge.retouch import Retouch, ink_box
from sigh_batch.render.typeset import TextStyle
from sigh_batch.rng import for_sample
from tests.unit.forge.pixel.drawn import kit
from tests.unit.forge.test_lettering import GROUND, INK, picture


def lettering(size: float, x: float, baseline: int, *, rtl: bool = False) -> Lettering:
    """Return how the line on a picture is set."""
    return Lettering(
        family="Inter",
        weight=400,
        size=size,
        snap=False,
        rtl=rtl,
        x=x,
        baseline=baseline,
        ink=INK,
        ground=GROUND,
    )


@pytest.mark.parametrize("text", ["Fjord gypsy 😂", "हिन्दी में लिखो", "العَرَبِيَّةُ", "ÅÇŮ jQ", "明日!"])
def test_all_ink_lies_in_its_box(text: str) -> None:
    pixels, width = picture(text, TextStyle(family="Inter", size=26.0), 40.3, 52)
    case = Case(pixels=pixels)
    box = ink_box(case, lettering(26.0, 40.3, 52), 40.3, 40.3 + width, (26, 62), 12.0)
    left = pixels.copy()
    left[box.window] = GROUND
    assert (left == np.array(GROUND, np.uint8)).all()
    assert box.within(Box(20, 10, int(width) + 60, 78))


def test_a_line_above_is_left_alone() -> None:
    style = TextStyle(family="Inter", size=26.0)
    pixels, width = picture("gypsy", style, 40.0, 30)
    lower, other = picture("hello", style, 40.0, 60)
    both = np.maximum(pixels, lower)
    box = ink_box(Case(pixels=both), lettering(26.0, 40.0, 60), 40.0, 40.0 + other, (39, 71), 12.0)
    assert box.y >= 39
    assert width > 0


@pytest.mark.parametrize("skill", ["careless", "careful"])
def test_all_that_a_hand_changes_is_noted(skill: str) -> None:
    pixels, width = picture("Fine by me", TextStyle(family="Inter", size=26.0), 40.0, 50)
    case = Case(pixels=pixels)
    for stream in range(12):
        draws = for_sample(3, skill, stream)
        hand = draw_hand(draws, skill)
        retouch = Retouch(case, hand)
        pen = pen_of(hand, lettering(26.0, 40.0, 50), kit(), draws)
        hole = ink_box(case, lettering(26.0, 40.0, 50), 40.0, 40.0 + width, (24, 60), 10.0)
        retouch.fill(hole, 5)
        retouch.write(pen, "Never mind", 40.0, 50, within=hole)
        changed = (retouch.pixels != pixels).any(axis=2)
        assert changed.any()
        changed[retouch.box.window] = False
        assert not changed.any()
    assert retouch.source is None
    retouch.copied(Box(3, 4, 5, 6))
    source = retouch.source
    assert source is not None
    assert source[0] == Box(3, 4, 5, 6)
    assert int(source[1].sum()) == 30

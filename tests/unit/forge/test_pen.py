"""Hands write as they are skilled: in the wrong family, nearly right, or as the picture is drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sigh_batch.forge.case import Case
from sigh_batch.forge.hand import draw_hand
from sigh_batch.forge.passage import Passage
from sigh_batch.forge.pen import matched_pen, pen_of
from sigh_batch.render.painter import Edging, TextMode
from sigh_batch.render.typeset import TextStyle
from sigh_batch.rng import for_sample
from tests.unit.forge.pixel.drawn import kit
from tests.unit.forge.test_lettering import INK, picture
from tests.unit.forge.test_retouch import lettering

STYLE = TextStyle(family="Inter", size=26.0)


def test_errors_of_the_hand_are_errors_of_the_pen() -> None:
    own, draws = lettering(26.0, 40.0, 50), for_sample(1, "pen", 0)
    careful = draw_hand(draws, "careful")
    hand = replace(
        careful, own_family=True, weight_error=True, size_error=1.1, shift_x=2.0, color_error=(9, -9, 300)
    )
    pen = pen_of(hand, own, kit(), draws)
    assert pen.style.family in kit().families
    assert pen.style.family != own.family
    assert pen.style.weight != own.weight
    assert pen.style.size == pytest.approx(28.6)
    assert pen.ink == (INK[0] + 9, INK[1] - 9, 255)
    assert (pen.right, pen.down) == (2.0, hand.shift_y)
    larger = pen.enlarged(2.0)
    assert (larger.style.size, larger.right) == (pytest.approx(57.2), 4.0)


def test_an_expert_lies_in_the_right_place() -> None:
    for stream in range(8):
        draws = for_sample(2, "pen", stream)
        hand = draw_hand(draws, "expert")
        pen = pen_of(hand, lettering(26.0, 40.0, 50), kit(), draws)
        assert (pen.right, pen.down, pen.ink) == (0.0, 0.0, INK)
        assert (pen.style.family, pen.style.size, pen.style.weight) == ("Inter", 26.0, 400)


@pytest.mark.parametrize("edging", ["none", "grey", "subpixel"])
def test_a_matched_pen_has_the_edges_of_the_picture(edging: Edging) -> None:
    mode = TextMode(edging=edging, hinting="slight", contrast=0.25, gamma=1.2)
    pixels, width = picture("Meet me at noon", STYLE, 40.0, 50, mode=mode)
    own = lettering(26.0, 40.0, 50)
    passage = Passage(
        target=0, text="Meet me at noon", y=30.0, width=width, height=34.0, lettering=own, room=0.0
    )
    hand = replace(draw_hand(for_sample(3, "pen", 0), "expert"), painter="pillow")
    pen = matched_pen(Case(pixels=pixels), passage, pen_of(hand, own, kit(), for_sample(3, "pen", 1)))
    assert pen.mode.edging == edging
    assert pen.painter == "skia"

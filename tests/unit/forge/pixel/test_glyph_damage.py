"""Damage stands where glyphs are, by the preset's measure, on any picture."""

from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case, Kit
from sigh_batch.forge.hand import draw_hand
from sigh_batch.forge.operation import pixel_forgeries
from sigh_batch.forge.pixel.glyph_damage import KINDS, glyph_boxes
from sigh_batch.render.typeset import TextStyle
from sigh_batch.rng import for_sample
from tests.unit.forge.test_lettering import picture

OPERATION = pixel_forgeries.get("glyph_damage")


def test_each_letter_has_one_box_that_holds_it() -> None:
    pixels, _ = picture("ijäH0", TextStyle(family="Inter", size=26.0, letter_spacing=4.0), 40.0, 50)
    found = glyph_boxes(Case(pixels=pixels), Box(30, 15, 200, 50))
    assert len(found) == 5
    left = pixels.copy()
    for box in found:
        left[box.window] = pixels[0, 0]
    assert np.abs(left.astype(int) - pixels[0, 0]).max() <= 24


def test_pictures_without_elements_are_damaged_where_they_show_something() -> None:
    pixels, _ = picture("Some text on a picture", TextStyle(family="Inter", size=30.0), 30.0, 50)
    case = Case(pixels=pixels)
    for skill in ("careless", "expert"):
        hand = draw_hand(for_sample(1, "hand", 0), skill)
        params = OPERATION.draw(for_sample(2, skill, 0), case, hand, Kit())
        assert params is not None
        assert params["target"] is None
        edit = OPERATION.carry_out(case, params, hand, Kit())
        apart = np.abs(edit.pixels.astype(int) - pixels)
        assert apart.any()
        assert apart.mean() < 2
    empty = Case(pixels=np.full((80, 80, 3), 90, np.uint8))
    assert OPERATION.draw(for_sample(2, "x", 0), empty, hand, Kit()) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_alone_stays_within_the_preset(kind: str) -> None:
    pixels, _ = picture("H", TextStyle(family="Inter", size=40.0), 30.0, 60)
    hand = draw_hand(for_sample(1, "hand", 0), "expert")
    glyph = {"box": [20, 20, 60, 60], "kinds": [kind], "weight": 0.8}
    params = {"target": None, "glyphs": [glyph], "intensity": 1.0, "seed": 4}
    made = OPERATION.carry_out(Case(pixels=pixels), params, hand, Kit()).pixels[20:80, 20:80]
    apart = made.astype(int) - pixels[20:80, 20:80]
    assert apart.any()
    if kind == "noise":
        assert 0.2 < apart.std() < 0.9
    elif kind == "colour":
        assert np.abs(apart).max() <= 2
        assert (apart == apart[0, 0]).all()


def test_what_fits_no_picture_is_refused() -> None:
    pixels, _ = picture("H", TextStyle(family="Inter", size=40.0), 30.0, 60)
    hand = draw_hand(for_sample(1, "hand", 0), "expert")
    glyph = {"box": [20, 20, 60, 60], "kinds": ["rust"], "weight": 0.8}
    params = {"target": None, "glyphs": [glyph], "intensity": 1.0, "seed": 4}
    with pytest.raises(UnknownName, match="rust"):
        OPERATION.carry_out(Case(pixels=pixels), params, hand, Kit())
    glyph["box"] = [20, 20, 6000, 60]
    with pytest.raises(ConfigError, match="not on the picture"):
        OPERATION.carry_out(Case(pixels=pixels), params, hand, Kit())
    with pytest.raises(ConfigError, match="no glyphs"):
        OPERATION.carry_out(Case(pixels=pixels), {**params, "glyphs": []}, hand, Kit())

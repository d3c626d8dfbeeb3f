"""A region at another size or angle."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.errors import UnknownName
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.pasting import FILTERS, feathered, paste, scaled, warped
from sigh_batch.forge.places import TEXTS, ink_box, pick, said, spot, told_box
from sigh_batch.rng import Draws

_WAYS = ("scale", "stretch", "rotate", "there_and_back")
_STRENGTHS = {"careless": (0.05, 0.14), "careful": (0.02, 0.05), "expert": (0.004, 0.015)}
"""By which part a region grows or shrinks; a turn is as many times 20 degrees."""


@pixel_forgery("resample")
class Resample(PixelForgery):
    """A word, a line or a region enlarged, reduced or turned a little in its place, by some filter."""

    foreign = True

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Draw the region, what is done to it, and the filter."""
        found = pick(draws, case, (*TEXTS, "avatar"))
        place = spot(draws, case, 0.08, 0.35) if found is None else ink_box(case.pixels, found[1])
        if place is None:
            return None
        least, most = _STRENGTHS[hand.skill]
        strength = draws.uniform(least, most)
        way = draws.choice(_WAYS)
        room = max(2, math.ceil(place.height * 0.15), math.ceil(place.width * strength / 2) + 1)
        return {
            "target": None if found is None else found[0],
            "box": list(
                place.grown(min(room, 4 * place.height), max(2, room // 2)).inside(case.width, case.height)
            ),
            "way": way,
            "strength": round(strength if draws.chance(0.5) else -strength, 4),
            "filter": draws.choice(FILTERS if hand.skill == "careless" else FILTERS[1:]),
            "feather": hand.feather,
        }

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Resample the box about its middle and put it back."""
        box, way, strength = told_box(case, params), params["way"], params["strength"]
        if way not in _WAYS:
            raise UnknownName("way of resampling", way, _WAYS)
        part = case.pixels[box.window]
        if way == "there_and_back":
            factor = 1 + 8 * strength
            size = max(2, round(box.width * factor)), max(2, round(box.height * factor))
            made = scaled(scaled(part, *size, params["filter"]), box.width, box.height, params["filter"])
        else:
            across = 1.0 if way == "rotate" else 1 + strength
            down = 1 + strength if way == "scale" else 1.0
            turn = 20 * strength if way == "rotate" else 0.0
            made = warped(part, across, down, turn, params["filter"])
        pixels = case.pixels.copy()
        paste(pixels, made, box.x, box.y, feathered(box.width, box.height, params["feather"]))
        old = said(case, params)
        return Edit(pixels=pixels, entry=self.entry(params, hand, box, old=old, new=old))

"""Text that is no longer there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.ground import fill
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.pasting import feathered, paste, zoom_out
from sigh_batch.forge.places import TEXTS, ink_box, pick, said, spot, told_box
from sigh_batch.rng import Draws


@pixel_forgery("erase")
class Erase(PixelForgery):
    """A word, a line or a time removed, and the ground put back as well as the forger can."""

    foreign = True

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Draw what goes, and how far around it the forger wipes."""
        found = pick(draws, case, TEXTS)
        if found is None:
            target, place = None, spot(draws, case, 0.05, 0.2)
            if place is None:
                return None
        else:
            target, place = found[0], ink_box(case.pixels, found[1])
        soft = round(2 * hand.feather)
        least = max(1, round(case.scale))
        margin = {
            "careless": draws.integer(-least, 4 * least),
            "careful": draws.integer(1 + least, 1 + 2 * least),
            "expert": least,
        }[hand.skill]
        box = place.grown(margin + soft).inside(case.width, case.height)
        return {
            "target": target,
            "box": list(box),
            "how": hand.fill,
            "error": list(hand.fill_error),
            "feather": hand.feather,
            "radius": draws.integer(2, 5),
            "zoom": hand.zoom,
        }

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Fill the box."""
        box = told_box(case, params)
        ground = fill(case.pixels, box, params["how"], params["error"], radius=params["radius"])
        pixels = case.pixels.copy()
        paste(pixels, ground, box.x, box.y, feathered(box.width, box.height, params["feather"]))
        zoom_out(pixels, box, params["zoom"])
        old = said(case, params)
        return Edit(pixels=pixels, entry=self.entry(params, hand, box, old=old, new=""))

"""Something removed by what editors call content-aware filling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.errors import UnknownName
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case, Edit, Kit, Mask
from sigh_batch.forge.ground import ink_of, inpainted
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.likeness import like_place
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.pasting import feathered, paste
from sigh_batch.forge.places import TEXTS, ink_box, pick, said, spot, told_box
from sigh_batch.rng import Draws

_WAYS = ("telea", "navier_stokes", "patch")


@pixel_forgery("inpaint")
class Inpaint(PixelForgery):
    """A region, or the ink in it alone, made to go by Telea, by Navier-Stokes, or by a copied patch."""

    foreign = True

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Draw the region, the way, and whether all of it is marked or the ink only."""
        found = pick(draws, case, TEXTS)
        place = spot(draws, case, 0.05, 0.3) if found is None else ink_box(case.pixels, found[1])
        if place is None:
            return None
        weights = {"careless": (2, 2, 1), "careful": (2, 2, 1), "expert": (1, 1, 4)}[hand.skill]
        way = draws.weighted(_WAYS, weights)
        margin = max(1, round(case.scale * draws.uniform(0, 4 if hand.skill == "careless" else 2)))
        box = place.grown(margin).inside(case.width, case.height)
        if way == "patch" and like_place(case.pixels, box) is None:
            way = draws.choice(_WAYS[:2])
        return {
            "target": None if found is None else found[0],
            "box": list(box),
            "how": way,
            "ink": way != "patch"
            and draws.chance({"careless": 0.4, "careful": 0.6, "expert": 1.0}[hand.skill]),
            "reach": {"careless": 0, "careful": 1, "expert": 2}[hand.skill] + round(case.scale / 2),
            "radius": draws.integer(2, 6),
            "feather": 0.0 if hand.skill == "careless" else draws.choice((0.0, 0.5, 1.0)),
        }

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Fill the region, or copy the most alike place over it."""
        box, how = told_box(case, params), params["how"]
        if how not in _WAYS:
            raise UnknownName("way of inpainting", how, _WAYS)
        pixels = case.pixels.copy()
        source, place = None, None
        if how == "patch":
            place = like_place(case.pixels, box)
            if place is not None:
                cover = feathered(box.width, box.height, params["feather"])
                paste(pixels, case.pixels[place.window], box.x, box.y, cover)
                source = np.zeros(case.pixels.shape[:2], np.bool_)
                source[place.window] = True
        else:
            room = box.grown(2 * params["radius"] + 2).inside(case.width, case.height)
            inner = box.moved(-room.x, -room.y)
            hole = _hole(case, box, room, params)
            made = inpainted(case.pixels[room.window], hole, how, params["radius"])
            pixels[box.window] = made[inner.window]
        old = said(case, params)
        entry = self.entry(params, hand, box, source=place, old=old, new="")
        return Edit(pixels=pixels, entry=entry, source=source)


def _hole(case: Case, box: Box, room: Box, params: Mapping[str, Any]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    hole = np.zeros((room.height, room.width), np.uint8)
    inner = box.moved(-room.x, -room.y)
    if not params["ink"]:
        hole[inner.window] = 255
        return hole
    ink: Mask = ink_of(case.pixels, box)
    marked = ink.astype(np.uint8) * 255
    if params["reach"]:
        size = 2 * params["reach"] + 1
        marked = np.asarray(cv2.dilate(marked, np.ones((size, size), np.uint8)), np.uint8)
    hole[inner.window] = marked
    return hole

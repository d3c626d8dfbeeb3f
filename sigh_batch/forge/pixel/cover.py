"""Text under an opaque patch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.errors import UnknownName
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.ground import around, common_color, tinted
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.pasting import Coverage, feathered, paste, rounded, zoom_out
from sigh_batch.forge.places import TEXTS, ink_box, pick, said, spot, told_box
from sigh_batch.rng import Draws

_SHAPES = ("rectangle", "rounded", "brush")
_ERRORS = {"careless": (3, 14), "careful": (0, 3), "expert": (0, 1)}
"""By how many levels the colour of the patch is off, at least and at most."""


_EVEN = 3
"""Levels by which an even ground may vary."""


@pixel_forgery("cover")
class Cover(PixelForgery):
    """A patch or a stroke in nearly the ground's colour, laid over a text to hide it."""

    foreign = True

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Draw what is hidden, the patch's shape, and how well its colour is met."""
        found = pick(draws, case, TEXTS)
        place = spot(draws, case, 0.05, 0.2) if found is None else ink_box(case.pixels, found[1])
        careless = hand.skill == "careless"
        if place is None or not (careless or _is_even(case, place)):
            return None
        shape = "rectangle" if hand.skill == "expert" else draws.choice(_SHAPES)
        margin = max(1, round(case.scale * draws.uniform(0.5, 5 if careless else 2)))
        if shape == "brush":
            margin += place.height // 4
        least, most = _ERRORS[hand.skill]
        level = draws.integer(least, most) * (1 if draws.chance(0.5) else -1)
        tint = abs(level) // 3
        error = [level + draws.integer(-tint, tint) for _ in range(3)]
        return {
            "target": None if found is None else found[0],
            "box": list(place.grown(margin).inside(case.width, case.height)),
            "shape": shape,
            "error": error,
            "feather": 0.0 if hand.skill == "expert" else min(hand.feather, 1.5),
            "zoom": hand.zoom,
            "seed": draws.integer(0, (1 << 31) - 1),
        }

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Paint the patch."""
        box = told_box(case, params)
        color = tinted(common_color(around(case.pixels, box, 2)), params["error"])
        patch = np.empty((box.height, box.width, 3), np.uint8)
        patch[...] = color
        pixels = case.pixels.copy()
        paste(pixels, patch, box.x, box.y, _coverage(box, params))
        zoom_out(pixels, box, params["zoom"])
        old = said(case, params)
        return Edit(pixels=pixels, entry=self.entry(params, hand, box, old=old, new=""))


def _is_even(case: Case, place: Box) -> bool:
    """Say whether a patch of one colour can go unseen: the ground around it has one."""
    ring = around(case.pixels, place.grown(2).inside(case.width, case.height), 2)
    apart = np.abs(ring.astype(np.int16) - common_color(ring)).max(axis=1)
    return int(np.count_nonzero(apart <= _EVEN)) * 10 >= 7 * len(ring)


def _coverage(box: Box, params: Mapping[str, Any]) -> Coverage:
    shape = params["shape"]
    if shape == "rectangle":
        return feathered(box.width, box.height, params["feather"])
    if shape == "rounded":
        return rounded(box.width, box.height, min(box.width, box.height) / 4)
    if shape == "brush":
        return _stroke(box, Draws(str(params["seed"]), 0))
    raise UnknownName("shape", shape, _SHAPES)


def _stroke(box: Box, draws: Draws) -> Coverage:
    """Return one pass of a round pen from side to side, not quite straight."""
    coverage = np.zeros((box.height, box.width), np.uint8)
    thick = max(3, box.height * 3 // 4)
    span = max(1, box.width - 1 - thick)
    points = []
    for at in range(5):
        play = (box.height - thick) / 2
        y = box.height / 2 + draws.uniform(-play, play) * 0.8
        points.append((round((thick / 2 + span * at / 4) * 16), round(y * 16)))
    line = np.array(points, np.int32)
    cv2.polylines(coverage, [line], False, 255, min(thick, 255), cv2.LINE_AA, shift=4)
    return coverage

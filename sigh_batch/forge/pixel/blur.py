"""Something made hard to read, or a seam made soft."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.errors import UnknownName
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.pasting import blended, feathered, paste, rounded
from sigh_batch.forge.places import TEXTS, pick, said, spot, told_box
from sigh_batch.render.painter import Pixels
from sigh_batch.rng import Draws

_STYLES = ("gaussian", "motion", "smudge")
_STRENGTHS = {"careless": (0.1, 0.3), "careful": (0.025, 0.045), "expert": (0.01, 0.025)}
"""Deviation or reach as a part of the region's height, at least and at most."""


@pixel_forgery("blur")
class Blur(PixelForgery):
    """A brush that blurs, or a finger that smudges, over a word or a line."""

    foreign = True

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Draw the place, the tool, and how hard it is pressed."""
        found = pick(draws, case, (*TEXTS, "avatar"))
        place = spot(draws, case, 0.05, 0.3) if found is None else found[1]
        if place is None:
            return None
        least, most = _STRENGTHS[hand.skill]
        strength = max(0.4, min(place.height, 64) * draws.uniform(least, most))
        return {
            "target": None if found is None else found[0],
            "box": list(place.grown(2 * max(1, round(case.scale))).inside(case.width, case.height)),
            "style": draws.weighted(_STYLES, (5, 3, 3) if hand.skill == "careless" else (5, 2, 0)),
            "strength": round(strength, 2),
            "angle": round(draws.uniform(0, 180), 1),
            "feather": max(hand.feather, 1.0) if hand.skill != "careless" else hand.feather,
        }

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Blur the box with what lies around it flowing in, and lay it back through a soft edge."""
        box = told_box(case, params)
        strength, style = params["strength"], params["style"]
        if style not in _STYLES:
            raise UnknownName("style of blur", style, _STYLES)
        pixels = case.pixels.copy()
        if style == "smudge":
            _smudge(pixels, box, strength, params["angle"])
        else:
            room = box.grown(math.ceil(3 * strength) + 1).inside(case.width, case.height)
            crop = case.pixels[room.window]
            soft = (
                _gaussian(crop, strength) if style == "gaussian" else _motion(crop, strength, params["angle"])
            )
            part = soft[box.moved(-room.x, -room.y).window]
            paste(pixels, part, box.x, box.y, feathered(box.width, box.height, params["feather"]))
        old = said(case, params)
        return Edit(pixels=pixels, entry=self.entry(params, hand, box, old=old, new=old))


def _gaussian(pixels: Pixels, deviation: float) -> Pixels:
    size = 2 * math.ceil(2.5 * deviation) + 1
    soft = cv2.GaussianBlur(pixels, (size, size), deviation, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(soft, np.uint8)


def _motion(pixels: Pixels, reach: float, angle: float) -> Pixels:
    """Return pixels drawn out along a line."""
    size = 2 * max(1, round(1.5 * reach)) + 1
    kernel = np.zeros((size, size), np.uint8)
    middle, turn = size // 2, math.radians(angle)
    across, down = round(middle * math.cos(turn)), round(middle * math.sin(turn))
    cv2.line(kernel, (middle - across, middle - down), (middle + across, middle + down), 1)
    weights = kernel.astype(np.float32) / np.float32(int(kernel.sum()))
    made = cv2.filter2D(pixels, -1, weights, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(made, np.uint8)


def _smudge(pixels: Pixels, box: Box, strength: float, angle: float) -> None:
    """Drag a round finger over the box in rows; at every step it leaves a part of what it carries."""
    size = min(box.height, box.width, max(5, min(box.height, box.width) * 3 // 5))
    tip = (
        rounded(size, size, size / 2).astype(np.uint32) * min(225, 130 + round(strength * 16)) // 255
    ).astype(np.uint8)
    step = max(1, round(size / 12))
    rise = math.sin(math.radians(angle)) * (box.height - size) / max(1, box.width - size)
    carried = pixels[box.y : box.y + size, box.x : box.x + size].copy()
    start = box.y if rise >= 0 else box.bottom - size
    for x in range(box.x, box.right - size + 1, step):
        y = min(max(round(start + rise * (x - box.x)), box.y), box.bottom - size)
        window = slice(y, y + size), slice(x, x + size)
        pixels[window] = blended(pixels[window], carried, tip)
        carried = pixels[window].copy()

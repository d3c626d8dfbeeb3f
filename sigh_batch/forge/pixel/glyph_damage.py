"""Damage to single glyphs: what synthetic forgeries were made of before there were forgers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.forge.box import Box, united
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.ground import ink_of
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.places import TEXTS, element_box, pick, spot
from sigh_batch.render.painter import Pixels
from sigh_batch.rng import Draws

KINDS = ("blur", "noise", "compression", "colour")
_GROWN = 3
"""A glyph's box is larger by so many pixels on each side."""
_DEVIATION = 0.5
"""Of the blur, in pixels."""
_NOISE = 0.6
"""Deviation of the noise in levels, at intensity 1."""
_TINT = 1.5
"""Largest shift of a channel in levels, at intensity 1."""
_QUALITY = 85
_INTENSITY = {"careless": (4.0, 9.0), "careful": (2.0, 4.0), "expert": (1.0, 2.0)}
"""How much stronger than the preset's noise and shift a hand damages."""
_MOST = 24
_TRIES = 5
_MEETING = 0.4
"""Pieces of ink whose columns overlap by this share belong to one glyph, as the dot of an i does."""


@pixel_forgery("glyph_damage")
class GlyphDamage(PixelForgery):
    """Glyphs are blurred, made noisy, compressed or tinted one by one, and blended with what was there.

    Glyphs are found by their connected ink, so it works on any picture that shows text.
    """

    foreign = True

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Return which glyphs of one element suffer what."""
        for _ in range(_TRIES):
            chosen = pick(draws, case, TEXTS, lambda box: 8 <= box.height <= 200)
            number, box = chosen if chosen is not None else (None, spot(draws, case))
            glyphs = glyph_boxes(case, box) if box is not None else []
            if glyphs:
                break
        else:
            return None
        count = draws.integer(1, min(len(glyphs), _MOST))
        first = draws.integer(0, len(glyphs) - count)
        low, high = _INTENSITY[hand.skill]
        damaged = []
        for glyph in glyphs[first : first + count]:
            kinds = draws.sample(KINDS, draws.integer(1, len(KINDS)))
            damaged.append({"box": list(glyph), "kinds": kinds, "weight": round(draws.uniform(0.7, 0.9), 3)})
        return {
            "target": number,
            "glyphs": damaged,
            "intensity": round(draws.uniform(low, high), 2),
            "seed": draws.integer(0, (1 << 31) - 1),
        }

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Return the picture with the glyphs damaged, one after the other."""
        pixels = case.pixels.copy()
        draws = Draws("forge/glyph_damage", int(params["seed"]))
        intensity = float(params["intensity"])
        touched = []
        for entry in params["glyphs"]:
            box = _inside(case, entry["box"])
            part = pixels[box.window]
            made = _damaged(draws, part, entry["kinds"], intensity)
            share = round(float(entry["weight"]) * 256)
            mixed = (made.astype(np.int32) * share + part.astype(np.int32) * (256 - share) + 128) >> 8
            pixels[box.window] = mixed.astype(np.uint8)
            touched.append(box)
        if not touched:
            raise ConfigError("no glyphs to damage among the parameters; give what draw returned")
        target = params.get("target")
        old = case.elements[target].text if target is not None and element_box(case, target) else None
        return Edit(pixels=pixels, entry=self.entry(params, hand, united(touched), old=old, new=old))


def glyph_boxes(case: Case, box: Box) -> list[Box]:
    """Return the boxes of the glyphs in a box, from left to right and grown to each side.

    Glyphs are pieces of connected ink; pieces above each other are one glyph.
    """
    ink = ink_of(case.pixels, box).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    pieces = [
        Box(x, y, width, height)
        for x, y, width, height, area in stats[1:].tolist()
        if area >= 3 and width <= 3 * box.height and width * height < 0.7 * box.area
    ]
    merged = list[Box]()
    for piece in sorted(pieces):
        if merged and _above(merged[-1], piece):
            merged[-1] = united((merged[-1], piece))
        else:
            merged.append(piece)
    return [piece.moved(box.x, box.y).grown(_GROWN).inside(case.width, case.height) for piece in merged]


def _above(one: Box, other: Box) -> bool:
    shared = min(one.right, other.right) - max(one.x, other.x)
    return shared >= _MEETING * min(one.width, other.width)


def _inside(case: Case, told: Sequence[int]) -> Box:
    box = Box(*(int(side) for side in told))
    if not box.within(Box(0, 0, case.width, case.height)):
        raise ConfigError(f"glyph box {list(told)} is not on the picture of {case.width}x{case.height}")
    return box


def _damaged(draws: Draws, part: Pixels, kinds: Sequence[str], intensity: float) -> Pixels:
    """Return pixels after all of these kinds of damage, in their order."""
    for kind in kinds:
        if kind == "blur":
            part = np.asarray(cv2.GaussianBlur(part, (0, 0), _DEVIATION), np.uint8)
        elif kind == "noise":
            part = _added(part, _noise(draws, part.shape, _NOISE * intensity))
        elif kind == "compression":
            part = _compressed(part)
        elif kind == "colour":
            most = round(_TINT * intensity * 256)
            tint = [draws.integer(-most, most) for _ in range(3)]
            part = _added(part, np.broadcast_to(np.array(tint, np.int32), part.shape))
        else:
            raise UnknownName("damage", kind, KINDS)
    return part


def _noise(draws: Draws, shape: tuple[int, ...], deviation: float) -> NDArray[np.int32]:
    """Return bell-shaped noise in 256ths of a level: twelve even draws of a byte, added up."""
    even = draws.generator().integers(0, 256, (12, *shape), dtype=np.int32)
    return np.asarray(((even.sum(axis=0) - 1530) * round(deviation * 256)) >> 8, np.int32)


def _added(part: Pixels, change: NDArray[np.int32]) -> Pixels:
    """Return pixels with 256ths of levels added."""
    return np.asarray(np.clip((part.astype(np.int32) * 256 + change + 128) >> 8, 0, 255), np.uint8)


def _compressed(part: Pixels) -> Pixels:
    """Return pixels after a save as JPEG."""
    blue_first = np.ascontiguousarray(part[:, :, ::-1])
    _, saved = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return np.ascontiguousarray(np.asarray(cv2.imdecode(saved, cv2.IMREAD_COLOR), np.uint8)[:, :, ::-1])

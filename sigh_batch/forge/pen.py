"""What a forger writes with: a family, a size, a rasteriser and a colour, right or nearly so."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import cv2
import numpy as np

from sigh_batch.forge import easel
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case, Kit
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.lettering import Lettering, Rgb, worst
from sigh_batch.forge.passage import Passage
from sigh_batch.render.painter import CHROMIUM, Coverage, Edging, Hinting, Pixels, TextMode
from sigh_batch.render.typeset import Paragraph, TextStyle
from sigh_batch.rng import Draws

_EDGINGS: tuple[Edging, ...] = ("grey", "subpixel", "none")
_HINTINGS: tuple[Hinting, ...] = ("slight", "none", "normal", "full")
_COVERAGES: tuple[Coverage, ...] = ("sampled", "exact")
_CURVES = ((0.2, 1.2), (0.0, 1.0), (0.5, 1.4), (0.5, 1.0), (0.0, 1.4), (0.25, 1.7))
"""Pairs of contrast and gamma that are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """How new text is set and drawn."""

    style: TextStyle
    rtl: bool
    painter: str
    mode: TextMode
    ink: Rgb
    right: float
    down: float
    """How far new text lies off its right place."""

    def set(self, text: str) -> Paragraph:
        """Return a text set with this pen, in one line."""
        return easel.set_line(text, self.style, self.rtl)

    def enlarged(self, times: float) -> Pen:
        """Return the pen that writes everything so many times as large."""
        return dataclasses.replace(
            self,
            style=dataclasses.replace(self.style, size=self.style.size * times),
            right=self.right * times,
            down=self.down * times,
        )


def pen_of(hand: Hand, lettering: Lettering, kit: Kit, draws: Draws) -> Pen:
    """Return what a hand writes with, where a line is set so."""
    family, weight = lettering.family, lettering.weight
    if hand.own_family:
        others = [name for name in kit.families if easel.known_family(name) == name != family]
        family = draws.choice(others) if others else family
    if hand.weight_error:
        others_weights = [one for one in easel.weights(family) if one != weight]
        weight = draws.choice(others_weights) if others_weights else weight
    red, green, blue = (
        min(max(level + error, 0), 255) for level, error in zip(lettering.ink, hand.color_error, strict=True)
    )
    return Pen(
        style=TextStyle(
            family=family,
            size=round(lettering.size * hand.size_error, 3),
            weight=weight,
            snap=lettering.snap if hand.skill == "expert" else not hand.subpixel_positioning,
        ),
        rtl=lettering.rtl,
        painter=hand.painter,
        mode=hand.mode,
        ink=(red, green, blue),
        right=0.0 if hand.skill == "expert" else hand.shift_x,
        down=hand.shift_y,
    )


def matched_pen(case: Case, passage: Passage, pen: Pen) -> Pen:
    """Return a pen with the rasteriser that comes nearest to the picture's own, by drawing the line again."""
    lettering, paragraph = passage.lettering, passage.set()
    top, bottom = passage.rows
    wide = Box(int(lettering.x) - 1, top, min(int(passage.width) + 3, 260), bottom - top)
    box = wide.inside(case.width, case.height)
    there = case.pixels[box.window]
    ground = np.empty_like(there)
    ground[...] = lettering.ground
    at = lettering.x - box.x, lettering.baseline - paragraph.lines[0].baseline - box.y

    def cost(mode: TextMode) -> float:
        made = easel.written(ground, paragraph, *at, lettering.ink, painter="skia", mode=mode)
        return float(cv2.norm(there, made, cv2.NORM_L1))

    positioned = not lettering.snap
    modes = [
        dataclasses.replace(CHROMIUM, edging=edging, coverage=coverage, subpixel_positioning=positioned)
        for edging in _EDGINGS
        for coverage in _COVERAGES
    ]
    best = min(modes, key=cost)
    best = min((dataclasses.replace(best, hinting=hinting) for hinting in _HINTINGS), key=cost)
    best = min(
        (dataclasses.replace(best, contrast=contrast, gamma=gamma) for contrast, gamma in _CURVES), key=cost
    )
    return dataclasses.replace(pen, painter="skia", mode=best, style=lettering.style)


def write(pixels: Pixels, pen: Pen, paragraph: Paragraph, x: float, baseline: float) -> Box | None:
    """Write a set text into the pixels; return the box of all pixels that changed, None where none did."""
    size = pen.style.size
    y = baseline + pen.down - paragraph.lines[0].baseline
    x += pen.right
    reach = int(size * 0.4) + 2
    whole = Box(
        int(x) - reach,
        int(y) - reach,
        int(paragraph.width) + 2 * reach + 1,
        int(paragraph.height) + 2 * reach,
    )
    box = whole.inside(pixels.shape[1], pixels.shape[0])
    below = pixels[box.window]
    made = easel.written(below, paragraph, x - box.x, y - box.y, pen.ink, painter=pen.painter, mode=pen.mode)
    changed = worst(cv2.absdiff(below, made))
    left, top, width, height = cv2.boundingRect(changed)
    if not width:
        return None
    pixels[box.window] = made
    return Box(box.x + left, box.y + top, width, height)

"""Exchanging a stretch of a line: what was there goes, new words come, and the rest of the line moves up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Element, Json
from sigh_batch.forge import easel
from sigh_batch.forge.box import Box, united
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.glyphs import set_copied
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery
from sigh_batch.forge.passage import Passage, Stretch
from sigh_batch.forge.pen import Pen, matched_pen, pen_of
from sigh_batch.forge.planning import left_of, passage_from, target_of
from sigh_batch.forge.retelling import elements_after
from sigh_batch.forge.retouch import Retouch, ink_box
from sigh_batch.rng import Draws


class Pens:
    """The pens of one hand on one picture, each made once for a look of text, when it is first needed."""

    def __init__(self, case: Case, hand: Hand, kit: Kit, *, afresh: bool = False) -> None:
        self._case, self._hand, self._kit = case, hand, kit
        self._matches = hand.skill == "expert" and not afresh
        self._made: dict[tuple[Any, ...], Pen] = {}
        self.copies = hand.glyphs and not afresh
        """Whether letters of the picture come before any pen."""

    def of(self, passage: Passage, seed: int) -> Pen:
        """Return what this line is written with: an expert's pen draws as the picture is drawn."""
        own = passage.lettering
        look = own.size, own.weight, own.ink, own.rtl, seed
        if look not in self._made:
            pen = pen_of(self._hand, own, self._kit, Draws("forge/pen", seed))
            self._made[look] = matched_pen(self._case, passage, pen) if self._matches else pen
        return self._made[look]


def edit(operation: PixelForgery, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
    """Return the picture on which one line was written anew by plan, with what is to be told about it."""
    target = target_of(case, params)
    retouch = Retouch(case, hand)
    told = carry_out(retouch, params, target, Pens(case, hand, kit))
    old, new = params["stretch"][:2]
    elements = elements_after(case.elements, params, target)
    return finished(operation, retouch, {**params, **told}, hand, old, new, elements)


def finished(
    operation: PixelForgery,
    retouch: Retouch,
    params: Mapping[str, Any],
    hand: Hand,
    old: str | None,
    new: str | None,
    elements: tuple[Element, ...] | None,
) -> Edit:
    """Return what was made of a picture, with what is to be told about it."""
    source = retouch.source
    box = source[0] if source else None
    return Edit(
        pixels=retouch.pixels,
        entry=operation.entry(params, hand, retouch.box, source=box, old=old, new=new),
        source=source[1] if source else None,
        elements=elements,
    )


def carry_out(retouch: Retouch, params: Mapping[str, Any], target: int, pens: Pens) -> Json:
    """Do what a plan says; return which letters were copied, and which were written with what."""
    case = retouch.case
    passage, stretch = passage_from(params, target)
    shift, seed = int(params["shift"]), int(params["seed"])
    gaps = _gaps(passage, stretch)
    hole = ink_box(case, passage.lettering, stretch.left, stretch.right, passage.rows, min(gaps))
    tail = _tail_box(case, passage, stretch) if shift else None
    patch = case.pixels[tail.window].copy() if tail else None
    margin = 0 if tail else max(0, int(min(gaps)) - 2)
    retouch.fill(united((hole, tail)) if tail else hole, margin, passage.lettering.ground)
    told = _write(retouch, passage, stretch, pens, seed, hole)
    if tail is not None and patch is not None:
        retouch.put(patch, tail.x + shift, tail.y)
        retouch.copied(tail)
    return told


def _write(retouch: Retouch, passage: Passage, stretch: Stretch, pens: Pens, seed: int, hole: Box) -> Json:
    lettering, copied = passage.lettering, 0
    if pens.copies:
        left = left_of(passage, stretch, lettering.set(stretch.new).width)
        placing = set_copied(retouch, passage, stretch.new, left)
        copied, missing = placing.copied, placing.missing
        if not missing:
            return {"copied": copied, "written": "", "pen": None}
        pen = pens.of(passage, seed)
        for text, x in missing:
            retouch.write(pen, text, x, lettering.baseline)
    else:
        pen = pens.of(passage, seed)
        left = left_of(passage, stretch, pen.set(stretch.new).width)
        retouch.write(pen, stretch.new, left, lettering.baseline, within=hole)
        missing = ((stretch.new, left),)
    style = pen.style
    return {
        "copied": copied,
        "written": "".join(text for text, _ in missing),
        "pen": {"family": style.family, "size": style.size, "weight": style.weight, "painter": pen.painter},
    }


def _gaps(passage: Passage, stretch: Stretch) -> tuple[float, float]:
    """Return the empty pixels before and after a stretch, up to its neighbours in the line."""
    x = passage.lettering.x
    before, after = 0.4 * passage.lettering.size, 0.4 * passage.lettering.size
    for word in easel.words_in(passage.set()):
        left, right = x + word.x, x + word.x + word.width
        if right <= stretch.left + 0.5:
            before = min(before, stretch.left - right)
        elif left >= stretch.right - 0.5:
            after = min(after, left - stretch.right)
        else:  # the stretch is a part of this word
            before = min(before, 0.0) if left < stretch.left - 0.5 else before
            after = min(after, 0.0) if right > stretch.right + 0.5 else after
    return max(0.0, before), max(0.0, after)


def _tail_box(case: Case, passage: Passage, stretch: Stretch) -> Box | None:
    """Return the box of the ink between a stretch and the end of its line, with what follows there."""
    lettering = passage.lettering
    if lettering.rtl:
        left, right = lettering.x - passage.tail, stretch.left
    else:
        left, right = stretch.right, passage.right + passage.tail
    if right - left < 2:
        return None
    box = ink_box(case, lettering, left, right, passage.rows, 0.0)
    first = max(box.x, int(left)) if not lettering.rtl else box.x
    last = min(box.right, int(right + 0.999)) if lettering.rtl else box.right
    return Box(first, box.y, max(1, last - first), box.height)

"""Exchanging a stretch of a line: what was there goes, new words come, and the rest of the line moves up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Element, Json
from sigh_batch.errors import ConfigError
from sigh_batch.forge import easel
from sigh_batch.forge.box import Box, united
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.glyphs import set_copied
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.lettering import lettering_of
from sigh_batch.forge.operation import PixelForgery
from sigh_batch.forge.passage import Passage, Stretch, stretch_of
from sigh_batch.forge.pen import Pen, matched_pen, pen_of
from sigh_batch.forge.retouch import Retouch, ink_box
from sigh_batch.rng import Draws

_SQUEEZE = 0.3
"""A careless hand lets words reach so much of an em further than they should."""
_NUDGE = 0.5
"""The rest of a line that would move by less than this stays where it is."""


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


def plan(passage: Passage, text: str, hand: Hand, kit: Kit, seed: int) -> Json | None:
    """Return how a line comes to say another text, as plain values; None where it would not fit.

    The words are measured as the hand will write them.
    """
    stretch = stretch_of(passage, text)
    if stretch is None:
        return None
    pen = pen_of(hand, passage.lettering, kit, Draws("forge/pen", seed))
    fresh = (passage.lettering if hand.skill == "expert" else pen).set(stretch.new)
    if not easel.can_write(fresh):
        return None
    growth = fresh.width - (stretch.right - stretch.left)
    slack = _SQUEEZE * passage.lettering.size if hand.skill == "careless" else 0.0
    if growth > max(0.0, passage.room) + slack:
        return None
    if passage.anchor != "start" and abs(growth) >= _NUDGE and stretch.old != passage.text:
        return whole(passage, text, seed)
    rtl = passage.lettering.rtl
    last = stretch.left - passage.lettering.x < 1 if rtl else passage.right - stretch.right < 1
    shift = 0 if abs(growth) < _NUDGE else round(growth)
    if last and not passage.tail:
        shift = 0
    return {
        "line": passage.text,
        "becomes": text,
        "stretch": [stretch.old, stretch.new, round(stretch.left, 2), round(stretch.right, 2)],
        "lettering": passage.lettering.as_json(),
        "place": [passage.y, passage.width, passage.height, passage.tail, passage.anchor],
        "shift": -shift if rtl else shift,
        "seed": seed,
    }


def whole(passage: Passage, text: str, seed: int) -> Json:
    """Return the plan of a line that is written anew from its beginning to its end."""
    return {
        "line": passage.text,
        "becomes": text,
        "stretch": [passage.text, text, passage.lettering.x, round(passage.right, 2)],
        "lettering": passage.lettering.as_json(),
        "place": [passage.y, passage.width, passage.height, passage.tail, passage.anchor],
        "shift": 0,
        "seed": seed,
    }


def passage_from(params: Mapping[str, Any], target: int) -> tuple[Passage, Stretch]:
    """Return the line and its stretch that a plan is about.

    Raises ConfigError when the parameters are no plan.
    """
    try:
        y, width, height, tail, anchor = params["place"]
        old, new, left, right = params["stretch"]
        passage = Passage(
            target=target,
            text=params["line"],
            y=float(y),
            width=float(width),
            height=float(height),
            lettering=lettering_of(params["lettering"]),
            room=0.0,
            tail=float(tail),
            anchor=anchor,
        )
        return passage, Stretch(old=old, new=new, left=float(left), right=float(right))
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"not the parameters of a text edit: {error!r}; give what the operation's draw returned"
        ) from error


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


def target_of(case: Case, params: Mapping[str, Any]) -> int:
    """Return the number of the element that an edit is about.

    Raises ConfigError where the picture has no such element.
    """
    target = params.get("target")
    if not isinstance(target, int) or not 0 <= target < len(case.elements):
        raise ConfigError(f"no element {target!r} on this picture; it has {len(case.elements)}")
    return target


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
        left = _left(passage, stretch, lettering.set(stretch.new).width)
        placing = set_copied(retouch, passage, stretch.new, left)
        copied, missing = placing.copied, placing.missing
        if not missing:
            return {"copied": copied, "written": "", "pen": None}
        pen = pens.of(passage, seed)
        for text, x in missing:
            retouch.write(pen, text, x, lettering.baseline)
    else:
        pen = pens.of(passage, seed)
        left = _left(passage, stretch, pen.set(stretch.new).width)
        retouch.write(pen, stretch.new, left, lettering.baseline, within=hole)
        missing = ((stretch.new, left),)
    style = pen.style
    return {
        "copied": copied,
        "written": "".join(text for text, _ in missing),
        "pen": {"family": style.family, "size": style.size, "weight": style.weight, "painter": pen.painter},
    }


def _left(passage: Passage, stretch: Stretch, width: float) -> float:
    """Return where new words of this width begin: where the old ones did, or about their middle."""
    if passage.anchor == "middle" and stretch.old == passage.text:
        return (stretch.left + stretch.right - width) / 2
    ends = passage.anchor == "end" and stretch.old == passage.text
    return stretch.right - width if passage.lettering.rtl != ends else stretch.left


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


def elements_after(
    before: tuple[Element, ...], params: Mapping[str, Any], target: int
) -> tuple[Element, ...]:
    """Return the elements as they are once a plan is carried out."""
    passage, stretch = passage_from(params, target)
    shift = int(params["shift"])
    rtl = passage.lettering.rtl
    new = str(params["becomes"])
    elements = list(before)
    line = elements[target]
    grown = passage.lettering.set(new).width - passage.width
    whole_line = stretch.old == passage.text
    back = _left(passage, stretch, stretch.right - stretch.left + grown) - stretch.left if whole_line else 0.0
    if rtl and not whole_line:
        back = -grown
    elements[target] = line._replace(
        text=new,
        value=params.get("value", line.value),
        x=round(line.x + back, 2),
        width=round(line.width + grown, 2),
    )
    if passage.tail and shift:
        _move_tail(elements, passage, shift)
    if line.kind == "line":
        _exchange_words(elements, passage, stretch, shift)
    parent = line.parent
    while line.kind == "line" and parent is not None:
        above = elements[parent]
        if above.text and passage.text in above.text:
            elements[parent] = above._replace(text=above.text.replace(passage.text, new, 1))
        parent = above.parent
    return tuple(elements)


def _move_tail(elements: list[Element], passage: Passage, shift: int) -> None:
    """Move the times that stand in the row of a name and follow it."""
    own = elements[passage.target]
    first, last = passage.right - 0.5, passage.right + passage.tail + 0.5
    if passage.lettering.rtl:
        first, last = passage.lettering.x - passage.tail - 0.5, passage.lettering.x + 0.5
    for number, other in enumerate(elements):
        same = other.kind == "time" and other.parent == own.parent
        if same and first <= other.x and other.x + other.width <= last:
            elements[number] = other._replace(x=round(other.x + shift, 2))


def _exchange_words(elements: list[Element], passage: Passage, stretch: Stretch, shift: int) -> None:
    """Take the words of a stretch away, move those after it, and put the new ones at the end."""
    rtl = passage.lettering.rtl
    for number, element in enumerate(elements):
        if element.kind != "word" or element.parent != passage.target:
            continue
        middle = element.x + element.width / 2
        if stretch.left - 0.5 <= middle <= stretch.right + 0.5:
            elements[number] = element._replace(width=0.0, height=0.0)
        elif (middle < stretch.left) == rtl:
            elements[number] = element._replace(x=round(element.x + shift, 2))
    line = elements[passage.target]
    fresh = passage.lettering.set(stretch.new)
    left = _left(passage, stretch, fresh.width)
    for word in easel.words_in(fresh):
        x, width = round(left + word.x, 2), round(word.width, 2)
        elements.append(
            Element("word", x, line.y, width, line.height, word.text, None, line.message, passage.target)
        )

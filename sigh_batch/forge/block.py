"""A message's text as the lines that it has on a picture, and another text in their places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Element, Json
from sigh_batch.errors import ConfigError
from sigh_batch.forge import easel, exchange, planning, retelling
from sigh_batch.forge.case import Case, Kit
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.passage import Passage, passage_of
from sigh_batch.forge.pen import pen_of
from sigh_batch.forge.retouch import Retouch
from sigh_batch.rng import Draws

_FULL = 0.6
"""A bubble that a shorter text leaves emptier looks odd."""
_MOST = 8
"""Longer messages are left alone."""


def lines_of(case: Case, target: int) -> list[Passage] | None:
    """Return the lines of a text element; None where one of them cannot be read or is not seen whole.

    A text with an address is set in two colours, and is left alone.
    """
    numbers = [
        number
        for number, element in enumerate(case.elements)
        if element.kind == "line" and element.parent == target
    ]
    if not 0 < len(numbers) <= _MOST or "://" in (case.elements[target].text or ""):
        return None
    found = [passage_of(case, number) for number in numbers]
    known = [passage for passage in found if passage is not None]
    if len(known) < len(numbers):
        return None
    said = "".join("".join(passage.text.split()) for passage in known)
    return known if said == "".join((case.elements[target].text or "").split()) else None


def laid(lines: list[Passage], text: str, hand: Hand, kit: Kit, seed: int) -> list[str] | None:
    """Return a text divided into as many lines as there are, each of which fits in its place, or None."""
    if "://" in text:
        return None
    first = lines[0].lettering
    pen = pen_of(hand, first, kit, Draws("forge/pen", seed))
    style = first.style if hand.skill == "expert" else pen.style
    widest = max(line.width + max(0.0, line.room) for line in lines)
    parts = easel.set_lines(text, style, widest, first.rtl)
    if len(parts) != len(lines):
        return None
    for part, line in zip(parts, lines, strict=True):
        paragraph = easel.set_line(part, style, first.rtl)
        if not part or paragraph.width > line.width + max(0.0, line.room) or not easel.can_write(paragraph):
            return None
    total = sum(easel.set_line(part, style, first.rtl).width for part in parts)
    return list(parts) if total >= _FULL * sum(line.width for line in lines) else None


def plans(lines: list[Passage], texts: list[str], seed: int) -> list[Json]:
    """Return the plan of each line, with the line that it is about."""
    return [
        {"target": line.target, **planning.whole(line, text, seed)}
        for line, text in zip(lines, texts, strict=True)
    ]


def rewrite(
    retouch: Retouch, params: Mapping[str, Any], hand: Hand, kit: Kit, *, afresh: bool = False
) -> tuple[Json, tuple[Element, ...]]:
    """Write all lines anew as planned; return what became of it and the elements afterwards.

    Raises ConfigError when the parameters hold no lines.
    """
    planned = params.get("lines")
    if not isinstance(planned, list) or not planned:
        raise ConfigError(f"no lines to write among the parameters: {planned!r}; give what draw returned")
    elements = retouch.case.elements
    copied, written = 0, list[str]()
    pens = exchange.Pens(retouch.case, hand, kit, afresh=afresh)
    for plan in planned:
        target = planning.target_of(retouch.case, plan)
        told = exchange.carry_out(retouch, plan, target, pens)
        elements = retelling.elements_after(elements, plan, target)
        copied += told["copied"]
        written.append(told["written"])
    return {"copied": copied, "written": " ".join(part for part in written if part)}, elements

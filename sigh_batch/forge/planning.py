"""How a line comes to say another text: measured before anything is done, and told as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError
from sigh_batch.forge import easel
from sigh_batch.forge.case import Case, Kit
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.lettering import lettering_of
from sigh_batch.forge.passage import Passage, Stretch, stretch_of
from sigh_batch.forge.pen import pen_of
from sigh_batch.rng import Draws

_SQUEEZE = 0.3
"""A careless hand lets words reach so much of an em further than they should."""
_NUDGE = 0.5
"""The rest of a line that would move by less than this stays where it is."""


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


def target_of(case: Case, params: Mapping[str, Any]) -> int:
    """Return the number of the element that an edit is about.

    Raises ConfigError where the picture has no such element.
    """
    target = params.get("target")
    if not isinstance(target, int) or not 0 <= target < len(case.elements):
        raise ConfigError(f"no element {target!r} on this picture; it has {len(case.elements)}")
    return target


def left_of(passage: Passage, stretch: Stretch, width: float) -> float:
    """Return where new words of this width begin: where the old ones did, or about their middle."""
    if passage.anchor == "middle" and stretch.old == passage.text:
        return (stretch.left + stretch.right - width) / 2
    ends = passage.anchor == "end" and stretch.old == passage.text
    return stretch.right - width if passage.lettering.rtl != ends else stretch.left

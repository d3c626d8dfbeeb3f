"""The same words again, drawn by other software and pasted over the old ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.forge import block, easel, exchange, planning
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.passage import Passage, passage_of, passages
from sigh_batch.forge.pen import pen_of
from sigh_batch.forge.retouch import Retouch
from sigh_batch.rng import Draws

_TRIES = 6
_SLACK = 0.6
"""A careless hand lets its text reach so much of an em further than it should."""


@pixel_forgery("rerender")
class Rerender(PixelForgery):
    """A line or a whole message is drawn again as it was, by another rasteriser or with other settings.

    It is what is left when a forger sets a whole line anew to hide which word of it is his.
    """

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Return which lines are drawn again."""
        seed = draws.integer(0, (1 << 31) - 1)
        message = draws.chance(0.5)
        kind = "text" if message else "line"
        for target in draws.shuffled(list(passages(case, (kind,))))[:_TRIES]:
            if message:
                lines = _message(case, target)
            else:
                passage = passage_of(case, target)
                lines = [passage] if passage is not None else None
            if lines is not None and all(_fits(line, hand, kit, seed) for line in lines):
                texts = [line.text for line in lines]
                return {"target": target, "lines": block.plans(lines, texts, seed), "seed": seed}
        return None

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Return the picture with the lines drawn again."""
        target = planning.target_of(case, params)
        retouch = Retouch(case, hand)
        told, _ = block.rewrite(retouch, params, hand, kit, afresh=True)
        text = case.elements[target].text
        return exchange.finished(self, retouch, {**params, **told}, hand, text, text, None)


def _message(case: Case, target: int) -> list[Passage] | None:
    """Return the lines of a message with its name and time, where these can be read."""
    lines = block.lines_of(case, target)
    parent = case.elements[target].parent
    if lines is None or parent is None:
        return lines
    for number in passages(case, ("author", "time")):
        label = passage_of(case, number) if case.elements[number].parent == parent else None
        if label is not None and not label.tail:
            lines.append(label)
    return lines


def _fits(line: Passage, hand: Hand, kit: Kit, seed: int) -> bool:
    """Say whether a line still has room when this hand writes it."""
    paragraph = pen_of(hand, line.lettering, kit, Draws("forge/pen", seed)).set(line.text)
    slack = _SLACK * line.lettering.size if hand.skill == "careless" else 0.0
    return easel.can_write(paragraph) and paragraph.width <= line.width + max(0.0, line.room) + slack

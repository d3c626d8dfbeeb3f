"""Another name above a message, or at the head of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.forge import exchange, planning
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.passage import passage_of, passages
from sigh_batch.forge.wording import other_name
from sigh_batch.rng import Draws

_TRIES = 6
_NAMES = 8


@pixel_forgery("name_edit")
class NameEdit(PixelForgery):
    """Somebody else is made to have written a message: a stranger, or another one of the conversation."""

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Return which name becomes which."""
        seed = draws.integer(0, (1 << 31) - 1)
        present = sorted(
            {element.text for element in case.elements if element.kind == "author" and element.text}
        )
        for target in draws.shuffled(list(passages(case, ("author",))))[:_TRIES]:
            passage = passage_of(case, target)
            if passage is None:
                continue
            for _ in range(_NAMES):
                name = other_name(draws, passage.text, case.locale, kit.split, present)
                planned = planning.plan(passage, name, hand, kit, seed)
                if planned is not None:
                    return {"target": target, **planned}
        return None

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Return the picture with the name written anew."""
        return exchange.edit(self, case, params, hand, kit)

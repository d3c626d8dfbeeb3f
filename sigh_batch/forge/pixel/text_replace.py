"""Another word, amount or message where one stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.forge import block, exchange, planning
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.negation import negated
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.passage import Passage, passage_of, passages
from sigh_batch.forge.retouch import Retouch
from sigh_batch.forge.wording import borrowed_word, changed_number, changed_word, day_of, new_message
from sigh_batch.rng import Draws
from sigh_batch.scene.locale import locale

_WAYS = ("number", "negation", "word")
_WEIGHTS = (0.45, 0.25, 0.3)
_WHOLE = 0.15
"""Share of whole messages."""
_MESSAGES = 4
_TEXTS = 30
_LINES = 6
_TRIES = 4


@pixel_forgery("text_replace")
class TextReplace(PixelForgery):
    """A word, a number, a negation or all of a message is written anew, and the line closes up again."""

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Return which line says what afterwards."""
        if draws.chance(_WHOLE):
            planned = self._message(draws, case, hand, kit)
            if planned is not None:
                return planned
        first = draws.weighted(_WAYS, _WEIGHTS)
        # A word of the same conversation seldom makes sense in another's place.
        ways = (first, *(way for way in _WAYS if way != first), "borrowed")
        lines = draws.shuffled(list(passages(case, ("line",))))
        seed = draws.integer(0, (1 << 31) - 1)
        for way in ways:
            tried = 0
            for target in lines:
                told = self._way(draws, case, kit, way, case.elements[target].text or "")
                if told is None:
                    continue
                passage = passage_of(case, target)
                tried += 1
                if passage is None:
                    continue
                planned = self._planned(draws, case, passage, hand, kit, way, told, seed)
                if planned is not None:
                    return {"target": target, "way": way, **planned}
                if tried >= _LINES:
                    break
        return None

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Return the picture with the line written anew."""
        if params.get("way") != "message":
            return exchange.edit(self, case, params, hand, kit)
        target = planning.target_of(case, params)
        retouch = Retouch(case, hand)
        told, elements = block.rewrite(retouch, params, hand, kit)
        said = params["said"]
        old = case.elements[target].text
        told = {**params, **told}
        return exchange.finished(self, retouch, told, hand, old, said, elements)

    def _message(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Return the plan of a whole message that says something else."""
        seed = draws.integer(0, (1 << 31) - 1)
        day = day_of(case.elements)
        for target in draws.shuffled(list(passages(case, ("text",))))[:_MESSAGES]:
            lines = block.lines_of(case, target)
            if lines is None:
                continue
            for _ in range(_TEXTS):
                said = new_message(draws, case.locale, kit.split, day)
                parts = block.laid(lines, said, hand, kit, seed)
                if parts is not None and said != case.elements[target].text:
                    planned = block.plans(lines, parts, seed)
                    return {"target": target, "way": "message", "said": said, "lines": planned, "seed": seed}
        return None

    def _way(self, draws: Draws, case: Case, kit: Kit, way: str, text: str) -> str | None:
        if way == "number":
            return changed_number(draws, text)
        if way == "negation":
            return negated(draws, text, locale(case.locale).language)
        if way == "word":
            return changed_word(draws, text, case.locale, kit.split)
        others = [element.text for element in case.elements if element.kind == "message" and element.text]
        return borrowed_word(draws, text, others)

    def _planned(
        self,
        draws: Draws,
        case: Case,
        passage: Passage,
        hand: Hand,
        kit: Kit,
        way: str,
        text: str | None,
        seed: int,
    ) -> Json | None:
        for _ in range(_TRIES):
            if text is not None and text != passage.text:
                planned = planning.plan(passage, text, hand, kit, seed)
                if planned is not None:
                    return planned
            text = self._way(draws, case, kit, way, passage.text)
        return None

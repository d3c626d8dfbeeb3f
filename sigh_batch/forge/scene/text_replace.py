"""Other words in a message."""

from __future__ import annotations

from dataclasses import replace

from sigh_batch.data.sample import Json
from sigh_batch.forge.negation import negated
from sigh_batch.forge.operation import SceneForgery, scene_forgery
from sigh_batch.forge.scene.script import said, told, with_message
from sigh_batch.forge.wording import changed_number, changed_word, new_message
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.locale import locale

_WAYS = ("number", "negation", "word", "message")
_WEIGHTS = (0.4, 0.25, 0.25, 0.1)


@scene_forgery("text_replace")
class TextReplace(SceneForgery):
    """Another number, word or message where somebody wrote something else, or its opposite."""

    shows = ("text", "message")

    def change(
        self, draws: Draws, conversation: Conversation, visible: frozenset[int], split: str
    ) -> tuple[Conversation, Json] | None:
        """Go through the messages in random order until one can be said otherwise in the drawn way."""
        first = draws.weighted(_WAYS, _WEIGHTS)
        numbers = draws.shuffled(said(conversation, visible))
        for way in (first, *(way for way in _WAYS if way != first)):
            for number in numbers:
                message = conversation.messages[number]
                new = _said_anew(draws, conversation, number, way, split)
                if new and new != message.text:
                    changed = with_message(conversation, number, replace(message, text=new))
                    return changed, told(self.name, number, message.text, new, way=way)
        return None


def _said_anew(draws: Draws, conversation: Conversation, number: int, way: str, split: str) -> str | None:
    message, code = conversation.messages[number], conversation.locale
    if way == "number":
        return changed_number(draws, message.text)
    if way == "negation":
        return negated(draws, message.text, locale(code).language)
    if way == "message":
        return new_message(draws, code, split, message.time.date())
    return changed_word(draws, message.text, code, split)

"""A message that is no longer there."""

from __future__ import annotations

from sigh_batch.data.sample import Json
from sigh_batch.forge.operation import SceneForgery, scene_forgery
from sigh_batch.forge.scene.script import rearranged, said, told
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation


@scene_forgery("message_delete")
class MessageDelete(SceneForgery):
    """A message taken out; those above move down, and older ones come into view."""

    shows = ()

    def change(
        self, draws: Draws, conversation: Conversation, visible: frozenset[int], split: str
    ) -> tuple[Conversation, Json] | None:
        """Take out a visible message, never the only one."""
        numbers = said(conversation, visible)
        if len(numbers) < 2:
            return None
        number = draws.choice(numbers)
        order = [other for other in range(len(conversation.messages)) if other != number]
        changed = rearranged(conversation, order, [conversation.messages[other] for other in order])
        return changed, told(self.name, number, conversation.messages[number].text, None)

"""Messages in another order."""

from __future__ import annotations

from dataclasses import replace

from sigh_batch.data.sample import Json
from sigh_batch.forge.operation import SceneForgery, scene_forgery
from sigh_batch.forge.scene.script import in_order, rearranged, said, told
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation


@scene_forgery("message_reorder")
class MessageReorder(SceneForgery):
    """Two messages that follow each other change places, with their times or without."""

    shows = ("message", "text")

    def change(
        self, draws: Draws, conversation: Conversation, visible: frozenset[int], split: str
    ) -> tuple[Conversation, Json] | None:
        """Exchange two neighbours; a careful forger leaves the times where they were."""
        numbers = said(conversation, visible)
        messages = list(conversation.messages)
        first = [
            number
            for number in numbers
            if number + 1 in numbers and messages[number].text != messages[number + 1].text
        ]
        if not first:
            return None
        number = draws.choice(first)
        one, two = messages[number], messages[number + 1]
        if draws.chance(0.6):
            one, two = replace(one, time=two.time), replace(two, time=one.time)
        messages[number], messages[number + 1] = two, one
        order = list(range(len(messages)))
        order[number], order[number + 1] = number + 1, number
        changed = rearranged(conversation, order, messages)
        breaks = in_order(conversation) and not in_order(changed)
        return changed, told(self.name, number, None, None, exchanged=number + 1, breaks_order=breaks)

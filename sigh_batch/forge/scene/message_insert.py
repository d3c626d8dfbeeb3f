"""A message that nobody wrote."""

from __future__ import annotations

from dataclasses import replace

from sigh_batch.data.sample import Json
from sigh_batch.forge.operation import SceneForgery, scene_forgery
from sigh_batch.forge.scene.script import NEW, rearranged, said, told
from sigh_batch.forge.wording import new_message
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation, Message


@scene_forgery("message_insert")
class MessageInsert(SceneForgery):
    """One more message by somebody who takes part, between two of the conversation or after the last."""

    shows = ("message", "text")

    def change(
        self, draws: Draws, conversation: Conversation, visible: frozenset[int], split: str
    ) -> tuple[Conversation, Json] | None:
        """Put a message behind a visible one; its time lies between its neighbours'."""
        numbers = said(conversation, visible)
        if not numbers:
            return None
        before = draws.choice(numbers)
        messages = list(conversation.messages)
        moment = messages[before].time
        after = messages[before + 1].time if before + 1 < len(messages) else conversation.now
        author = draws.choice(sorted({messages[number].author for number in numbers} | {conversation.owner}))
        text = new_message(draws, conversation.locale, split, moment.date())
        fresh = Message(
            author=author,
            time=moment + (after - moment) * draws.integer(0, 4) // 4,
            text=text,
            status=messages[before].status,
        )
        order = [*range(before + 1), NEW, *range(before + 1, len(messages))]
        changed = rearranged(conversation, order, [*messages[: before + 1], fresh, *messages[before + 1 :]])
        return _known(changed), told(self.name, before + 1, None, text, author=conversation.people[author].id)


def _known(conversation: Conversation) -> Conversation:
    """Return the conversation without its typing mark where the person who typed has written at last."""
    last = conversation.messages[-1]
    return replace(conversation, typing=None) if conversation.typing == last.author else conversation

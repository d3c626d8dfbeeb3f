"""Somebody else's name."""

from __future__ import annotations

from dataclasses import replace

from sigh_batch.data.sample import Json
from sigh_batch.forge.operation import SceneForgery, scene_forgery
from sigh_batch.forge.scene.script import said, told, with_message
from sigh_batch.forge.wording import other_name
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation

_EVERYWHERE = 0.6


@scene_forgery("name_edit")
class NameEdit(SceneForgery):
    """A name exchanged wherever the client shows it, or over one message of a group."""

    shows = ("author", "header")

    def change(
        self, draws: Draws, conversation: Conversation, visible: frozenset[int], split: str
    ) -> tuple[Conversation, Json] | None:
        """Give the author of a visible message, or the other of two, another name."""
        numbers = [
            number
            for number in said(conversation, visible)
            if conversation.messages[number].author != conversation.owner
        ]
        if not numbers:
            return None
        number = draws.choice(numbers)
        author = conversation.messages[number].author
        person = conversation.people[author]
        present = [other.name for other in conversation.people]
        new = other_name(draws, person.name, conversation.locale, split, present)
        if new == person.name:
            return None
        renamed = replace(person, name=new)
        everywhere = not conversation.group or draws.chance(_EVERYWHERE)
        if everywhere:
            people = list(conversation.people)
            people[author] = renamed
            title = new if not conversation.group else conversation.title
            changed = replace(conversation, people=tuple(people), title=title)
        else:
            stranger = replace(renamed, id=f"{person.id}x")
            message = replace(conversation.messages[number], author=len(conversation.people))
            changed = replace(
                with_message(conversation, number, message), people=(*conversation.people, stranger)
            )
        shown = number if conversation.group else None
        return changed, told(self.name, shown, person.name, new, everywhere=everywhere)

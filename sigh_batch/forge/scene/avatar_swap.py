"""Another face."""

from __future__ import annotations

from dataclasses import replace

from sigh_batch.data.sample import Json
from sigh_batch.forge.operation import SceneForgery, scene_forgery
from sigh_batch.forge.scene.script import said, told
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.people import avatar_seeds

_PRESENT = 0.4


@scene_forgery("avatar_swap")
class AvatarSwap(SceneForgery):
    """Somebody's picture exchanged for a stranger's, or for that of another in the conversation."""

    shows = ("avatar", "header")

    def change(
        self, draws: Draws, conversation: Conversation, visible: frozenset[int], split: str
    ) -> tuple[Conversation, Json] | None:
        """Give the author of a visible message another picture."""
        numbers = said(conversation, visible)
        if not numbers:
            return None
        number = draws.choice(numbers)
        author = conversation.messages[number].author
        person = conversation.people[author]
        others = [other for other in conversation.people if other.avatar != person.avatar]
        if others and draws.chance(_PRESENT):
            other = draws.choice(others)
            changed = replace(person, avatar=other.avatar, hue=other.hue)
        else:
            seed = draws.choice([seed for seed in avatar_seeds(split) if seed != person.avatar])
            other, changed = None, replace(person, avatar=seed, hue=draws.random())
        people = list(conversation.people)
        people[author] = changed
        taken = other.id if other else None
        return replace(conversation, people=tuple(people)), told(
            self.name, number, None, None, person=person.id, of=taken
        )

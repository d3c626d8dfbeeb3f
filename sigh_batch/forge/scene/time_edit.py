"""Another time."""

from __future__ import annotations

from dataclasses import replace

from sigh_batch.data.sample import Json
from sigh_batch.forge.operation import SceneForgery, scene_forgery
from sigh_batch.forge.scene.script import in_order, said, told, with_message
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.locale import locale

_DAY = 24 * 60


@scene_forgery("time_edit")
class TimeEdit(SceneForgery):
    """A message said to be sent at another time of its day, whether or not that can be."""

    shows = ("time", "message")

    def change(
        self, draws: Draws, conversation: Conversation, visible: frozenset[int], split: str
    ) -> tuple[Conversation, Json] | None:
        """Shift the time of a visible message by minutes or hours, within its day."""
        numbers = said(conversation, visible)
        if not numbers:
            return None
        number = draws.choice(numbers)
        message = conversation.messages[number]
        minutes = 60 * message.time.hour + message.time.minute
        shift = draws.integer(2, 55) if draws.chance(0.6) else 60 * draws.integer(1, 6)
        new = (minutes + (shift if draws.chance(0.5) else -shift)) % _DAY
        moment = message.time.replace(hour=new // 60, minute=new % 60)
        changed = with_message(conversation, number, replace(message, time=moment))
        here = locale(conversation.locale)
        breaks = in_order(conversation) and not in_order(changed)
        return changed, told(
            self.name, number, here.time(message.time), here.time(moment), breaks_order=breaks
        )

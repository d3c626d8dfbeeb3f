"""A conversation with other messages in it: what points at messages follows them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.scene.conversation import Conversation, Message

NEW = -1
"""Stands for the number of a message that was not there."""


def told(name: str, message: int | None, old: str | None, new: str | None, **params: Any) -> Json:
    """Return an entry for `Sample.ops`; where it is to be seen is known once it is drawn."""
    return {
        "type": name,
        "skill": None,
        "target": None,
        "old": old,
        "new": new,
        "box": None,
        "source": None,
        "params": {"message": message, **params},
    }


def said(conversation: Conversation, visible: Collection[int]) -> list[int]:
    """Return the numbers of the visible messages that somebody wrote, in order."""
    messages = conversation.messages
    return [
        number
        for number in sorted(visible)
        if number < len(messages) and messages[number].kind == "text" and messages[number].text
    ]


def with_message(conversation: Conversation, number: int, message: Message) -> Conversation:
    """Return the conversation with another message in place of one."""
    messages = list(conversation.messages)
    messages[number] = message
    return replace(conversation, messages=tuple(messages))


def rearranged(conversation: Conversation, order: Sequence[int], messages: Sequence[Message]) -> Conversation:
    """Return the conversation with these messages; `order` tells the number that each had, or NEW.

    An answer to a message that is gone, or comes later now, answers nothing.
    """
    places = {old: place for place, old in enumerate(order) if old != NEW}
    follow = list(messages)
    for place, message in enumerate(messages):
        if message.reply is not None:
            reply = places.get(message.reply, NEW)
            follow[place] = replace(message, reply=reply if NEW < reply < place else None)
    return replace(conversation, messages=tuple(follow), unread=_unread(conversation, places, follow))


def in_order(conversation: Conversation) -> bool:
    """Return whether no message is older than the one before it, or younger than the screenshot."""
    times: list[datetime] = [*(message.time for message in conversation.messages), conversation.now]
    return all(first <= second for first, second in pairwise(times))


def _unread(conversation: Conversation, places: dict[int, int], messages: Sequence[Message]) -> int | None:
    """Return the first message that the owner has not read: all from there on are others'."""
    if conversation.unread is None:
        return None
    first = min((place for old, place in places.items() if old >= conversation.unread), default=None)
    if first is None or any(message.author == conversation.owner for message in messages[first:]):
        return None
    return first

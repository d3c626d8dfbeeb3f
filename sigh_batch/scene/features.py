"""What people do with messages beside writing them: answer one, react, correct, attach; what is unread.

Everything follows the words and the order that are there: an answer shows an earlier message,
those who react are present, attachments come between their author's messages, and what is unread
was written by others since the owner looked.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from sigh_batch.config.generate import ConversationConfig
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Attachment, Message, Reaction
from sigh_batch.scene.pools import divide
from sigh_batch.scene.slots import kind_of_link

_PHOTOS = 240
_REACH = 8
"""So many messages back lies what somebody still answers."""
_USUAL = ("👍", "❤️", "😂", "😮", "🙏", "👍", "❤️", "😂")
_COLD = ("👎", "😡", "😮")
_LINK = re.compile(r"https?://([\w.-]+)\S*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Who is there, and what they may show."""

    people: int
    members: int
    """How many can read along, whether they write or not."""
    owner: int
    group: bool
    cold: bool
    """Whether nobody is friendly."""
    emoji: tuple[str, ...]
    """What suits the topic."""
    split: str
    fill: Callable[[str], str]
    """Returns some entry of a pool of words, its gaps filled, or nothing when there is no such pool."""


@functools.lru_cache(maxsize=1)
def photo_pools() -> dict[str, tuple[int, ...]]:
    """Return the seeds of pictures by split: so few that a worker makes most of them once."""
    shares = divide(f"photo {number}" for number in range(_PHOTOS))
    return {
        split: tuple(
            1 + int.from_bytes(hashlib.blake2b(name.encode(), digest_size=6).digest()) for name in share
        )
        for split, share in shares.items()
    }


def attach(
    draws: Draws, config: ConversationConfig, circle: Circle, messages: list[Message]
) -> list[Message]:
    """Return as many messages, some with an attachment, some of them nothing else; the last are left out."""
    found: list[Message] = []
    for place, said in enumerate(messages):
        if said.kind != "text":
            found.append(said)
            continue
        link = _LINK.search(said.text)
        if link and draws.chance(config.cards):
            said = replace(said, attachment=_card(draws, circle, link[1]))
        alone: Attachment | None = None
        if draws.chance(config.pictures):
            picture = _picture(draws, circle)
            if said.attachment is None and not link and draws.chance(0.4):
                said = replace(said, attachment=picture)
            else:
                alone = picture
        elif draws.chance(config.voices):
            alone = Attachment(kind="voice", seed=draws.integer(1, 1 << 40), seconds=_seconds(draws))
        elif draws.chance(config.files):
            alone = _file(draws, circle)
        found.append(said)
        if alone:
            later = (
                messages[place + 1].time if place + 1 < len(messages) else said.time + timedelta(minutes=5)
            )
            moment = min(said.time + timedelta(seconds=draws.integer(2, 40)), later)
            found.append(Message(author=said.author, time=moment, text="", attachment=alone))
    return found[: len(messages)]


def interact(
    draws: Draws, config: ConversationConfig, circle: Circle, messages: tuple[Message, ...]
) -> tuple[Message, ...]:
    """Return the messages with answers, corrections, reactions and threads."""
    changed: list[Message] = []
    for place, said in enumerate(messages):
        if said.kind == "text":
            reply = _answered(draws, messages, place) if draws.chance(config.replies) else None
            if changed and reply == changed[-1].reply:
                reply = None
            edited = bool(said.text) and draws.chance(config.edited)
            reactions = _reactions(draws, circle, said) if draws.chance(config.reactions) else ()
            thread = 0
            if circle.group and draws.chance(config.threads):
                thread = draws.choice((1, 1, 2, 2, 3, 4, 6, draws.integer(5, 24)))
            if reply is not None or edited or reactions or thread:
                said = replace(said, reply=reply, edited=edited, reactions=reactions, thread=thread)
        changed.append(said)
    return tuple(changed)


def first_unread(draws: Draws, owner: int, messages: tuple[Message, ...]) -> int | None:
    """Return a message from which on the owner has read nothing; None when the owner wrote last."""
    start = len(messages)
    while start > 1 and messages[start - 1].author != owner and messages[start - 1].kind == "text":
        start -= 1
    return draws.integer(start, len(messages) - 1) if start < len(messages) else None


def typist(draws: Draws, people: int, owner: int, messages: tuple[Message, ...]) -> int:
    """Return who is typing: one of the others, rather one who has written."""
    others = [said.author for said in messages[-6:] if said.author != owner]
    return draws.choice(others or [person for person in range(people) if person != owner])


def _answered(draws: Draws, messages: tuple[Message, ...], place: int) -> int | None:
    """Return the number of the message that this one answers: another's, most often their last."""
    said = messages[place]
    others = [
        number
        for number in range(max(0, place - _REACH), place)
        if messages[number].kind == "text" and messages[number].author != said.author
    ]
    if not others:
        return None
    return others[-1] if draws.chance(0.65) else draws.choice(others)


def _reactions(draws: Draws, circle: Circle, said: Message) -> tuple[Reaction, ...]:
    """Return what the others think of a message; everybody has one reaction to it."""
    others = draws.shuffled([person for person in range(circle.people) if person != said.author])
    some = others[: min(len(others), draws.choice((1, 1, 1, 2, 2, 3, 4)))]
    pool = _COLD if circle.cold else (*_USUAL, *circle.emoji)
    first = draws.choice(pool)
    chosen = {person: first if draws.chance(0.5) else draws.choice(pool) for person in some}
    counts = Counter(chosen.values())
    silent = min(circle.members - circle.people, 14)
    if circle.group and silent > 0 and draws.chance(0.35):
        counts[first] += draws.integer(1, silent)
    mine = chosen.get(circle.owner)
    return tuple(
        Reaction(emoji=emoji, count=count, own=emoji == mine)
        for emoji, count in sorted(counts.items(), key=lambda entry: -entry[1])
    )


def _picture(draws: Draws, circle: Circle) -> Attachment:
    shape = draws.choice(("wide", "wide", "tall", "tall", "square"))
    return Attachment(kind="picture", seed=draws.choice(photo_pools()[circle.split]), shape=shape)


def _seconds(draws: Draws) -> int:
    return draws.integer(2, 20) if draws.chance(0.6) else draws.integer(21, 75 if draws.chance(0.8) else 260)


def _file(draws: Draws, circle: Circle) -> Attachment:
    size = draws.integer(12_000, 980_000) if draws.chance(0.6) else draws.integer(1_000_000, 24_000_000)
    return Attachment(kind="file", title=circle.fill("file").replace(" ", "_"), size=size)


def _card(draws: Draws, circle: Circle, host: str) -> Attachment:
    title, _, description = circle.fill(f"page{kind_of_link(host)}").partition(" / ")
    seed = draws.choice(photo_pools()[circle.split]) if draws.chance(0.7) else 0
    return Attachment(kind="link", title=title, host=host, description=description, seed=seed)

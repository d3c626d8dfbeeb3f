"""What is said, by whom and when: a conversation without any pixels.

A conversation is drawn once from its random stream and never changes; forgeries of scene depth
make a new one with `dataclasses.replace`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who writes; the same name, avatar and colour through the whole conversation."""

    id: str
    name: str
    short: str
    """What the others call this person."""
    handle: str
    hue: float
    """Where on the colour wheel (0 to 1) this person's name and generated avatar lie."""
    avatar: int
    """Seed of the generated avatar, and of the choice from the user's avatar folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """One emoji that people have put on a message."""

    emoji: str
    count: int
    """How many people chose it."""
    own: bool = False
    """Whether the owner of the device is among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What a message carries beside its text."""

    kind: str
    """link (a card of the page that the text links to), picture, voice or file."""
    title: str = ""
    """Headline of a link's card, or name of a file."""
    host: str = ""
    """Name of the site that a card shows."""
    description: str = ""
    """What a card says below its headline."""
    seed: int = 0
    """Decides the pixels of a picture (0 on a card: it has none) and the wave of a voice note."""
    shape: str = "wide"
    """wide, tall or square: the format of a picture."""
    seconds: int = 0
    """Length of a voice note."""
    size: int = 0
    """Size of a file in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; `author` is an index into the conversation's people."""

    author: int
    time: datetime
    text: str
    """What it says; empty where all of it is an attachment."""
    kind: str = "text"
    """text, or system for a line that the application itself writes."""
    status: str = "read"
    """sent, delivered or read: what a client's ticks show on the owner's own messages."""
    reply: int | None = None
    """Number of the earlier message that this one answers and shows again."""
    edited: bool = False
    """Whether its author changed it after sending."""
    reactions: tuple[Reaction, ...] = ()
    attachment: Attachment | None = None
    thread: int = 0
    """How many answers it has in a thread of its own; only clients with threads show them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """People and their messages in order of time."""

    id: str
    title: str
    """Name of a group; of a direct conversation, the name of the other person."""
    locale: str
    direction: str
    """ltr or rtl: the base direction of the interface and of the text."""
    topic: str
    people: tuple[Person, ...]
    owner: int
    """Index of the person whose device shows the conversation."""
    messages: tuple[Message, ...]
    now: datetime
    """When the screenshot was taken; never before the last message."""
    group: bool
    channel: str
    """Name of the channel, for clients whose groups are channels of a community; empty when direct."""
    channels: tuple[str, ...]
    """The channels of the community in their order, this one among them."""
    community: str
    """Name of the community that the channel belongs to; empty when direct."""
    members: int
    """How many belong to the group, whether they write or not; 2 in a direct conversation."""
    unread: int | None = None
    """Number of the first message that the owner has not read; all from there on are others'."""
    typing: int | None = None
    """Index of the person who is typing when the screenshot is taken; never the owner."""

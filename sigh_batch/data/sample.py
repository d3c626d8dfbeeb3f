"""What a sample is: one picture, its mask, and everything known about how it came to be.

This is the shape of the JSON beside each picture and of a manifest row, so its names do not
change; fields may be added. It knows no tar, store or stage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

SCHEMA_VERSION = 1

Json = dict[str, Any]


class Element(NamedTuple):
    """One thing on the picture: where it is and, for text, what it says.

    A named tuple, because a picture has some 150 of them: it is made four times as fast as a frozen
    dataclass and turns into columns at C speed. `_replace` makes a changed one.

    `kind` is one of message, bubble, avatar, author, time, text, line, word, separator, header,
    input, system; of quote (the message that is answered: its box, and in it an author and what it
    says), reaction (an emoji, its count as value), card (a link's box, and in it its texts), picture,
    voice (its length in seconds as value), file, thread (the way to a message's answers), edited,
    unread, typing (the id of who types as value), pinned (a message repeated above all others),
    role (what its author is in the group), forwarded (where it came from), button (an answer to
    pick). Only line and word stand within a text, so what quotes, cards and files say is noted as quote,
    card and file again.

    `parent` is the index in the element list of the thing it belongs to (a word's
    line, a line's text, a text's message), or None. `message` is the message's number in the
    conversation. `value` is the machine-readable form where the text is not it: ISO 8601 for a
    time, the person's id for an author or avatar. The box is in pixels of the final picture, with
    no more decimals than mean something (a hundredth of a pixel): it is stored as 32-bit floats.
    """

    kind: str
    x: float
    y: float
    width: float
    height: float
    text: str | None = None
    value: str | None = None
    message: int | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One labelled picture, encoded, with its 1-bit mask PNG and its annotations."""

    id: str
    index: int
    seed: int
    stage: str
    group: str
    """The conversation it comes from: samples of one group never fall into different splits."""
    pair: str
    """Shared by a forged sample and its clean twin."""
    split: str
    label: int
    """0 clean, 1 forged."""
    format: str
    """png, jpg or webp: the member's file name ending, and the codec of `image`."""
    width: int
    height: int
    image: bytes
    mask: bytes
    """1-bit PNG of the picture's size: the pixels that differ from the clean twin before the last encode."""
    mask_pixels: int = 0
    source_mask: bytes | None = None
    """1-bit PNG of the picture's size: where in this same picture content was copied from, or None."""
    scene_depth: bool = False
    """Whether the pair is forged in the conversation: told of both, so that a filter keeps pairs whole."""
    benign: str | None = None
    ops: tuple[Json, ...] = ()
    """What was done to the clean picture, in order: `type, skill, target` (an element's number), `old`,
    `new`, `box` and `source` (each x, y, width, height) and `params` (anything else)."""
    encodes: tuple[Json, ...] = ()
    """How it was saved, in order: `codec, quality, subsampling, width, height, params` (anything else)."""
    skin: str | None = None
    theme: str | None = None
    scale: float | None = None
    font: str | None = None
    locale: str | None = None
    elements: tuple[Element, ...] = ()
    drawn: Json = field(default_factory=dict)
    """Every other parameter that was drawn for this sample, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A sample that could not be made: a row with its reason in place of a picture."""

    id: str
    index: int
    seed: int
    stage: str
    code: str
    """A short stable word, such as unreadable_image or draw_failed."""
    message: str
    of_input: bool = False
    """Whether what the run reads is at fault: such failures do not count towards run.max_failures."""

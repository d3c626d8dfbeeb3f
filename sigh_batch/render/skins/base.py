"""What a skin is: it designs a look from random draws, and paints conversations in that look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from sigh_batch.render.avatars import Avatars, AvatarStyle
from sigh_batch.render.bars import Header, Phone, paint_header, paint_status
from sigh_batch.render.breaking import graphemes
from sigh_batch.render.colors import Rgb
from sigh_batch.render.inputs import InputBar, input_height
from sigh_batch.render.layout import Block
from sigh_batch.render.page import Page
from sigh_batch.render.palette import Palette
from sigh_batch.render.parts.style import PartStyle
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.habits import is_symbol
from sigh_batch.scene.locale import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One drawn appearance of a skin: everything but the conversation and the device."""

    palette: Palette
    phone: Phone
    header: Header
    bar: InputBar
    avatars: AvatarStyle
    parts: PartStyle
    leading: float
    """Line height of message text as a multiple of its size."""


L = TypeVar("L", bound=Look)


class Skin(Protocol[L]):
    """One kind of chat client."""

    forms: tuple[str, ...]
    """phone, desktop or both: the devices it exists on."""
    groups: tuple[bool, ...]
    """Which conversations it shows: groups (True), direct ones (False) or both."""
    service: bool
    """Whether its conversations are those of a customer with a company."""
    row: float
    """Usual height of a message in logical pixels, for filling a window."""

    def design(self, draws: Draws, dark: bool, form: str, pictures: bool) -> L:
        """Return a look; `pictures` says whether the user gave avatars."""

    def paint(self, page: Page, conversation: Conversation, here: Locale, look: L, avatars: Avatars) -> None:
        """Draw the whole page and note every element."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pill:
    """A short line of text in the middle of the message area."""

    ground: Rgb | None
    """Colour of the rounded box behind it; None draws none."""
    ink: Rgb
    weight: int
    margin: float
    """Above and below, in logical pixels."""
    round: float = 8.0


def paint_frame(
    page: Page,
    conversation: Conversation,
    here: Locale,
    look: Look,
    avatars: Avatars,
    title: str,
    subtitle: str,
) -> tuple[int, int]:
    """Draw what stands above the messages; return where they may begin and end."""
    top = paint_header(
        page,
        look.palette,
        look.header,
        avatars,
        conversation,
        top=page.px(look.phone.top),
        title=title,
        subtitle=subtitle,
    )
    paint_status(page, look.phone, here, conversation, look.palette.bar_text)
    return top, page.height - input_height(page, look.bar, look.phone)


def pill_block(
    page: Page, pill: Pill, kind: str, text: str, *, value: str | None = None, message: int | None = None
) -> Block:
    """Return a block with a centred pill, such as a date or a line of the application."""
    padding = page.px(10) if pill.ground else 0
    words = page.set(
        text,
        page.style(page.sizes.small, pill.weight, 1.35),
        page.width - page.px(64),
        align="center",
        direction="auto",
    )
    tall = round(words.height) + (page.px(8) if pill.ground else 0)
    margin = page.px(pill.margin)

    def draw(y: int) -> None:
        width = round(words.width) + 2 * padding
        x = (page.width - width) // 2
        if pill.ground:
            page.box(x, y + margin, width, tall, pill.ground, min(page.px(pill.round), tall / 2))
        inner = y + margin + round((tall - words.height) / 2)
        page.label(kind, words, x + padding, inner, pill.ink, value=value, message=message)

    return Block(tall + 2 * margin, draw)


_TAIL = "M6 6 L6 12 C6 18.4 4.4 21.7 0 23.9 C4.6 24.5 10 23.4 14 20.9 L17 12 Z"


def lower_tail(page: Page, x: int, width: int, bottom: int, radius: float, color: Rgb, own: bool) -> None:
    """Draw the tail at the lower outer corner of a bubble; it grows out of the corner's curve."""
    size = radius * 24 / 18
    outside = size * 6 / 24
    start = x + width - size + outside if own else x - outside
    page.figure(_TAIL, start, bottom - size, size, color, flipped=own)


def only_emoji(text: str) -> bool:
    """Tell whether a message is one to three emoji and nothing else, which clients show large."""
    return 0 < len(text) <= 24 and all(is_symbol(letter) for letter in text) and len(graphemes(text)) <= 3


def described(look: Look) -> dict[str, str | int | float]:
    """Return the plain values of a look, and the kinds of its parts, for a sample's record."""
    values = {name: getattr(look, name) for name in look.__dataclass_fields__}
    values = {name: getattr(value, "kind", value) for name, value in values.items()}
    return {name: value for name, value in values.items() if isinstance(value, str | int | float)}

"""The columns beside a workplace's channel: a rail of places, then channels and people in sections."""

from __future__ import annotations

from dataclasses import dataclass

from sigh_batch.render.avatars import Avatars
from sigh_batch.render.colors import Rgb, mix, oklch, readable, text_on
from sigh_batch.render.page import Page
from sigh_batch.render.palette import Palette
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.locale import Locale

_RAIL = 58
_ROW = 29
_PLACES = ("home", "talk", "bell", "dots_h")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """How the columns look; widths in logical pixels."""

    width: float
    """Of both columns; 0 draws none."""
    rail: bool
    ground: Rgb
    picked: Rgb
    """Behind the open channel."""

    @property
    def kind(self) -> str:
        """Return the columns in a word, for a sample's record."""
        return "none" if not self.width else "rail" if self.rail else "plain"


def draw_workspace(draws: Draws, palette: Palette, shown: bool) -> Workspace:
    """Return the columns: deep and coloured in any theme, or near the ground."""
    rail = draws.chance(0.6)
    hue = palette.accent_hue
    if draws.chance(0.6):
        ground = oklch(draws.uniform(0.2, 0.34), draws.uniform(0.02, 0.09), hue)
        picked = oklch(draws.uniform(0.48, 0.54), draws.uniform(0.09, 0.14), hue)
        if draws.chance(0.4):
            picked = mix(ground, (255, 255, 255), 0.88)
    else:
        ground = mix(palette.ground, palette.text, draws.uniform(0.03, 0.06))
        picked = mix(ground, palette.text, 0.11)
    width = draws.choice((220, 236, 250)) + (_RAIL if rail else 0)
    return Workspace(width=width if shown else 0, rail=rail, ground=ground, picked=picked)


def paint_workspace(
    page: Page,
    style: Workspace,
    avatars: Avatars,
    conversation: Conversation,
    here: Locale,
    *,
    top: int,
    head: int,
) -> None:
    """Draw the columns from `top`; the first line of the second is `head` high."""
    px = page.px
    page.box(0, top, px(style.width), page.height - top, style.ground)
    left = _rail(page, style, avatars, conversation, top) if style.rail else 0
    column = _Column(page, style, left, px(style.width) - left)
    name = page.set(
        conversation.community,
        page.style(page.sizes.title, 700, 1.3),
        column.width - px(64),
        lines=1,
        direction="auto",
    )
    page.label("header", name, left + px(16), top + round((head - name.height) / 2), column.bright)
    page.icon(
        "down",
        left + px(20) + round(name.width),
        top + (head - px(15)) // 2 + px(1),
        px(15),
        column.bright,
        2.4,
    )
    page.box(left, top + head - page.hair, column.width, page.hair, mix(style.ground, column.bright, 0.12))
    column.y = top + head + px(10)
    column.row("talk", here.word("threads"))
    column.section(here.word("channels"))
    seed = conversation.people[0].avatar
    some = [name for place, name in enumerate(conversation.channels) if place < 4 + seed % 5]
    for place, channel in enumerate(dict.fromkeys((*some, conversation.channel))):
        column.row("hash", channel, unread=(seed >> place) % 5 == 0, picked=channel == conversation.channel)
    column.section(here.word("direct_messages"))
    for place, person in enumerate(conversation.people):
        if column.full():
            break
        avatars.draw(page, person, left + px(18), column.y + (px(_ROW) - px(18)) // 2, px(18))
        note = f" ({here.word('you')})" if place == conversation.owner else ""
        column.row("", person.name + note)


class _Column:
    """The second column while it is drawn downwards."""

    def __init__(self, page: Page, style: Workspace, left: int, width: int) -> None:
        self.width, self.y = width, 0
        self._page, self._style, self._left = page, style, left
        self.bright = readable(1.0, 0.0, 0.0, style.ground, 7.0)
        self._dim = mix(self.bright, style.ground, 0.24)

    def full(self) -> bool:
        """Tell whether no row fits any more."""
        return self.y + self._page.px(_ROW) > self._page.height

    def section(self, title: str) -> None:
        """Draw the title of a section."""
        page, px = self._page, self._page.px
        self.y += px(12)
        if self.full():
            return
        page.icon("down", self._left + px(18), self.y + (px(_ROW) - px(14)) // 2, px(14), self._dim, 2.6)
        self._text(title, 400, self._dim)
        self.y += px(_ROW)

    def row(self, icon: str, text: str, *, unread: bool = False, picked: bool = False) -> None:
        """Draw a row."""
        page, px = self._page, self._page.px
        if self.full():
            return
        ink = self.bright if unread else self._dim
        if picked:
            page.box(
                self._left + px(8),
                self.y,
                self.width - 2 * px(8),
                px(_ROW) - px(1),
                self._style.picked,
                px(6),
            )
            ink = text_on(self._style.picked, 4.0)
        if icon:
            page.icon(icon, self._left + px(18), self.y + (px(_ROW) - px(17)) // 2, px(17), ink, 2.0)
        self._text(text, 700 if unread else 400, ink)
        self.y += px(_ROW)

    def _text(self, text: str, weight: int, ink: Rgb) -> None:
        page, px = self._page, self._page.px
        style = page.style(page.sizes.body, weight, 1.3)
        words = page.set(text, style, self.width - px(60), lines=1, direction="auto")
        page.text(words, self._left + px(44), self.y + round((px(_ROW) - words.height) / 2), ink)


def _rail(page: Page, style: Workspace, avatars: Avatars, conversation: Conversation, top: int) -> int:
    """Draw the rail: the community's letter, places, and the owner; return where it ends."""
    px, width = page.px, page.px(_RAIL)
    ground = mix(style.ground, (0, 0, 0), 0.16)
    page.box(0, top, width, page.height - top, ground)
    bright = readable(1.0, 0.0, 0.0, ground, 7.0)
    size, x = px(36), (width - px(36)) // 2
    plate = mix(ground, bright, 0.85)
    page.box(x, top + px(12), size, size, plate, px(8))
    letter = page.set(conversation.community[:1], page.style(page.sizes.title, 700, 1.2))
    page.text(
        letter,
        x + (size - letter.width) / 2,
        top + px(12) + round((size - letter.height) / 2),
        text_on(plate),
    )
    for place, name in enumerate(_PLACES):
        y = top + px(64) + place * px(50)
        if place == 0:
            page.box(x, y, size, size, mix(ground, bright, 0.2), px(8))
        page.icon(
            name, x + px(8), y + px(8), size - 2 * px(8), bright if place == 0 else mix(bright, ground, 0.25)
        )
    me = conversation.people[conversation.owner]
    avatars.draw(page, me, x, page.height - size - px(12), size)
    return width

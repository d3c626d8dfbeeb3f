"""The frame above messages: the phone's status bar, headers, what is pinned; and the way back down."""

from __future__ import annotations

from dataclasses import dataclass

from sigh_batch.render.avatars import Avatars
from sigh_batch.render.colors import mix, readable, see_through
from sigh_batch.render.page import Page
from sigh_batch.render.painter import Color
from sigh_batch.render.palette import Palette
from sigh_batch.render.typeset import Paragraph
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.locale import Locale

_TOPS = {"round": 47.0, "flat": 26.0, "dots": 28.0, "grey_dots": 30.0, "buttons": 30.0, "": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """What a phone shows around every application, and a computer above it."""

    status: str
    """round (time in the middle of a wide margin) or flat (a narrow bar); on computers dots, grey_dots or
    buttons (the window's own), or nothing."""
    battery: int
    signal: int
    network: str
    indicator: bool
    """Whether a line at the bottom stands for the home button."""

    @property
    def top(self) -> float:
        """Height of the status bar in logical pixels."""
        return _TOPS[self.status]

    @property
    def bottom(self) -> float:
        """Height kept free at the bottom in logical pixels."""
        return 24.0 if self.indicator else 0.0


def draw_phone(draws: Draws, form: str) -> Phone:
    """Return the phone's own signs; on a computer those of the window, where the picture shows them."""
    kinds = ("round", "flat", "flat") if form == "phone" else ("", "", "", "dots", "grey_dots", "buttons")
    status = draws.choice(kinds)
    return Phone(
        status=status,
        battery=draws.integer(6, 100),
        signal=draws.integer(1, 4),
        network=draws.choice(("", "5G", "4G", "LTE", "")),
        indicator=status == "round" or (status == "flat" and draws.chance(0.4)),
    )


def paint_status(page: Page, phone: Phone, here: Locale, conversation: Conversation, ink: Color) -> None:
    """Draw a phone's status bar: the time, the network and the battery."""
    if phone.status not in ("round", "flat"):
        return
    height = page.px(phone.top)
    round_ends = phone.status == "round"
    clock = here.clock_text(conversation.now.hour, conversation.now.minute)
    for word in here.ampm:
        clock = clock.replace(word, "").strip() if word else clock
    time = page.set(
        clock, page.style(page.sizes.body if round_ends else page.sizes.label, 600 if round_ends else 400)
    )
    middle = height - page.px(18) if round_ends else height / 2
    left = page.px(34) if round_ends else page.px(16)
    page.label(
        "time",
        time,
        left,
        round(middle - time.height / 2),
        ink,
        value=conversation.now.isoformat(timespec="seconds"),
    )
    _battery_and_network(page, phone, middle, page.width - (page.px(26) if round_ends else page.px(14)), ink)


def _battery_and_network(page: Page, phone: Phone, middle: float, right: int, ink: Color) -> None:
    px, faint = page.px, see_through(ink, 0.35)
    width, tall = px(24), px(12)
    x, y = right - width - px(2), round(middle - tall / 2)
    page.edge(x, y, width, tall, faint, max(1.0, page.scale), px(3.6))
    page.box(x + width + page.px(1), y + px(4), px(1.6), tall - px(8), faint, px(0.8))
    inner = max(px(2), round((width - px(4)) * phone.battery / 100))
    low = phone.battery <= 20
    page.box(x + px(2), y + px(2), inner, tall - px(4), (235, 77, 61) if low else ink, px(2))
    x -= px(6)
    if phone.network:
        name = page.set(phone.network, page.style(page.sizes.label, 600), direction="ltr")
        x -= int(name.width)
        page.text(name, x, round(middle - name.height / 2), ink)
    else:
        x -= px(17)
        page.icon("wifi", x, round(middle - px(8.5)), px(17), ink, 2.8)
    x -= px(6)
    for step in range(4):
        tall_bar = px(4 + 2.6 * step)
        bar_x = x - px(4.6) * (4 - step)
        color = ink if step < phone.signal else faint
        page.box(bar_x, y + tall - tall_bar, px(3), tall_bar, color, px(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """How a client's header is laid out; sizes in logical pixels."""

    height: float
    back: str
    """Icon that leads back, or empty."""
    avatar: float
    """Size of the avatar, 0 for none."""
    sign: str
    """Icon before the title, such as the channel's sign, or empty."""
    centered: bool
    icons: tuple[str, ...]
    weight: int
    subtitle: bool
    line: bool
    """Whether a hairline stands below."""
    bright: bool = False
    """Whether the icons have the accent's colour."""


def paint_header(
    page: Page,
    palette: Palette,
    header: Header,
    avatars: Avatars,
    conversation: Conversation,
    *,
    top: int,
    title: str,
    subtitle: str,
) -> int:
    """Draw the header from `top` and note it; return where it ends."""
    px = page.px
    height = px(header.height)
    page.box(0, 0, page.width, top + height, palette.bar)
    if header.line:
        page.box(0, top + height - page.hair, page.width, page.hair, palette.line)
    bar = page.note("header", 0, top, page.width, height, text=title)
    ink = palette.accent if header.bright else palette.bar_soft
    left, right = px(8), page.width - px(10)
    if header.back:
        page.icon(header.back, left, top + (height - px(24)) // 2, px(24), palette.bar_text, 2.1)
        left += px(28)
    else:
        left += px(8)
    for name in reversed(header.icons):
        right -= px(22)
        page.icon(name, right, top + (height - px(22)) // 2, px(22), ink, 1.9)
        right -= px(16)
    if header.centered:
        _centered_title(page, palette, header, avatars, conversation, top, height, title, subtitle, bar)
        return top + height
    if header.avatar:
        size = px(header.avatar)
        _title_avatar(page, avatars, conversation, left, top + (height - size) // 2, size, bar)
        left += size + px(11)
    if header.sign:
        page.icon(header.sign, left, top + (height - px(22)) // 2, px(22), palette.bar_soft, 2.0)
        left += px(28)
    _title(page, palette, header, conversation, left, right - px(6), top, height, title, subtitle, bar)
    return top + height


def _title(
    page: Page,
    palette: Palette,
    header: Header,
    conversation: Conversation,
    left: int,
    right: int,
    top: int,
    height: int,
    title: str,
    subtitle: str,
    bar: int | None,
) -> None:
    name = page.set(title, page.style(page.sizes.title, header.weight, 1.3), right - left, lines=1)
    under = None
    if header.subtitle and subtitle:
        under = page.set(subtitle, page.style(page.sizes.label, 400, 1.3), right - left, lines=1)
    y = top + round((height - name.height - (under.height if under else 0)) / 2)
    _note_title(page, conversation, name, left, y, palette.bar_text, bar)
    if under:
        page.text(under, left, y + round(name.height), palette.bar_soft)


def _centered_title(
    page: Page,
    palette: Palette,
    header: Header,
    avatars: Avatars,
    conversation: Conversation,
    top: int,
    height: int,
    title: str,
    subtitle: str,
    bar: int | None,
) -> None:
    width = page.width - page.px(150)
    name = page.set(title, page.style(page.sizes.small, header.weight, 1.3), width, lines=1)
    under = None
    if header.subtitle and subtitle:
        under = page.set(subtitle, page.style(page.sizes.small, 400, 1.3), width, lines=1)
    size = page.px(header.avatar)
    gap = page.px(3) if size else 0
    total = size + gap + round(name.height) + (round(under.height) if under else 0)
    y = top + (height - total) // 2
    if size:
        _title_avatar(page, avatars, conversation, (page.width - size) // 2, y, size, bar)
        y += size + gap
    _note_title(page, conversation, name, round((page.width - name.width) / 2), y, palette.bar_text, bar)
    if under:
        y += round(name.height)
        page.text(under, round((page.width - under.width) / 2), y, palette.bar_soft)


def _note_title(
    page: Page, conversation: Conversation, name: Paragraph, x: int, y: int, ink: Color, bar: int | None
) -> None:
    """Draw the title; of a direct conversation it is the other person's name, and noted as such."""
    if conversation.group:
        page.label("header", name, x, y, ink, parent=bar)
    else:
        other = conversation.people[1 - conversation.owner]
        page.label("author", name, x, y, ink, value=other.id, parent=bar)


def _title_avatar(
    page: Page, avatars: Avatars, conversation: Conversation, x: int, y: int, size: int, bar: int | None
) -> None:
    if conversation.group:
        avatars.draw_group(page, conversation, x, y, size, bar)
    else:
        avatars.draw(page, conversation.people[1 - conversation.owner], x, y, size, parent=bar)


def presence(conversation: Conversation, here: Locale) -> str:
    """Return what a messenger says below the title: who types, is in a group, or when the other was seen."""
    if conversation.typing is not None:
        typist = conversation.people[conversation.typing].short
        return here.word("typing", a=typist) if conversation.group else here.word("typing_now")
    if conversation.group:
        names = [
            person.short
            for person in conversation.people
            if person is not conversation.people[conversation.owner]
        ]
        return here.word("members", n=conversation.members) if conversation.members > 12 else ", ".join(names)
    other = [said for said in conversation.messages if said.author != conversation.owner]
    last = other[-1].time if other else conversation.now
    if (conversation.now - last).total_seconds() < 240:
        return here.word("online")
    day = here.day(last.date(), conversation.now.date(), here.date_short)
    return here.word("last_seen", day=day.lower(), time=here.time(last))


def paint_pinned(page: Page, palette: Palette, conversation: Conversation, here: Locale, top: int) -> int:
    """Draw the strip below the header that repeats the longest message; return where it ends."""
    told = [said for said in conversation.messages if said.kind == "text" and said.text]
    if not told:
        return top
    said = max(told, key=lambda one: len(one.text))
    px, height = page.px, page.px(50)
    page.box(0, top, page.width, height, palette.bar)
    page.box(0, top + height - page.hair, page.width, page.hair, palette.line)
    page.box(px(10), top + px(8), px(2), height - 2 * px(8), palette.accent, px(1))
    room = page.width - px(64)
    ink = readable(0.7 if palette.dark else 0.55, 0.14, palette.accent_hue, palette.bar, palette.floor)
    head = page.set(here.word("pinned_message"), page.style(page.sizes.label, 600, 1.3), room, lines=1)
    text = page.set(said.text, page.style(page.sizes.label, 400, 1.3), room, lines=1, direction="auto")
    y = top + round((height - head.height - text.height) / 2)
    root = page.note("pinned", 0, top, page.width, height, text=said.text)
    page.text(head, px(20), y, ink)
    page.label("pinned", text, px(20), y + round(head.height), palette.bar_text, parent=root)
    page.icon("pin", page.width - px(34), top + (height - px(20)) // 2, px(20), palette.bar_soft, 1.9)
    return top + height


def paint_jump(page: Page, palette: Palette, bottom: int) -> None:
    """Draw the round button that leads back to the newest message."""
    size = page.px(38)
    x, y = page.width - size - page.px(14), bottom - size - page.px(14)
    ground = mix(palette.ground, (255, 255, 255), 0.12 if palette.dark else 0.95)
    page.soft(x, y + page.px(1), size, size, (0, 0, 0, 60), page.px(2.5), size / 2)
    page.disc(x, y, size, ground)
    page.icon(
        "down",
        x + (size - page.px(22)) / 2,
        y + (size - page.px(22)) / 2,
        page.px(22),
        palette.secondary(ground),
        2.2,
    )

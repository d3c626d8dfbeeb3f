"""A community chat: channels, avatars at the left, coloured names, times beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sigh_batch.render.avatars import Avatars, draw_avatar_style
from sigh_batch.render.bars import (
    Header,
    InputBar,
    draw_phone,
    input_height,
    paint_header,
    paint_input,
    paint_status,
)
from sigh_batch.render.colors import Rgb, mix, readable
from sigh_batch.render.layout import Block, Row, day_text, rows_of, stack
from sigh_batch.render.page import Page
from sigh_batch.render.palette import draw_palette
from sigh_batch.render.sidebar import paint_sidebar
from sigh_batch.render.skins import skins
from sigh_batch.render.skins.base import Look
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation, Message, Person
from sigh_batch.scene.locale import Locale

_SIDE = 224
_WIDE = 780


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLook(Look):
    """A look of the server skin; sizes in logical pixels."""

    padding: float
    avatar: float
    spacing: float
    """Above a group."""
    tight: float
    """Between the messages of a group."""
    name_weight: int
    names: str
    """all (everybody's name is coloured), some, or none."""
    times: str
    """day (with the day), clock (time of day alone) or short (date and time in figures)."""
    window: float
    """Longest silence within a group, in seconds."""
    side: bool
    """Whether the list of channels stands at the side, where the window is wide enough."""
    unread: int
    """How many messages stand below the unread line; 0 draws none."""
    scrolled: float
    """How far the reader has scrolled up, in logical pixels."""


class ServerSkin:
    """Messages in a list, one column."""

    forms = ("phone", "desktop")
    groups = (True,)
    row = 46.0

    def design(self, draws: Draws, dark: bool, form: str, pictures: bool) -> ServerLook:
        """Return a look."""
        phone = form == "phone"
        header = Header(
            height=draws.choice((48, 50, 52)) if not phone else draws.choice((50, 54)),
            back=draws.choice(("back", "arrow_back", "menu")) if phone else "",
            avatar=0,
            sign=draws.choice(("hash", "hash", "speaker")),
            centered=False,
            icons=("search",)
            if phone
            else draws.choice((("bell", "pin", "people", "search"), ("search", "dots_h"))),
            weight=draws.choice((600, 700)),
            subtitle=draws.chance(0.5),
            line=draws.chance(0.85),
        )
        bar = InputBar(
            height=draws.choice((40, 44, 46)),
            margin=draws.choice((8, 12, 16)) if not phone else 8,
            left=("plus_disc",) if phone else (),
            inside=draws.choice(
                (("plus_disc", "image", "smile"), ("plus", "smile"), ("clip", "smile", "mic"))
            )
            if not phone
            else ("smile",),
            right=(),
            disc=False,
            round=draws.choice((8, 8, 12, 22)),
            outlined=draws.chance(0.25),
        )
        return ServerLook(
            palette=draw_palette(draws, dark),
            phone=draw_phone(draws, form),
            header=header,
            bar=bar,
            avatars=draw_avatar_style(draws, pictures),
            leading=draws.choice((1.32, 1.375, 1.42, 1.47)),
            padding=draws.choice((14, 16, 16, 20)),
            avatar=draws.choice((34, 40, 40)),
            spacing=draws.choice((12, 14, 16, 17, 18)),
            tight=draws.choice((2, 2, 3, 4)),
            name_weight=draws.choice((500, 600, 700)),
            names=draws.choice(("all", "some", "some", "none")),
            times=draws.choice(("day", "day", "clock", "short")),
            window=draws.choice((300.0, 420.0, 600.0)),
            side=not phone and draws.chance(0.35),
            unread=draws.integer(1, 5) if draws.chance(0.15) else 0,
            scrolled=draws.uniform(20, 260) if draws.chance(0.1) else 0.0,
        )

    def paint(
        self, page: Page, conversation: Conversation, here: Locale, look: ServerLook, avatars: Avatars
    ) -> None:
        """Draw the whole page and note every element."""
        wide = look.side and page.width >= page.px(_WIDE)
        column = page.px(_SIDE) if wide else 0
        if wide:
            head = page.px(look.header.height)
            paint_sidebar(page, look.palette, avatars, conversation, here, width=column, head=head)
        with page.beside(column):
            self._paint_channel(page, conversation, here, look, avatars)

    def _paint_channel(
        self, page: Page, conversation: Conversation, here: Locale, look: ServerLook, avatars: Avatars
    ) -> None:
        palette = look.palette
        top = paint_header(
            page,
            palette,
            look.header,
            avatars,
            conversation,
            top=page.px(look.phone.top),
            title=conversation.channel,
            subtitle=here.word("members", n=conversation.members),
        )
        paint_status(page, look.phone, here, conversation, palette.bar_text)
        bottom = page.height - input_height(page, look.bar, look.phone)
        painting = _Painting(page, conversation, here, look, avatars)
        stack(page, painting.blocks(), top, bottom, from_top=False, shift=page.px(look.scrolled))
        hint = here.word("message_to", title=f"#{conversation.channel}")
        paint_input(page, palette, look.bar, look.phone, hint, palette.ground)


class _Painting:
    """One page while it is painted."""

    def __init__(
        self, page: Page, conversation: Conversation, here: Locale, look: ServerLook, avatars: Avatars
    ) -> None:
        self._page, self._conversation, self._here, self._look = page, conversation, here, look
        self._avatars = avatars
        self._left = page.px(look.padding)
        self._text_left = self._left + page.px(look.avatar) + page.px(max(10.0, look.avatar * 0.38))
        self._width = page.width - self._text_left - page.px(look.padding + 18)
        self._body = page.style(page.sizes.body, 400, look.leading)
        self._name = page.style(page.sizes.body, look.name_weight, 1.35)
        self._small = page.style(page.sizes.small, 400, 1.35)

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks, newest first."""
        page, look, messages = self._page, self._look, self._conversation.messages
        yield Block(page.px(14), lambda _y: None)
        unread = len(messages) - look.unread if look.unread else -1
        for row in reversed(rows_of(self._conversation, days=True, window=look.window)):
            said = messages[row.place]
            if row.kind == "day":
                yield self._day(said)
            elif row.kind == "system":
                yield self._system(row.place, said)
            else:
                yield self._message(row, said)
                if row.place == unread:
                    yield self._unread()
        yield self._beginning()

    def _message(self, row: Row, said: Message) -> Block:
        page, look, px = self._page, self._look, self._page.px
        text = page.set(said.text, self._body, self._width, direction="auto")
        person = self._conversation.people[said.author]
        above = px(look.spacing) if row.first else px(look.tight)
        name = (
            page.set(person.name, self._name, self._width * 0.7, lines=1, direction="auto")
            if row.first
            else None
        )
        head = round(name.height) + px(1) if name else 0
        height = above + head + round(text.height)
        tall = max(height, above + px(look.avatar)) if row.first and row.last else height

        def draw(y: int) -> None:
            at = y + above
            root = page.note(
                "message",
                self._left,
                at,
                page.width - 2 * self._left,
                tall - above,
                text=said.text,
                value=person.id,
                message=row.place,
            )
            if name:
                size = px(look.avatar)
                self._avatars.draw(page, person, self._left, at + px(2), size, message=row.place, parent=root)
                page.label(
                    "author",
                    name,
                    self._text_left,
                    at,
                    self._name_color(person),
                    value=person.id,
                    message=row.place,
                    parent=root,
                )
                self._time(
                    said, row.place, at, self._text_left + round(name.width), name.lines[0].baseline, root
                )
            page.body(
                text,
                self._text_left,
                at + head,
                look.palette.text,
                link=look.palette.accent,
                message=row.place,
                parent=root,
            )

        return Block(tall, draw)

    def _time(self, said: Message, place: int, y: int, x: int, baseline: float, root: int | None) -> None:
        page = self._page
        time = page.set(self._when(said.time), self._small)
        page.label(
            "time",
            time,
            x + page.px(8),
            y + round(baseline - time.lines[0].baseline),
            self._look.palette.soft,
            value=said.time.isoformat(timespec="seconds"),
            message=place,
            parent=root,
        )

    def _when(self, moment: dt.datetime) -> str:
        here, now = self._here, self._conversation.now
        clock = here.time(moment)
        if self._look.times == "clock":
            return clock
        short = here.date(moment, here.date_short)
        if self._look.times == "short":
            return f"{short} {clock}"
        if (now.date() - moment.date()).days < 2:
            return here.word("at", day=here.day(moment.date(), now.date(), here.date_short), time=clock)
        return f"{short} {clock}"

    def _name_color(self, person: Person) -> Rgb:
        palette = self._look.palette
        plain = self._look.names == "none" or (self._look.names == "some" and person.avatar % 5 < 2)
        return palette.text if plain else palette.name(person.hue, palette.ground)

    def _day(self, said: Message) -> Block:
        page, palette, px = self._page, self._look.palette, self._page.px
        day = day_text(self._here, said.time.date(), self._conversation.now.date(), "full")
        text = page.set(day, page.style(page.sizes.small, 600, 1.35))
        height = px(20) + round(text.height)

        def draw(y: int) -> None:
            middle = y + height // 2 + px(4)
            page.box(self._left, middle, page.width - 2 * self._left, page.hair, palette.line)
            x = round((page.width - text.width) / 2)
            page.box(x - px(8), middle - px(4), round(text.width) + px(16), px(8), palette.ground)
            top = middle - round(text.height / 2)
            page.label("separator", text, x, top, palette.soft, value=said.time.date().isoformat())

        return Block(height, draw)

    def _unread(self) -> Block:
        page, palette, px = self._page, self._look.palette, self._page.px
        text = page.set(self._here.word("new"), page.style(page.sizes.small, 700, 1.3))
        ink = readable(0.6, 0.2, 0.07, palette.ground, 4.5)

        def draw(y: int) -> None:
            middle = y + px(6)
            right = page.width - self._left
            page.box(self._left, middle, right - self._left, page.hair, ink)
            x = right - round(text.width) - px(6)
            page.box(x - px(6), middle - px(8), round(text.width) + px(12), px(17), palette.ground)
            page.label("separator", text, x, middle - round(text.height / 2), ink)

        return Block(px(12), draw)

    def _system(self, place: int, said: Message) -> Block:
        page, palette, px = self._page, self._look.palette, self._page.px
        text = page.set(said.text, page.style(page.sizes.body, 400, 1.35), self._width, direction="auto")
        above = px(self._look.spacing)
        size = px(18)

        def draw(y: int) -> None:
            at = y + above
            x = self._text_left - size - px(16)
            ink = readable(0.65, 0.14, 0.4, palette.ground, 3.0)
            page.icon("arrow_in", x, at + round((text.height - size) / 2), size, ink, 2.2)
            root = page.label("system", text, self._text_left, at, palette.soft, message=place)
            time = page.set(self._when(said.time), self._small)
            if text.width + px(8) + time.width <= self._width:
                baseline = text.lines[-1].baseline
                self._time(said, place, at, self._text_left + round(text.width), baseline, root)

        return Block(above + round(text.height), draw)

    def _beginning(self) -> Block:
        page, palette, px = self._page, self._look.palette, self._page.px
        title = f"#{self._conversation.channel}"
        head = page.set(title, page.style(page.sizes.body * 1.6, 700, 1.3), self._width, lines=1)
        words = self._here.word("beginning", title=title)
        under = page.set(words, page.style(page.sizes.body, 400, 1.4), page.width - 2 * self._left)
        size = px(60)
        height = px(24) + size + px(12) + round(head.height) + px(6) + round(under.height) + px(10)

        def draw(y: int) -> None:
            at = y + px(24)
            disc = mix(palette.ground, palette.text, 0.16)
            page.disc(self._left, at, size, disc)
            page.icon("hash", self._left + px(14), at + px(14), px(32), palette.text, 2.0)
            at += size + px(12)
            page.text(head, self._left, at, palette.text)
            at += round(head.height) + px(6)
            page.label("system", under, self._left, at, palette.soft)

        return Block(height, draw)


skins.register("server")(ServerSkin())

"""A room's log: a line a message, with the time, the name and the words in columns, and no faces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sigh_batch.render.avatars import Avatars, draw_avatar_style
from sigh_batch.render.bars import Header, draw_phone
from sigh_batch.render.colors import mix, readable
from sigh_batch.render.inputs import InputBar, paint_input
from sigh_batch.render.layout import Block, Row, day_text, rows_of, stack
from sigh_batch.render.page import Page
from sigh_batch.render.palette import draw_palette
from sigh_batch.render.parts.part import Part, column, narrow
from sigh_batch.render.parts.style import draw_part_style
from sigh_batch.render.parts.text import with_edited
from sigh_batch.render.skins import skins
from sigh_batch.render.skins.base import Look, paint_frame
from sigh_batch.render.skins.painting import Painting
from sigh_batch.render.window import paint_window
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation, Message
from sigh_batch.scene.locale import Locale

_WIDE = 700


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLook(Look):
    """A look of the stream skin; sizes in logical pixels."""

    padding: float
    down: float
    """Above and below every line."""
    names: float
    """Width of the names' column as a part of the window."""
    most: float
    """Widest that it gets."""
    ended: bool
    """Whether names stand at the end of their column."""
    signs: tuple[str, str]
    """What stands before and after a name."""
    rule: bool
    """Whether a line stands between names and words."""
    striped: bool
    """Whether every other line has a ground of its own."""
    side: float
    """Width of the list of rooms where the window is wide enough; 0 for none."""
    bold: int


class StreamPainting(Painting[StreamLook]):
    """One page while it is painted."""

    foot = 6.0

    def __init__(
        self, page: Page, conversation: Conversation, here: Locale, look: StreamLook, avatars: Avatars
    ) -> None:
        super().__init__(page, conversation, here, look, avatars)
        px = page.px
        self._name = page.style(page.sizes.body, look.bold, look.leading)
        times = [page.set(here.time(said.time), self._small).width for said in conversation.messages]
        self._left = px(look.padding)
        self._names = self._left + round(max(times)) + px(10)
        names = [page.set(person.name, self._name).width for person in conversation.people]
        self._room = min(round(max(names) + 0.5), round(page.width * look.names), px(look.most))
        self._words = self._names + self._room + px(18 if look.rule else 10)
        self._width = page.width - self._words - px(look.padding)

    def rows(self) -> list[Row]:
        """Return the rows; every message names its author."""
        return rows_of(self._conversation, days=True, window=0.0)

    def message(self, row: Row, said: Message) -> Block:
        """Return a message's line, and what hangs below its words."""
        page, look, px, place = self._page, self._look, self._page.px, row.place
        person = self._person(place)
        before, after = look.signs
        name = page.set(person.name, self._name, self._room, lines=1, direction="auto")
        ink = look.palette.name(person.hue, look.palette.ground)
        content = self._content(row, said)
        time = page.set(self._here.time(said.time), self._small)
        tall = max(content.height, round(name.height)) + 2 * px(look.down)
        striped = look.striped and place % 2 == 0
        wide = round(min(name.width, self._room))
        marks = [page.set(sign, self._name) for sign in (before, after)] if before else []

        def draw(y: int) -> None:
            if striped:
                fill = mix(look.palette.ground, look.palette.text, 0.025)
                page.box(0, y, page.width, tall, fill)
            root = self.begin(place, self._left, y, page.width - 2 * self._left, tall)
            at = y + px(look.down)
            x = self._names + (self._room - wide if look.ended else 0)
            base = name.lines[0].baseline
            self.time(
                time, self._left, at + round(base - time.lines[0].baseline), look.palette.soft, place, root
            )
            self.author(name, x, at, ink, place, root)
            if marks:
                page.text(marks[0], x - marks[0].width, at, look.palette.soft)
                page.text(marks[1], x + wide, at, look.palette.soft)
            self.rule(y, tall)
            content.draw(self._words, at, self._width, root)

        return Block(tall, draw)

    def rule(self, y: int, tall: int) -> None:
        """Draw the line between names and words, where there is one."""
        if self._look.rule:
            page = self._page
            x = self._names + self._room + page.px(9)
            page.box(x, y, page.hair, tall, self._look.palette.line)

    def _content(self, row: Row, said: Message) -> Part:
        """Return the words of a message and everything that belongs to them."""
        place, px, tint = row.place, self._page.px, self.tint(row.own)
        parts: list[tuple[Part, int]] = []
        quote = self.quote(place, self._width, tint)
        if quote:
            parts.append((narrow(quote), px(2)))
        if said.text:
            text = self._page.set(said.text, self._body, self._width, direction="auto")
            words = self.words(text, tint.text, tint.accent, place)
            edited = self.edited(said)
            parts.append((with_edited(self._page, words, text, edited, tint, self._width, place), 0))
        for part in (self.attachment(place, self._width, tint), self.reactions(place, self._width, tint)):
            if part:
                parts.append((narrow(part), px(4)))
        return column(parts)

    def system(self, place: int, said: Message) -> Block:
        """Return a line of the application, led by an arrow."""
        page, px, look = self._page, self._page.px, self._look
        text = page.set(said.text, self._body, self._width, direction="auto")
        time = page.set(self._here.time(said.time), self._small)
        tall, size = round(text.height) + 2 * px(look.down), px(15)
        ink = readable(0.65, 0.13, 0.4, look.palette.ground, 3.0)

        def draw(y: int) -> None:
            at = y + px(look.down)
            base = text.lines[0].baseline
            self.time(
                time, self._left, at + round(base - time.lines[0].baseline), look.palette.soft, place, None
            )
            line = round(text.lines[0].height)
            page.icon("arrow_in", self._names + self._room - size, at + (line - size) // 2, size, ink, 2.2)
            self.rule(y, tall)
            page.label("system", text, self._words, at, look.palette.soft, message=place)

        return Block(tall, draw)

    def pause(self, said: Message) -> Block:
        """Return the date, where the words stand."""
        page, px, look = self._page, self._page.px, self._look
        day = said.time.date()
        shown = day_text(self._here, day, self._conversation.now.date(), "full")
        text = page.set(f"\u2014 {shown} \u2014", page.style(page.sizes.label, 600, 1.35))
        tall = round(text.height) + 2 * px(look.down + 3)

        def draw(y: int) -> None:
            self.rule(y, tall)
            at = y + px(look.down + 3)
            page.label("separator", text, self._words, at, look.palette.soft, value=day.isoformat())

        return Block(tall, draw)

    def below(self) -> Iterator[Block]:
        """Yield the line that tells who is typing."""
        part = self.typing(self._width, self.tint(False))
        if part:
            px = self._page.px

            def draw(y: int) -> None:
                part.draw(self._words, y + px(3), part.width, None)

            yield Block(part.height + px(6), draw)


class StreamSkin:
    """A log of a room."""

    forms = ("desktop", "phone")
    groups = (True,)
    service = False
    row = 27.0

    def design(self, draws: Draws, dark: bool, form: str, pictures: bool) -> StreamLook:
        """Return a look."""
        phone = form == "phone"
        rule = draws.chance(0.4)
        return StreamLook(
            palette=draw_palette(draws, dark),
            phone=draw_phone(draws, form),
            header=Header(
                height=draws.choice((40, 44, 48)) if not phone else draws.choice((48, 52)),
                back=draws.choice(("menu", "arrow_back")) if phone else "",
                avatar=0,
                sign="hash",
                centered=False,
                icons=("people",) if phone else draws.choice((("search", "people"), ("search",), ())),
                weight=600,
                subtitle=draws.chance(0.5),
                line=True,
            ),
            bar=InputBar(
                height=draws.choice((36, 40, 44)),
                margin=draws.choice((0, 2, 4)),
                left=(),
                inside=(),
                right=draws.choice((("send",), ("smile",), ())),
                disc=False,
                round=0,
                outlined=False,
                bare=True,
            ),
            avatars=draw_avatar_style(draws, pictures),
            parts=replace(
                draw_part_style(
                    draws.fork("parts"),
                    quotes=("bar",),
                    reactions=("pills",),
                    cards=("plain", "beside"),
                    typing=("line",),
                    unread=("middle", "line"),
                    edited=("brackets",),
                    photos=(180.0, 220.0, 260.0),
                ),
                quote_lines=1,
            ),
            leading=draws.choice((1.3, 1.38, 1.45)),
            padding=draws.choice((8, 10)) if phone else draws.choice((10, 14, 18)),
            down=draws.choice((2, 3, 3, 4)),
            names=0.27 if phone else draws.uniform(0.16, 0.22),
            most=draws.choice((130.0, 150.0, 170.0)),
            ended=rule or draws.chance(0.4),
            signs=("", "") if phone or rule else draws.choice((("<", ">"), ("", ""), ("[", "]"))),
            rule=rule,
            striped=draws.chance(0.25),
            side=0.0 if phone or draws.chance(0.4) else draws.choice((150.0, 170.0, 190.0)),
            bold=draws.choice((400, 600, 700)),
        )

    def paint(
        self, page: Page, conversation: Conversation, here: Locale, look: StreamLook, avatars: Avatars
    ) -> None:
        """Draw the whole page and note every element."""
        wide = look.side > 0 and page.width >= page.px(_WIDE)
        beside = page.px(look.side) if wide else 0
        if wide:
            _paint_rooms(page, conversation, look, beside)
        with page.beside(beside):
            self._paint_room(page, conversation, here, look, avatars)
        paint_window(page, look.phone, look.palette, conversation)

    def _paint_room(
        self, page: Page, conversation: Conversation, here: Locale, look: StreamLook, avatars: Avatars
    ) -> None:
        palette = look.palette
        title, subtitle = conversation.channel, here.word("members", n=conversation.members)
        top, bottom = paint_frame(page, conversation, here, look, avatars, title, subtitle)
        painting = StreamPainting(page, conversation, here, look, avatars)
        painting.rule(top, bottom - top)
        stack(page, painting.blocks(), top, bottom, from_top=False)
        paint_input(page, palette, look.bar, look.phone, here.word("message"), palette.ground)


def _paint_rooms(page: Page, conversation: Conversation, look: StreamLook, width: int) -> None:
    """Draw the list of rooms: the community's name, and its channels as bare lines."""
    px, palette = page.px, look.palette
    top = px(look.phone.top)
    ground = mix(palette.ground, palette.text, 0.035)
    page.box(0, top, width, page.height - top, ground)
    page.box(width - page.hair, top, page.hair, page.height - top, palette.line)
    row, y = px(26), top + px(10)
    soft = palette.secondary(ground)
    for place, name in enumerate((conversation.community, *conversation.channels)):
        if y + row > page.height:
            return
        head, here = place == 0, name == conversation.channel
        style = page.style(page.sizes.label, 600 if head or here else 400, 1.3)
        text = page.set(name if head else f"#{name}", style, width - px(40), lines=1, direction="auto")
        if here and not head:
            page.box(0, y, width, row, mix(ground, palette.text, 0.1))
        ink = palette.text if head or here else soft
        page.text(text, px(12 if head else 24), y + round((row - text.height) / 2), ink)
        y += row


skins.register("stream")(StreamSkin())

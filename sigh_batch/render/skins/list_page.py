"""How a list of messages is painted: one column, avatars at the start, names and times above the words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sigh_batch.render.avatars import Avatars
from sigh_batch.render.colors import Rgb, mix, readable
from sigh_batch.render.layout import Block, Row, day_text, rows_of
from sigh_batch.render.page import Page
from sigh_batch.render.parts.part import Part, Tint, column, narrow
from sigh_batch.render.parts.text import with_edited
from sigh_batch.render.skins.base import Look
from sigh_batch.render.skins.painting import Painting
from sigh_batch.scene.conversation import Conversation, Message, Person
from sigh_batch.scene.locale import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLook(Look):
    """A look of a skin whose messages stand in a list; sizes in logical pixels."""

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
    scrolled: float
    """How far the reader has scrolled up, in logical pixels."""


class ListPainting(Painting[ListLook]):
    """One page while it is painted."""

    foot = 14.0
    quotes_above = True
    """Whether what a message answers stands above its author's name, or else above its words."""

    def __init__(
        self, page: Page, conversation: Conversation, here: Locale, look: ListLook, avatars: Avatars
    ) -> None:
        super().__init__(page, conversation, here, look, avatars)
        self._left = page.px(look.padding)
        self._text_left = self._left + page.px(look.avatar) + page.px(max(10.0, look.avatar * 0.38))
        self._width = page.width - self._text_left - page.px(look.padding + 18)
        self._name = page.style(page.sizes.body, look.name_weight, 1.35)

    def rows(self) -> list[Row]:
        """Return the rows; an answer begins a group, because it shows what it answers above the name."""
        return rows_of(self._conversation, days=True, window=self._look.window, replies=True)

    def message(self, row: Row, said: Message) -> Block:
        """Return a message: its quote, the name and time of a group's first, words, and what follows them."""
        page, look, px, place = self._page, self._look, self._page.px, row.place
        tint = self.tint(row.own)
        above = px(look.spacing) if row.first else px(look.tight)
        quote = self.quote(place, self._width, tint) if self.quotes_above else None
        lead = quote.height + px(2) if quote else 0
        name = None
        if row.first:
            person = self._conversation.people[said.author]
            name = page.set(person.name, self._name, self._width * 0.7, lines=1, direction="auto")
        head = round(name.height) + px(1) if name else 0
        content = self._content(place, said, tint)
        height = above + lead + head + content.height
        tall = max(height, above + lead + px(look.avatar)) if row.first and row.last else height

        def draw(y: int) -> None:
            at = y + above
            root = self.begin(place, self._left, at, page.width - 2 * self._left, tall - above)
            if quote:
                quote.draw(self._text_left, at, self._width, root)
                if look.parts.quote == "line":
                    self._hook(at + round(quote.height / 2), at + lead + px(1))
            at += lead
            if name:
                self.face(self._left, at + px(2), px(look.avatar), place, root)
                color = self._name_color(self._conversation.people[said.author])
                self.author(name, self._text_left, at, color, place, root)
                baseline = name.lines[0].baseline
                end = self.beside_name(place, self._text_left + round(name.width), at, baseline)
                self._time(said, place, at, end, baseline, root)
            content.draw(self._text_left, at + head, self._width, root)

        return Block(tall, draw)

    def beside_name(self, place: int, x: int, y: int, baseline: float) -> int:
        """Draw what stands between a name and the time, such as a tag; return where it ends."""
        return x

    def _content(self, place: int, said: Message, tint: Tint) -> Part:
        """Return the words of a message and everything below them."""
        px, parts = self._page.px, list[tuple[Part, int]]()
        quote = None if self.quotes_above else self.quote(place, self._width, tint)
        if quote:
            parts.append((narrow(quote), px(2)))
        if said.text:
            text = self._page.set(said.text, self._body, self._width, direction="auto")
            words = self.words(text, tint.text, tint.accent, place)
            parts.append(
                (
                    with_edited(self._page, words, text, self.edited(said), tint, self._width, place),
                    px(4) if quote else 0,
                )
            )
        for part, gap in (
            (self.attachment(place, self._width, tint), px(5)),
            (self.reactions(place, self._width, tint), px(5)),
            (self.thread(place, self._width, tint), px(3)),
        ):
            if part:
                parts.append((narrow(part), gap))
        return column(parts)

    def _hook(self, middle: int, bottom: int) -> None:
        """Draw the line that leads from the avatar up to what is answered."""
        page, px = self._page, self._page.px
        x = self._left + px(self._look.avatar) // 2
        ink, thick = mix(self._look.palette.ground, self._look.palette.text, 0.25), max(1, px(1.6))
        page.box(x, middle, thick, bottom - middle, ink, (thick * 2.0, 0.0, 0.0, 0.0))
        page.box(x, middle, self._text_left - x + px(3), thick, ink, (thick * 2.0, 0.0, 0.0, 0.0))

    def below(self) -> Iterator[Block]:
        """Yield the line that tells who is typing."""
        part = self.typing(self._width, self.tint(False))
        if part:
            yield Block(part.height, lambda y: part.draw(self._left, y + self._page.px(6), part.width, None))

    def above(self) -> Iterator[Block]:
        """Yield the beginning of the channel."""
        yield self._beginning()

    def _time(self, said: Message, place: int, y: int, x: int, baseline: float, root: int | None) -> None:
        time = self._page.set(self._when(said.time), self._small)
        top = y + round(baseline - time.lines[0].baseline)
        self.time(time, x + self._page.px(8), top, self._look.palette.soft, place, root)

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

    def pause(self, said: Message) -> Block:
        """Return the date in a line."""
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

    def system(self, place: int, said: Message) -> Block:
        """Return a line of the application, led by an arrow."""
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

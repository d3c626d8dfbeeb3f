"""How a messenger's page is painted: bubbles left and right with times and ticks inside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sigh_batch.render.avatars import Avatars
from sigh_batch.render.colors import WHITE, Rgb, see_through
from sigh_batch.render.layout import Block, Row, day_text, rows_of
from sigh_batch.render.page import Page
from sigh_batch.render.parts.part import Part, Tint, narrow
from sigh_batch.render.skins.base import Look, Pill, lower_tail, only_emoji, pill_block
from sigh_batch.render.skins.painting import Painting
from sigh_batch.render.typeset import Paragraph
from sigh_batch.render.wallpaper import Wallpaper
from sigh_batch.scene.conversation import Conversation, Message, Person
from sigh_batch.scene.locale import Locale

_TAIL_TOP = "M24 0 L5 0 C1.5 0 0 3 2.5 6 L24 24 Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class BubbleLook(Look):
    """A look of the bubble skin; sizes in logical pixels."""

    wallpaper: Wallpaper
    theirs: Rgb
    mine: Rgb
    theirs_text: Rgb
    mine_text: Rgb
    link: Rgb
    mine_link: Rgb
    read: Rgb
    """Colour of the ticks of a message that was read."""
    pill: Pill
    radius: float
    tail: str
    """none, top (at a group's first bubble) or bottom (at its last)."""
    shadow: float
    side: float
    """Between bubbles and the window's edge."""
    across: float
    """Padding of a bubble at its sides."""
    down: float
    """Padding of a bubble above and below."""
    spacing: float
    tight: float
    widest: float
    """Widest bubble as a part of the window."""
    beside: bool
    """Whether avatars stand beside the bubbles of a group."""
    window: float
    days: str
    scrolled: float
    chats: bool = False
    """Whether the list of conversations stands at the side, where the window is wide enough."""
    pinned: bool = False
    """Whether a strip below the header repeats a message."""


class BubblePainting(Painting[BubbleLook]):
    """One page while it is painted."""

    foot = 8.0

    def __init__(
        self, page: Page, conversation: Conversation, here: Locale, look: BubbleLook, avatars: Avatars
    ) -> None:
        super().__init__(page, conversation, here, look, avatars)
        self._big = page.style(page.sizes.body * 2.4, 400, 1.2)
        self._name = page.style(page.sizes.label, 600, 1.35)
        self._small = page.style(page.sizes.small, 400, 1.3)
        self._beside = page.px(34) if conversation.group and look.beside else 0
        self._across, self._down = page.px(look.across), page.px(look.down)
        available = page.width - 2 * page.px(look.side) - self._beside
        self._widest = min(int(page.width * look.widest), available) - 2 * self._across

    def rows(self) -> list[Row]:
        """Return the rows, with a date before every day."""
        return rows_of(self._conversation, days=True, window=self._look.window)

    def tint(self, own: bool) -> Tint:
        """Return the colours of a bubble."""
        look = self._look
        ground = look.mine if own else look.theirs
        soft = look.palette.secondary(ground)
        if own:
            return Tint(ground, look.mine_text, soft, look.mine_link)
        return Tint(ground, look.theirs_text, soft, look.link)

    def pause(self, said: Message) -> Block:
        """Return the date in a pill."""
        day, now = said.time.date(), self._conversation.now.date()
        text = day_text(self._here, day, now, self._look.days)
        return pill_block(self._page, self._look.pill, "separator", text, value=day.isoformat())

    def system(self, place: int, said: Message) -> Block:
        """Return a line of the application in a pill."""
        return pill_block(self._page, self._look.pill, "system", said.text, message=place)

    def above(self) -> Iterator[Block]:
        """Yield the notice at the beginning of a conversation."""
        look = self._look
        ink = look.palette.secondary(look.pill.ground or look.theirs)
        notice = replace(look.pill, margin=10, weight=400, ink=ink)
        yield pill_block(self._page, notice, "system", self._here.word("secured"))

    def below(self) -> Iterator[Block]:
        """Yield the bubble of somebody typing."""
        part = self.typing(self._widest, self.tint(False))
        if part:
            px = self._page.px
            x, above = px(self._look.side) + self._beside, px(self._look.spacing)
            wide, tall = part.width + 2 * (self._across + px(2)), part.height + 2 * (self._down + px(2))
            row = Row("message", 0)

            def draw(y: int) -> None:
                self._bubble(row, x, y + above, wide, tall)
                part.draw(x + self._across + px(2), y + above + self._down + px(2), part.width, None)

            yield Block(above + tall, draw)

    def message(self, row: Row, said: Message) -> Block:
        """Return a message's bubble with all that stands in it, and the reactions on its edge."""
        page, look, px, place = self._page, self._look, self._page.px, row.place
        pieces = self._pieces(row, said)
        time = page.set(self._here.time(said.time), self._small)
        edited = self.edited(said)
        foot = px(6) + round(time.width) + (px(17) if row.own else 0)
        foot += round(edited.width) + px(4) if edited else 0
        wide = max(part.width + 2 * inset for part, inset, _ in pieces)
        least, low, over = self._room(row, said, foot)
        wide = max(wide, least + 2 * self._across)
        tall = sum(part.height + gap for part, _, gap in pieces) + low + (px(3) if over else self._down)
        above = px(look.spacing) if row.first else px(look.tight)
        given = self.reactions(place, wide, self._edge_tint()) if look.parts.reactions != "pills" else None
        overlap = self._down - px(1)

        def draw(y: int) -> None:
            at, side = y + above, px(look.side)
            x = page.width - side - wide if row.own else side + self._beside
            root = self.begin(place, x, at, wide, tall)
            self._bubble(row, x, at, wide, tall)
            page.note("bubble", x, at, wide, tall, message=place, parent=root)
            if self._beside and not row.own and row.last:
                self.face(side, at + tall - px(28), px(28), place, root)
            top = at
            for part, inset, gap in pieces:
                part.draw(x + inset, top + gap, wide - 2 * inset, root)
                top += gap + part.height
            right, bottom = x + wide - self._across, at + tall - self._down
            if over:
                right, bottom = right - px(2), bottom - px(4)
                self._plate(right, bottom, foot, round(time.height))
            self._foot(row, said, time, edited, right, bottom, over, root)
            if given:
                start = x + px(8)
                given.draw(start, at + tall - overlap, given.width, root)

        return Block(above + tall + (given.height - overlap if given else 0), draw)

    def _pieces(self, row: Row, said: Message) -> list[tuple[Part, int, int]]:
        """Return what stands in a bubble from top to bottom: each part, its inset, the space above it."""
        page, px, place, tint = self._page, self._page.px, row.place, self.tint(row.own)
        near = px(4)
        room = self._widest + 2 * (self._across - near)
        pieces: list[tuple[Part, int, int]] = []
        if self._conversation.group and not row.own and row.first:
            person = self._conversation.people[said.author]
            name = page.set(person.name, self._name, self._widest, lines=1, direction="auto")
            pieces.append((self.heading(name, self._name_color(person), place), self._across, self._down))
        mark = self.mark(row, said)
        if mark:
            pieces.append((mark, self._across, 0 if pieces else self._down))
        quote = self.quote(place, room, tint)
        if quote:
            pieces.append((quote, near, px(3) if pieces else near))
        carried, kind = self.attachment(place, room, tint), said.attachment.kind if said.attachment else ""
        inset = self._across if kind == "voice" else near - px(1) if kind == "picture" else near
        first = kind == "picture" or (kind == "link" and not self._look.parts.card_bar)
        if carried and first:
            pieces.append((carried, inset, px(4) if pieces else inset))
        if said.text:
            style = self._big if only_emoji(said.text) and not pieces else self._body
            text = page.set(said.text, style, self._widest, direction="auto")
            words = self.words(text, tint.text, tint.accent, place)
            gap = 0 if pieces and pieces[-1][1] == self._across else px(4) if pieces else self._down
            pieces.append((words, self._across, gap))
        if carried and not first:
            pieces.append((carried, inset, px(6) if pieces else self._down))
        pills = self._look.parts.reactions == "pills"
        given = self.reactions(place, self._widest, tint) if pills else None
        if given:
            pieces.append((narrow(given), self._across, px(5)))
        return pieces

    def mark(self, row: Row, said: Message) -> Part | None:
        """Return a line above what a message says, or None."""
        return None

    def heading(self, name: Paragraph, color: Rgb, place: int) -> Part:
        """Return the line at the top of a bubble: who wrote it."""
        return Part(
            round(name.width + 0.49),
            round(name.height),
            lambda x, y, _, root: self.author(name, x, y, color, place, root),
        )

    def _room(self, row: Row, said: Message, foot: int) -> tuple[int, int, bool]:
        """Return the width that the time needs, the height it adds, and whether it stands on a picture."""
        page, kind = self._page, said.attachment.kind if said.attachment else ""
        line = page.px(page.sizes.body * 0.95)
        pills = bool(said.reactions) and self._look.parts.reactions == "pills"
        if kind == "picture" and not said.text and not pills:
            return foot, 0, True
        if kind == "voice" and self._look.parts.voice != "disc" and not pills:
            return foot + page.px(40), 0, False
        below = kind in ("voice", "file") or (kind == "link" and self._look.parts.card_bar)
        if pills or below:
            return foot, line, False
        style = self._big if only_emoji(said.text) and said.reply is None else self._body
        text = page.set(said.text, style, self._widest, direction="auto")
        last, wide = text.lines[-1], round(text.width + 0.49)
        turned = (text.direction == "rtl") != page.rtl
        if not turned and last.width + foot <= self._widest:
            return max(wide, round(last.width + 0.49) + foot), page.px(1.5), False
        return max(wide, foot), line, False

    def _edge_tint(self) -> Tint:
        """Return the colours of what overlaps the edge of a bubble."""
        look = self._look
        return Tint(look.theirs, look.theirs_text, look.palette.secondary(look.theirs), look.palette.accent)

    def _plate(self, right: int, bottom: int, foot: int, height: int) -> None:
        """Draw the dark ground of a time that stands on a picture."""
        page, px = self._page, self._page.px
        x, tall = right - foot - px(1), height + px(4)
        page.box(x, bottom - height + px(1), foot + px(7), tall, see_through((0, 0, 0), 0.42), tall / 2)

    def _foot(
        self,
        row: Row,
        said: Message,
        time: Paragraph,
        edited: Paragraph | None,
        right: int,
        bottom: int,
        over: bool,
        root: int | None,
    ) -> None:
        """Draw the time, and the ticks of my own messages, in the lower corner of a bubble."""
        page, look, px = self._page, self._look, self._page.px
        ink = WHITE if over else self.tint(row.own).soft
        y = bottom - round(time.height) + px(3)
        x = right
        if row.own:
            size = px(15)
            x -= size
            color = look.read if said.status == "read" and not over else ink
            icon = "tick" if said.status == "sent" else "ticks"
            page.icon(icon, x, y + round((time.height - size) / 2), size, color, 2.1)
            x -= px(2.5)
        x -= round(time.width)
        self.time(time, x, y, ink, row.place, root)
        if edited:
            x -= round(edited.width) + px(4)
            page.label("edited", edited, x, y, ink, message=row.place, parent=root)

    def _bubble(self, row: Row, x: int, y: int, width: int, height: int) -> None:
        page, look, px = self._page, self._look, self._page.px
        color = look.mine if row.own else look.theirs
        radius = min(px(look.radius), height / 2)
        tail = look.tail if (look.tail == "top" and row.first) or (look.tail == "bottom" and row.last) else ""
        radii: tuple[float, float, float, float] = (radius, radius, radius, radius)
        if tail == "top":
            radii = (radius, 0.0, radius, radius) if row.own else (0.0, radius, radius, radius)
        if look.shadow:
            lift = max(1, px(0.8))
            page.box(x, y + lift, width, height, see_through((0, 0, 0), 0.1 * look.shadow), radii)
        if tail == "top":
            size = px(12)
            start = x + width - px(5) if row.own else x - size + px(5)
            page.figure(_TAIL_TOP, start, y, size, color, flipped=row.own)
        elif tail == "bottom":
            lower_tail(page, x, width, y + height, radius, color, row.own)
        page.box(x, y, width, height, color, radii)

    def _name_color(self, person: Person) -> Rgb:
        return self._look.palette.name(person.hue, self._look.theirs)

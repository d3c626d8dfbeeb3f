"""How plain bubbles are painted: bubbles left and right, times between them, marks below the last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sigh_batch.render.avatars import Avatars
from sigh_batch.render.colors import Rgb, mix
from sigh_batch.render.layout import Block, Row, day_text, rows_of
from sigh_batch.render.page import Page
from sigh_batch.render.parts.part import Part, Tint, narrow
from sigh_batch.render.skins.base import Look, Pill, lower_tail, only_emoji, pill_block
from sigh_batch.render.skins.painting import Painting
from sigh_batch.scene.conversation import Conversation, Message
from sigh_batch.scene.locale import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedLook(Look):
    """A look of a skin with bubbles of words alone; sizes in logical pixels."""

    theirs: Rgb
    mine: Rgb
    theirs_text: Rgb
    mine_text: Rgb
    shape: str
    """tail (the last bubble of a group has one) or stacked (inner corners are small)."""
    radius: float
    side: float
    across: float
    down: float
    spacing: float
    tight: float
    widest: float
    pause: float
    """Silence in seconds after which the time is shown."""
    days: str
    receipt: str
    """What tells that my last message was read: words below it, the reader's face (face), or nothing."""
    end: Rgb | None = None
    """Colour of my bubbles at the page's foot, where it changes on the way down from `mine` at its top."""
    avatar: float = 28.0
    """Size of the avatars beside their bubbles."""
    alone: bool = False
    """Whether they stand beside the bubbles of direct conversations as well."""
    badge: str = "top"
    """Edge of the bubble on which reactions stand: top or bottom."""
    times: str = "between"
    """between (after a silence) or below (under the last bubble of a group)."""
    chats: bool = False
    """Whether the list of conversations stands at the side, where the window is wide enough."""


class StackedPainting(Painting[StackedLook]):
    """One page while it is painted."""

    days = False

    def __init__(
        self, page: Page, conversation: Conversation, here: Locale, look: StackedLook, avatars: Avatars
    ) -> None:
        super().__init__(page, conversation, here, look, avatars)
        self._big = page.style(page.sizes.body * 2.8, 400, 1.2)
        self._across, self._down = page.px(look.across), page.px(look.down)
        self._beside = page.px(look.avatar + 8) if conversation.group or look.alone else 0
        self._widest = int((page.width - self._beside) * look.widest) - 2 * self._across

    def rows(self) -> list[Row]:
        """Return the rows, with the time after a silence."""
        if self._look.times == "below":
            return rows_of(self._conversation, days=True, window=300.0)
        return rows_of(self._conversation, days=False, window=90.0, pause=self._look.pause)

    def tint(self, own: bool) -> Tint:
        """Return the colours of a bubble."""
        look = self._look
        ground, text = (look.mine, look.mine_text) if own else (look.theirs, look.theirs_text)
        return Tint(ground, text, mix(text, ground, 0.3), text if own else look.palette.accent)

    def system(self, place: int, said: Message) -> Block:
        """Return a line of the application."""
        pill = Pill(ground=None, ink=self._look.palette.soft, weight=400, margin=8)
        return pill_block(self._page, pill, "system", said.text, message=place)

    def below(self) -> Iterator[Block]:
        """Yield the bubble of somebody typing, or how far my last message has come."""
        look, last = self._look, self.rows()[-1]
        part = self.typing(self._widest, self.tint(False))
        if part:
            yield self._typing(part)
        elif look.receipt and last.kind == "message" and last.own:
            said = self._conversation.messages[last.place]
            if look.receipt == "face":
                yield self._seen(said)
            elif not self._conversation.group:
                yield self._receipt(said)

    def pause(self, said: Message) -> Block:
        """Return the line with day and time, or with the day alone where times stand below messages."""
        if self._look.times == "between":
            return self._when(said.time)
        day, now = said.time.date(), self._conversation.now.date()
        pill = Pill(ground=None, ink=self._look.palette.soft, weight=500, margin=8)
        text = day_text(self._here, day, now, self._look.days)
        return pill_block(self._page, pill, "separator", text, value=day.isoformat())

    def _when(self, moment: dt.datetime) -> Block:
        """Return the line with day and time, the day in bold where the header is centred."""
        page, look, here = self._page, self._look, self._here
        day = day_text(here, moment.date(), self._conversation.now.date(), look.days)
        weight = 600 if look.header.centered else 400
        first = page.set(day, page.style(page.sizes.small, weight, 1.35))
        clock = page.set(here.time(moment), self._small)
        gap = page.px(4)
        margin = page.px(12)

        def draw(y: int) -> None:
            width = round(first.width + gap + clock.width)
            x = (page.width - width) // 2
            at = y + margin
            value = moment.isoformat(timespec="seconds")
            root = page.note(
                "separator",
                x,
                at,
                width,
                max(first.height, clock.height),
                text=f"{day} {clock.text}",
                value=value,
            )
            page.text(first, x, at, look.palette.soft)
            page.label(
                "time", clock, x + round(first.width + gap), at, look.palette.soft, value=value, parent=root
            )

        return Block(2 * margin + round(first.height) - page.px(4), draw)

    def _receipt(self, said: Message) -> Block:
        page, look, here = self._page, self._look, self._here
        words = (
            here.word("read_at", time=here.time(said.time))
            if said.status == "read"
            else here.word("delivered")
        )
        text = page.set(words, page.style(page.sizes.small, 500, 1.35))

        def draw(y: int) -> None:
            x = page.width - page.px(look.side + 4) - round(text.width)
            page.label("system", text, x, y + page.px(3), look.palette.soft)

        return Block(round(text.height) + page.px(4), draw)

    def _seen(self, said: Message) -> Block:
        """Return the small faces of those who have read a message, or the mark of one that was only sent."""
        page, px, conversation = self._page, self._page.px, self._conversation
        size, gap = px(15), px(3)
        others = [place for place in range(len(conversation.people)) if place != conversation.owner]
        shown = others[:4] if said.status == "read" else []

        def draw(y: int) -> None:
            x = page.width - px(self._look.side) - size
            for place in shown:
                self._avatars.draw(page, conversation.people[place], x, y + px(4), size)
                x -= size + gap
            if not shown:
                ink = self._look.palette.soft
                page.icon("tick_ring" if said.status == "sent" else "tick_disc", x, y + px(4), size, ink, 2.2)

        return Block(size + px(6), draw)

    def _typing(self, part: Part) -> Block:
        px = self._page.px
        x, above = px(self._look.side) + self._beside, px(self._look.spacing)
        wide, tall = part.width + 2 * self._across, part.height + 2 * self._down

        def draw(y: int) -> None:
            self._bubble(Row("message", 0), x, y + above, wide, tall)
            part.draw(x + self._across, y + above + self._down, part.width, None)

        return Block(above + tall, draw)

    def message(self, row: Row, said: Message) -> Block:
        """Return a message: its name, what it answers, its bubbles with the reactions, the line below."""
        page, look, px, place = self._page, self._look, self._page.px, row.place
        own = row.own
        pieces = self._pieces(row, said)
        name = self.heading(row, said)
        given = self.reactions(place, self._widest, self._page_tint())
        lift = px(14) if given and look.badge == "top" else 0
        drop = given.height - px(9) if given and look.badge == "bottom" else 0
        head = (name.height + px(2) if name else 0) + lift
        above = px(look.spacing) if row.first else px(look.tight)
        wide = max(part.width for part, _ in pieces)
        tall = sum(part.height for part, _ in pieces) + px(3) * (len(pieces) - 1)
        foot = self._foot(row, said)
        under = drop + (foot.height + px(2) if foot else 0)

        def draw(y: int) -> None:
            at = y + above
            x = page.width - px(look.side) - wide if own else px(look.side) + self._beside
            root = self.begin(place, x, at, wide, head + tall + under)
            if name:
                name.draw(x + self._across, at, name.width, root)
            at += head
            if self._beside and not own and row.last:
                size = px(look.avatar)
                self.face(px(look.side) - px(4), at + tall - size, size, place, root)
            top = at
            for part, badge in pieces:
                left = x + wide - part.width if own else x
                part.draw(left, top, part.width, root)
                if badge and given:
                    self._badge(given, left, part.width, top - lift if lift else at + tall - px(9), own, root)
                top += part.height + px(3)
            if foot:
                left = x + wide - foot.width - px(4) if own else x + px(4)
                foot.draw(left, at + tall + drop + px(1), foot.width, root)

        return Block(above + head + tall + under, draw)

    def heading(self, row: Row, said: Message) -> Part | None:
        """Return what stands above the first bubble of a group: in group conversations, the name."""
        if not self._conversation.group or row.own or not row.first:
            return None
        person = self._conversation.people[said.author]
        name = self._page.set(person.name, self._small, self._widest, lines=1, direction="auto")
        ink = self._look.palette.soft

        def draw(x: int, y: int, width: int, root: int | None) -> None:  # noqa: ARG001
            self.author(name, x, y, ink, row.place, root)

        return Part(round(name.width + 0.49), round(name.height), draw)

    def _foot(self, row: Row, said: Message) -> Part | None:
        """Return the line below a message: that it was changed, and when it was sent."""
        page, px, place, ink = self._page, self._page.px, row.place, self._look.palette.soft
        edited = self.edited(said)
        time = None
        if self._look.times == "below" and row.last:
            time = page.set(self._here.time(said.time), self._small)
        shown = [text for text in (edited, time) if text]
        if not shown:
            return None

        def draw(x: int, y: int, width: int, root: int | None) -> None:  # noqa: ARG001
            if edited:
                page.label("edited", edited, x, y, ink, message=place, parent=root)
                x += round(edited.width) + px(6)
            if time:
                self.time(time, x, y, ink, place, root)

        wide = sum(round(text.width) for text in shown) + px(6) * (len(shown) - 1)
        return Part(wide, max(round(text.height) for text in shown), draw)

    def _badge(self, given: Part, left: int, width: int, y: int, own: bool, root: int | None) -> None:
        """Draw the reactions across a corner of a bubble."""
        page, px = self._page, self._page.px
        if self._look.badge == "top":
            start = left - px(12) if own else left + width - given.width + px(12)
        else:
            start = left + width - given.width - px(8) if width > given.width + px(16) else left + px(4)
        start = min(max(start, px(4)), page.width - given.width - px(4))
        given.draw(start, y, given.width, root)

    def _page_tint(self) -> Tint:
        """Return the colours of what stands outside bubbles."""
        palette = self._look.palette
        return Tint(palette.ground, palette.text, palette.soft, palette.accent)

    def _pieces(self, row: Row, said: Message) -> list[tuple[Part, bool]]:
        """Return what a message consists of from top to bottom, and which of it carries the reactions."""
        page, place, tint = self._page, row.place, self.tint(row.own)
        room = self._widest + 2 * self._across
        found: list[Part] = []
        quote = self.quote(place, room, self._page_tint())
        kind = said.attachment.kind if said.attachment else ""
        outside = kind in ("link", "file")
        carried = self.attachment(
            place, self._widest if kind == "voice" else room, self._page_tint() if outside else tint
        )
        if carried and kind != "link":
            found.append(self._in_bubble(row, carried) if kind == "voice" else carried)
        if said.text:
            big = only_emoji(said.text)
            text = page.set(said.text, self._big if big else self._body, self._widest, direction="auto")
            words = self.words(text, tint.text, tint.text, place)
            found.append(words if big else self._in_bubble(row, words))
        if carried and kind == "link":
            found.append(carried)
        marked = 0 if self._look.badge == "top" else len(found) - 1
        pieces = [(part, number == marked) for number, part in enumerate(found)]
        return [(narrow(quote), False), *pieces] if quote else pieces

    def _in_bubble(self, row: Row, part: Part) -> Part:
        """Return the part in a bubble of its author."""
        wide, tall = part.width + 2 * self._across, part.height + 2 * self._down

        def draw(x: int, y: int, width: int, parent: int | None) -> None:  # noqa: ARG001
            self._bubble(row, x, y, wide, tall)
            self._page.note("bubble", x, y, wide, tall, message=row.place, parent=parent)
            part.draw(x + self._across, y + self._down, part.width, parent)

        return Part(wide, tall, draw)

    def _bubble(self, row: Row, x: int, y: int, width: int, height: int) -> None:
        page, look, px = self._page, self._look, self._page.px
        color = look.mine if row.own else look.theirs
        radius = min(px(look.radius), height / 2)
        radii: tuple[float, float, float, float] = (radius, radius, radius, radius)
        if look.shape == "stacked":
            small = float(px(4))
            upper = radius if row.first else small
            lower = radius if row.last else small
            radii = (radius, upper, lower, radius) if row.own else (upper, radius, radius, lower)
        elif row.last:
            lower_tail(page, x, width, y + height, radius, color, row.own)
        if row.own and look.end:
            above, below = (mix(look.mine, look.end, _part(at, page.height)) for at in (y, y + height))
            page.fade(x, y, width, height, above, below, radii)
        else:
            page.box(x, y, width, height, color, radii)


def _part(place: int, whole: int) -> float:
    """Return how far down the page a place lies, 0 to 1."""
    return min(1.0, max(0.0, place / whole))

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
    receipt: bool
    """Whether Delivered or Read stands below the last message."""


class StackedPainting(Painting[StackedLook]):
    """One page while it is painted."""

    days = False

    def __init__(
        self, page: Page, conversation: Conversation, here: Locale, look: StackedLook, avatars: Avatars
    ) -> None:
        super().__init__(page, conversation, here, look, avatars)
        self._big = page.style(page.sizes.body * 2.8, 400, 1.2)
        self._across, self._down = page.px(look.across), page.px(look.down)
        self._beside = page.px(36) if conversation.group else 0
        self._widest = int((page.width - self._beside) * look.widest) - 2 * self._across

    def rows(self) -> list[Row]:
        """Return the rows, with the time after a silence."""
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
        conversation, last = self._conversation, self.rows()[-1]
        part = self.typing(self._widest, self.tint(False))
        if part:
            yield self._typing(part)
        elif self._look.receipt and not conversation.group and last.kind == "message" and last.own:
            yield self._receipt(conversation.messages[last.place])

    def pause(self, said: Message) -> Block:
        """Return the line with day and time."""
        return self._when(said.time)

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

    def _typing(self, part: Part) -> Block:
        px = self._page.px
        x, above = px(self._look.side) + self._beside, px(self._look.spacing)
        wide, tall = part.width + 2 * self._across, part.height + 2 * self._down

        def draw(y: int) -> None:
            self._bubble(Row("message", 0), x, y + above, wide, tall)
            part.draw(x + self._across, y + above + self._down, part.width, None)

        return Block(above + tall, draw)

    def message(self, row: Row, said: Message) -> Block:
        """Return a message: its name, what it answers, its bubbles, the reactions on the uppermost."""
        page, look, px, place = self._page, self._look, self._page.px, row.place
        own = row.own
        pieces = self._pieces(row, said)
        name = None
        if self._conversation.group and not own and row.first:
            person = self._conversation.people[said.author]
            name = page.set(person.name, self._small, self._widest, lines=1, direction="auto")
        given = self.reactions(place, self._widest, self._page_tint())
        lift = px(14) if given else 0
        head = (round(name.height) + px(2) if name else 0) + lift
        above = px(look.spacing) if row.first else px(look.tight)
        wide = max(part.width for part, _ in pieces)
        tall = sum(part.height for part, _ in pieces) + px(3) * (len(pieces) - 1)
        edited = self.edited(said)
        under = round(edited.height) + px(2) if edited else 0

        def draw(y: int) -> None:
            at = y + above
            x = page.width - px(look.side) - wide if own else px(look.side) + self._beside
            root = self.begin(place, x, at, wide, head + tall + under)
            if name:
                self.author(name, x + self._across, at, look.palette.soft, place, root)
            at += head
            if self._beside and not own and row.last:
                self.face(px(look.side) - px(4), at + tall - px(28), px(28), place, root)
            top = at
            for part, badge in pieces:
                left = x + wide - part.width if own else x
                part.draw(left, top, part.width, root)
                if badge and given:
                    start = left - px(12) if own else left + part.width - given.width + px(12)
                    start = min(max(start, px(4)), page.width - given.width - px(4))
                    given.draw(start, top - lift, given.width, root)
                top += part.height + px(3)
            if edited:
                left = x + wide - round(edited.width) - px(4) if own else x + px(4)
                page.label(
                    "edited", edited, left, at + tall + px(1), look.palette.soft, message=place, parent=root
                )

        return Block(above + head + tall + under, draw)

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
        pieces = [(part, number == 0) for number, part in enumerate(found)]
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
        page.box(x, y, width, height, color, radii)

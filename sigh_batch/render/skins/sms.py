"""Text messages on a phone: plain bubbles, times between them, a mark of delivery below the last."""

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
from sigh_batch.render.colors import Rgb, mix, oklch, text_on
from sigh_batch.render.layout import Block, Row, day_text, rows_of, stack
from sigh_batch.render.page import Page
from sigh_batch.render.palette import draw_palette
from sigh_batch.render.skins import skins
from sigh_batch.render.skins.base import Look, Pill, lower_tail, only_emoji, pill_block
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation, Message
from sigh_batch.scene.locale import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsLook(Look):
    """A look of the text message skin; sizes in logical pixels."""

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


class SmsSkin:
    """Bubbles without times inside."""

    forms = ("phone",)
    groups = (False, False, True)
    row = 48.0

    def design(self, draws: Draws, dark: bool, form: str, pictures: bool) -> SmsLook:
        """Return a look."""
        ground: Rgb | None = None
        if draws.chance(0.6):
            ground = (0, 0, 0) if dark else (255, 255, 255)
        palette = draw_palette(draws, dark, ground=ground)
        centered = draws.chance(0.6)
        mine = oklch(draws.uniform(0.5, 0.58), draws.uniform(0.13, 0.21), palette.accent_hue)
        if not dark and draws.chance(0.25):
            mine = oklch(draws.uniform(0.88, 0.92), draws.uniform(0.05, 0.09), palette.accent_hue)
        theirs = (
            mix(palette.ground, (255, 255, 255), 0.16) if dark else mix(palette.ground, (20, 22, 40), 0.08)
        )
        shape = "tail" if centered else "stacked"
        return SmsLook(
            palette=palette,
            phone=draw_phone(draws, form),
            header=Header(
                height=draws.choice((86, 90, 94)) if centered else draws.choice((54, 58, 62)),
                back="back" if centered else "arrow_back",
                avatar=draws.choice((46, 50)) if centered else draws.choice((34, 38)),
                sign="",
                centered=centered,
                icons=("video",)
                if centered
                else draws.choice((("call", "dots_v"), ("video", "call", "dots_v"))),
                weight=400 if centered else 500,
                subtitle=False,
                line=centered or draws.chance(0.3),
            ),
            bar=_input(draws, centered),
            avatars=draw_avatar_style(draws, pictures, round_only=True),
            leading=draws.choice((1.26, 1.3, 1.34)),
            theirs=theirs,
            mine=mine,
            theirs_text=palette.text,
            mine_text=text_on(mine, 4.2),
            shape=shape,
            radius=draws.choice((17.0, 18.0, 19.0)) if centered else draws.choice((20.0, 22.0, 24.0)),
            side=draws.choice((14, 16, 18)),
            across=draws.choice((12, 13, 14)),
            down=draws.choice((7, 8, 9)),
            spacing=draws.choice((8, 10, 12)),
            tight=draws.choice((1.5, 2, 3)),
            widest=draws.uniform(0.7, 0.78),
            pause=draws.choice((900.0, 1800.0, 3600.0)),
            days=draws.choice(("relative", "weekday", "weekday", "long")),
            receipt=draws.chance(0.75),
        )

    def paint(
        self, page: Page, conversation: Conversation, here: Locale, look: SmsLook, avatars: Avatars
    ) -> None:
        """Draw the whole page and note every element."""
        palette = look.palette
        status = page.px(look.phone.top)
        top = paint_header(
            page,
            palette,
            look.header,
            avatars,
            conversation,
            top=status,
            title=conversation.title,
            subtitle="",
        )
        paint_status(page, look.phone, here, conversation, palette.bar_text)
        bottom = page.height - input_height(page, look.bar, look.phone)
        painting = _Painting(page, conversation, here, look, avatars)
        stack(page, painting.blocks(), top, bottom, from_top=look.header.centered)
        paint_input(page, palette, look.bar, look.phone, here.word("text_message"), palette.ground)


def _input(draws: Draws, centered: bool) -> InputBar:
    if centered:
        return InputBar(
            height=36,
            margin=9,
            left=draws.choice((("plus_disc",), ("camera",), ("plus",))),
            inside=("", draws.choice(("mic", "send_up"))),
            right=(),
            disc=False,
            round=18,
            outlined=draws.chance(0.75),
        )
    return InputBar(
        height=draws.choice((46, 48)),
        margin=8,
        left=draws.choice((("plus_disc", "image"), ("plus_disc",), ())),
        inside=("", "smile"),
        right=draws.choice((("mic",), ("send",))),
        disc=False,
        round=24,
        outlined=False,
    )


class _Painting:
    """One page while it is painted."""

    def __init__(
        self, page: Page, conversation: Conversation, here: Locale, look: SmsLook, avatars: Avatars
    ) -> None:
        self._page, self._conversation, self._here, self._look = page, conversation, here, look
        self._avatars = avatars
        self._body = page.style(page.sizes.body, 400, look.leading)
        self._big = page.style(page.sizes.body * 2.8, 400, 1.2)
        self._small = page.style(page.sizes.small, 400, 1.35)
        self._across, self._down = page.px(look.across), page.px(look.down)
        self._beside = page.px(36) if conversation.group else 0
        self._widest = int((page.width - self._beside) * look.widest) - 2 * self._across

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks, newest first."""
        page, look, conversation = self._page, self._look, self._conversation
        yield Block(page.px(10), lambda _y: None)
        rows = rows_of(conversation, days=False, window=90.0, pause=look.pause)
        last = rows[-1]
        if look.receipt and not conversation.group and last.kind == "message" and last.own:
            yield self._receipt(conversation.messages[last.place])
        for row in reversed(rows):
            said = conversation.messages[row.place]
            if row.kind == "pause":
                yield self._when(said.time)
            elif row.kind == "system":
                pill = Pill(ground=None, ink=look.palette.soft, weight=400, margin=8)
                yield pill_block(page, pill, "system", said.text, message=row.place)
            else:
                yield self._message(row, said)

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

    def _message(self, row: Row, said: Message) -> Block:
        page, look, px = self._page, self._look, self._page.px
        own, person = row.own, self._conversation.people[said.author]
        big = only_emoji(said.text)
        text = page.set(said.text, self._big if big else self._body, self._widest, direction="auto")
        name = None
        if self._conversation.group and not own and row.first:
            name = page.set(person.name, self._small, self._widest, lines=1, direction="auto")
        head = round(name.height) + px(2) if name else 0
        above = px(look.spacing) if row.first else px(look.tight)
        width = round(text.width + 0.49) + 2 * self._across
        tall = round(text.height) + 2 * self._down
        if big:
            width, tall = round(text.width + 0.49), round(text.height)

        def draw(y: int) -> None:
            at = y + above
            x = page.width - px(look.side) - width if own else px(look.side) + self._beside
            root = page.note(
                "message", x, at, width, head + tall, text=said.text, value=person.id, message=row.place
            )
            if name:
                inset = px(2) if big else self._across
                page.label(
                    "author",
                    name,
                    x + inset,
                    at,
                    look.palette.soft,
                    value=person.id,
                    message=row.place,
                    parent=root,
                )
            at += head
            if self._beside and not own and row.last:
                size = px(28)
                self._avatars.draw(
                    page,
                    person,
                    px(look.side) - px(4),
                    at + tall - size,
                    size,
                    message=row.place,
                    parent=root,
                )
            inset_x, inset_y = (0, 0) if big else (self._across, self._down)
            if not big:
                self._bubble(row, x, at, width, tall)
                page.note("bubble", x, at, width, tall, message=row.place, parent=root)
            ink = look.mine_text if own else look.theirs_text
            page.body(text, x + inset_x, at + inset_y, ink, link=ink, message=row.place, parent=root)

        return Block(above + head + tall, draw)

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


skins.register("sms")(SmsSkin())

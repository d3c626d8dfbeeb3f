"""A messenger: bubbles left and right, times and ticks inside them, dates in pills, often a wallpaper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sigh_batch.render.avatars import Avatars, draw_avatar_style
from sigh_batch.render.bars import (
    Header,
    InputBar,
    draw_phone,
    input_height,
    paint_header,
    paint_input,
    paint_jump,
    paint_status,
    presence,
)
from sigh_batch.render.colors import Rgb, mix, oklch, readable, see_through, text_on
from sigh_batch.render.layout import Block, Row, day_text, rows_of, stack
from sigh_batch.render.page import Page
from sigh_batch.render.palette import Palette, draw_palette
from sigh_batch.render.skins import skins
from sigh_batch.render.skins.base import Look, Pill, lower_tail, only_emoji, pill_block
from sigh_batch.render.typeset import Paragraph
from sigh_batch.render.wallpaper import Wallpaper, draw_wallpaper, paint_wallpaper
from sigh_batch.rng import Draws
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


class BubbleSkin:
    """Bubbles of two colours on both sides."""

    forms = ("phone", "desktop")
    groups = (True, False)
    row = 47.0

    def design(self, draws: Draws, dark: bool, form: str, pictures: bool) -> BubbleLook:
        """Return a look."""
        phone = form == "phone"
        hue = draws.uniform(0.55, 0.8) if draws.chance(0.6) else draws.random()
        wallpaper, ground = draw_wallpaper(draws, dark, hue)
        palette = draw_palette(draws, dark, ground=ground, hue=hue, colored_bar=draws.chance(0.2))
        theirs, mine = _bubble_colors(draws, palette)
        theirs_text = palette.text if dark else text_on(theirs, 12.0)
        mine_text = text_on(mine) if not dark else palette.text
        tail = draws.choice(("top", "top", "bottom", "none"))
        radius = (
            draws.choice((7.5, 8.0, 10.0, 12.0)) if tail == "top" else draws.choice((10.0, 12.0, 15.0, 18.0))
        )
        return BubbleLook(
            palette=palette,
            phone=draw_phone(draws, form),
            header=Header(
                height=draws.choice((54, 56, 58, 60)),
                back=draws.choice(("back", "arrow_back")) if phone else "",
                avatar=draws.choice((36, 40)),
                sign="",
                centered=False,
                icons=draws.choice(
                    (("video", "call"), ("video", "call", "dots_v"), ("search", "dots_v"), ("dots_v",))
                ),
                weight=draws.choice((500, 600, 600)),
                subtitle=True,
                line=draws.chance(0.6),
            ),
            bar=_input(draws, phone),
            avatars=draw_avatar_style(draws, pictures, round_only=True),
            leading=draws.choice((1.28, 1.32, 1.36)),
            wallpaper=wallpaper,
            theirs=theirs,
            mine=mine,
            theirs_text=theirs_text,
            mine_text=mine_text,
            link=readable(0.6, 0.15, 0.68, theirs, palette.floor),
            mine_link=readable(0.6, 0.15, 0.68, mine, palette.floor),
            read=readable(0.68, 0.14, draws.choice((0.64, 0.66, palette.accent_hue)), mine, 2.6),
            pill=_pill(draws, palette),
            radius=radius,
            tail=tail,
            shadow=draws.choice((0.0, 0.6, 1.0)) if not dark else draws.choice((0.0, 0.0, 0.6)),
            side=draws.choice((9, 10, 12, 14)) if phone else draws.choice((14, 18, 24, 48)),
            across=draws.choice((9, 10, 11, 12)),
            down=draws.choice((5, 6, 7)),
            spacing=draws.choice((6, 8, 10, 12)),
            tight=draws.choice((2, 2, 3)),
            widest=draws.uniform(0.74, 0.83) if phone else draws.uniform(0.52, 0.68),
            beside=draws.chance(0.5),
            window=draws.choice((600.0, 3600.0)),
            days=draws.choice(("relative", "weekday", "long", "full")),
            scrolled=draws.uniform(20, 300) if draws.chance(0.1) else 0.0,
        )

    def paint(
        self, page: Page, conversation: Conversation, here: Locale, look: BubbleLook, avatars: Avatars
    ) -> None:
        """Draw the whole page and note every element."""
        palette = look.palette
        status = page.px(look.phone.top)
        bottom = page.height - input_height(page, look.bar, look.phone)
        floating = look.bar.disc
        paint_wallpaper(page, look.wallpaper, palette, 0, page.height)
        top = paint_header(
            page,
            palette,
            look.header,
            avatars,
            conversation,
            top=status,
            title=conversation.title,
            subtitle=presence(conversation, here),
        )
        paint_status(page, look.phone, here, conversation, palette.bar_text)
        painting = _Painting(page, conversation, here, look, avatars)
        if stack(page, painting.blocks(), top, bottom, from_top=False, shift=page.px(look.scrolled)):
            paint_jump(page, palette, bottom)
        if not floating:
            page.box(0, bottom, page.width, page.height - bottom, palette.foot)
        behind = None if floating else palette.foot
        paint_input(page, palette, look.bar, look.phone, here.word("message"), behind)


def _input(draws: Draws, phone: bool) -> InputBar:
    floating = phone and draws.chance(0.5)
    return InputBar(
        height=draws.choice((42, 44, 46)) if floating else draws.choice((36, 38, 40)),
        margin=draws.choice((6, 8)) if floating else draws.choice((8, 10)),
        left=() if floating else draws.choice((("plus",), ("smile", "clip"), ("clip",))),
        inside=("smile", "clip", "camera") if floating else draws.choice((("",), ("", "smile"))),
        right=(draws.choice(("mic", "send")),)
        if floating
        else draws.choice((("mic",), ("camera", "mic"), ("send",))),
        disc=floating,
        round=24 if floating else draws.choice((18, 20, 8, 10)),
        outlined=not floating and draws.chance(0.3),
    )


def _bubble_colors(draws: Draws, palette: Palette) -> tuple[Rgb, Rgb]:
    """Return the grounds of their and of my bubbles, which differ from the page and from each other."""
    hue, ground = palette.accent_hue, palette.ground
    if palette.dark:
        theirs = mix(ground, (255, 255, 255), draws.uniform(0.085, 0.14))
        return theirs, oklch(draws.uniform(0.36, 0.45), draws.uniform(0.05, 0.11), hue)
    theirs = mix(ground, (20, 20, 30), draws.uniform(0.055, 0.08)) if min(ground) > 243 else (255, 255, 255)
    if draws.chance(0.4):
        return theirs, oklch(draws.uniform(0.48, 0.55), draws.uniform(0.12, 0.19), hue)
    level, tint = draws.uniform(0.905, 0.94), draws.uniform(0.045, 0.085)
    mine = oklch(level, tint, hue)
    while min(_distance(mine, ground), _distance(mine, theirs)) < 16:
        level -= 0.01
        mine = oklch(level, tint, hue)
    return theirs, mine


def _distance(one: Rgb, two: Rgb) -> int:
    return max(abs(one[0] - two[0]), abs(one[1] - two[1]), abs(one[2] - two[2]))


def _pill(draws: Draws, palette: Palette) -> Pill:
    ground: Rgb
    if palette.dark:
        ground = mix(palette.ground, (255, 255, 255), 0.1)
    elif draws.chance(0.5):
        ground = mix(palette.ground, (255, 255, 255), 0.8)
    else:
        ground = mix(palette.ground, (0, 0, 0), 0.07)
    return Pill(
        ground=ground,
        ink=palette.secondary(ground),
        weight=draws.choice((400, 500, 600)),
        margin=draws.choice((6, 8, 10)),
        round=draws.choice((7.0, 8.0, 14.0)),
    )


class _Painting:
    """One page while it is painted."""

    def __init__(
        self, page: Page, conversation: Conversation, here: Locale, look: BubbleLook, avatars: Avatars
    ) -> None:
        self._page, self._conversation, self._here, self._look = page, conversation, here, look
        self._avatars = avatars
        self._body = page.style(page.sizes.body, 400, look.leading)
        self._big = page.style(page.sizes.body * 2.4, 400, 1.2)
        self._name = page.style(page.sizes.label, 600, 1.35)
        self._small = page.style(page.sizes.small, 400, 1.3)
        self._beside = page.px(34) if conversation.group and look.beside else 0
        self._across, self._down = page.px(look.across), page.px(look.down)
        available = page.width - 2 * page.px(look.side) - self._beside
        self._widest = min(int(page.width * look.widest), available) - 2 * self._across

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks, newest first."""
        page, look, messages = self._page, self._look, self._conversation.messages
        now = self._conversation.now.date()
        yield Block(page.px(8), lambda _y: None)
        for row in reversed(rows_of(self._conversation, days=True, window=look.window)):
            said = messages[row.place]
            if row.kind == "day":
                day = said.time.date()
                text = day_text(self._here, day, now, look.days)
                yield pill_block(page, look.pill, "separator", text, value=day.isoformat())
            elif row.kind == "system":
                yield pill_block(page, look.pill, "system", said.text, message=row.place)
            else:
                yield self._message(row, said)
        notice = replace(
            look.pill, margin=10, weight=400, ink=look.palette.secondary(look.pill.ground or look.theirs)
        )
        yield pill_block(page, notice, "system", self._here.word("secured"))

    def _message(self, row: Row, said: Message) -> Block:
        page, look, px = self._page, self._look, self._page.px
        own, person = row.own, self._conversation.people[said.author]
        big = only_emoji(said.text)
        text = page.set(said.text, self._big if big else self._body, self._widest, direction="auto")
        name = None
        if self._conversation.group and not own and row.first:
            name = page.set(person.name, self._name, self._widest, lines=1, direction="auto")
        time = page.set(self._here.time(said.time), self._small)
        foot = px(6) + round(time.width) + (px(17) if own else 0)
        width, low = self._measure(text, foot)
        if name:
            width = max(width, round(name.width))
        head = round(name.height) if name else 0
        above = px(look.spacing) if row.first else px(look.tight)
        inner = head + round(text.height) + low
        tall = inner + 2 * self._down

        def draw(y: int) -> None:
            at = y + above
            full = width + 2 * self._across
            side = px(look.side)
            x = page.width - side - full if own else side + self._beside
            root = page.note("message", x, at, full, tall, text=said.text, value=person.id, message=row.place)
            self._bubble(row, x, at, full, tall)
            page.note("bubble", x, at, full, tall, message=row.place, parent=root)
            if self._beside and not own and row.last:
                size = px(28)
                self._avatars.draw(page, person, side, at + tall - size, size, message=row.place, parent=root)
            left, top = x + self._across, at + self._down
            if name:
                page.label(
                    "author",
                    name,
                    left,
                    top,
                    self._name_color(person),
                    value=person.id,
                    message=row.place,
                    parent=root,
                )
            page.body(
                text,
                left,
                top + head,
                look.mine_text if own else look.theirs_text,
                link=look.mine_link if own else look.link,
                message=row.place,
                parent=root,
            )
            self._foot(row, said, time, x + full - self._across, at + tall - self._down, root)

        return Block(above + tall, draw)

    def _measure(self, text: Paragraph, foot: int) -> tuple[int, int]:
        """Return the width of a bubble's content and what its time adds to the height."""
        last, wide = text.lines[-1], round(text.width + 0.49)
        turned = (text.direction == "rtl") != self._page.rtl
        if not turned and last.width + foot <= self._widest:
            return max(wide, round(last.width + 0.49) + foot), self._page.px(1.5)
        return max(wide, foot), self._page.px(self._page.sizes.body * 0.95)

    def _foot(
        self, row: Row, said: Message, time: Paragraph, right: int, bottom: int, root: int | None
    ) -> None:
        """Draw the time, and the ticks of my own messages, in the lower corner of a bubble."""
        page, look, px = self._page, self._look, self._page.px
        ground = look.mine if row.own else look.theirs
        ink = look.palette.secondary(ground)
        y = bottom - round(time.height) + px(3)
        x = right
        if row.own:
            size = px(15)
            x -= size
            color = look.read if said.status == "read" else ink
            icon = "tick" if said.status == "sent" else "ticks"
            page.icon(icon, x, y + round((time.height - size) / 2), size, color, 2.1)
            x -= px(2.5)
        x -= round(time.width)
        page.label(
            "time",
            time,
            x,
            y,
            ink,
            value=said.time.isoformat(timespec="seconds"),
            message=row.place,
            parent=root,
        )

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


skins.register("bubbles")(BubbleSkin())

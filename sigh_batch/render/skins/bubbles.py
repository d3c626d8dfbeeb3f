"""A messenger: bubbles left and right, times and ticks inside them, dates in pills, often a wallpaper."""

from __future__ import annotations

from sigh_batch.render.avatars import Avatars, draw_avatar_style
from sigh_batch.render.bars import (
    Header,
    draw_phone,
    paint_header,
    paint_jump,
    paint_pinned,
    paint_status,
    presence,
)
from sigh_batch.render.chatlist import paint_chat_list
from sigh_batch.render.colors import Rgb, mix, oklch, readable, text_on
from sigh_batch.render.inputs import InputBar, input_height, paint_input
from sigh_batch.render.layout import stack
from sigh_batch.render.page import Page
from sigh_batch.render.palette import Palette, draw_palette
from sigh_batch.render.parts.style import draw_part_style
from sigh_batch.render.skins import skins
from sigh_batch.render.skins.base import Pill
from sigh_batch.render.skins.bubble_page import BubbleLook, BubblePainting
from sigh_batch.render.wallpaper import draw_wallpaper, paint_wallpaper
from sigh_batch.render.window import paint_window
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.locale import Locale

_SIDE = 296
_WIDE = 820


class BubbleSkin:
    """Bubbles of two colours on both sides."""

    forms = ("phone", "desktop")
    groups: tuple[bool, ...] = (True, False)
    service = False
    row = 47.0
    painting = BubblePainting

    def design(self, draws: Draws, dark: bool, form: str, pictures: bool) -> BubbleLook:
        """Return a look."""
        phone = form == "phone"
        hue = draws.uniform(0.55, 0.8) if draws.chance(0.6) else draws.random()
        wallpaper, ground = draw_wallpaper(draws, dark, hue)
        palette = draw_palette(draws, dark, ground=ground, hue=hue, colored_bar=draws.chance(0.2))
        theirs, mine = bubble_colors(draws, palette)
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
            parts=draw_part_style(
                draws.fork("parts"),
                quotes=("box", "box", "bar"),
                reactions=("capsule", "capsule", "pills"),
                typing=("dots",),
                unread=("pill", "band", "middle"),
                edited=("plain",),
                corners=(5.0, 6.0, 8.0),
                photos=(230.0, 250.0, 270.0),
            ),
            leading=draws.choice((1.28, 1.32, 1.36)),
            wallpaper=wallpaper,
            theirs=theirs,
            mine=mine,
            theirs_text=theirs_text,
            mine_text=mine_text,
            link=readable(0.6, 0.15, 0.68, theirs, palette.floor),
            mine_link=readable(0.6, 0.15, 0.68, mine, palette.floor),
            read=readable(0.68, 0.14, draws.choice((0.64, 0.66, palette.accent_hue)), mine, 2.6),
            pill=date_pill(draws, palette),
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
            chats=not phone and draws.chance(0.5),
        )

    def paint(
        self, page: Page, conversation: Conversation, here: Locale, look: BubbleLook, avatars: Avatars
    ) -> None:
        """Draw the whole page and note every element."""
        paint_wallpaper(page, look.wallpaper, look.palette, 0, page.height)
        wide = look.chats and conversation.group and page.width >= page.px(_WIDE)
        column = page.px(_SIDE) if wide else 0
        with page.beside(column):
            self._paint_open(page, conversation, here, look, avatars)
        if wide:
            top, head = page.px(look.phone.top), page.px(look.header.height)
            paint_chat_list(
                page,
                look.palette,
                avatars,
                conversation,
                here,
                width=column,
                top=top,
                head=head,
                marked="accent",
            )
        paint_window(page, look.phone, look.palette, conversation)

    def _paint_open(
        self, page: Page, conversation: Conversation, here: Locale, look: BubbleLook, avatars: Avatars
    ) -> None:
        palette = look.palette
        bottom = page.height - input_height(page, look.bar, look.phone)
        top = paint_header(
            page,
            palette,
            look.header,
            avatars,
            conversation,
            top=page.px(look.phone.top),
            title=conversation.title,
            subtitle=presence(conversation, here),
        )
        paint_status(page, look.phone, here, conversation, palette.bar_text)
        if look.pinned:
            top = paint_pinned(page, palette, conversation, here, top)
        painting = self.painting(page, conversation, here, look, avatars)
        if stack(page, painting.blocks(), top, bottom, from_top=False, shift=page.px(look.scrolled)):
            paint_jump(page, palette, bottom)
        behind = None if look.bar.disc else palette.foot
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


def bubble_colors(draws: Draws, palette: Palette) -> tuple[Rgb, Rgb]:
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


def date_pill(draws: Draws, palette: Palette) -> Pill:
    """Return how dates and lines of the application look."""
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


skins.register("bubbles")(BubbleSkin())

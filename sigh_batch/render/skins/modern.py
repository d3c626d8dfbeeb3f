"""A modern messenger: no lines, large round bubbles, mine fading down the page, small faces below them."""

from __future__ import annotations

from sigh_batch.render.avatars import Avatars, draw_avatar_style
from sigh_batch.render.bars import Header, draw_phone, presence
from sigh_batch.render.chatlist import paint_chat_list
from sigh_batch.render.colors import WHITE, Rgb, contrast, mix, oklch
from sigh_batch.render.inputs import InputBar, paint_input
from sigh_batch.render.layout import stack
from sigh_batch.render.page import Page
from sigh_batch.render.palette import draw_palette, flat
from sigh_batch.render.parts.style import draw_part_style
from sigh_batch.render.skins import skins
from sigh_batch.render.skins.base import paint_frame
from sigh_batch.render.skins.stacked_page import StackedLook, StackedPainting
from sigh_batch.render.window import paint_window
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.locale import Locale

_SIDE = 288
_WIDE = 820


class ModernSkin:
    """Flat and borderless, with one strong colour."""

    forms = ("phone", "desktop")
    groups = (False, True)
    service = False
    row = 47.0

    def design(self, draws: Draws, dark: bool, form: str, pictures: bool) -> StackedLook:
        """Return a look."""
        phone = form == "phone"
        ground: Rgb = (0, 0, 0) if dark else (255, 255, 255)
        if dark and draws.chance(0.5):
            ground = oklch(draws.uniform(0.16, 0.22), draws.uniform(0.0, 0.012), draws.random())
        hue = draws.uniform(0.45, 1.08) % 1
        mine, end = _fade(draws, hue)
        palette = flat(draw_palette(draws, dark, ground=ground, accent_hue=hue))
        white = (255, 255, 255)
        theirs = mix(ground, white, draws.uniform(0.13, 0.19)) if dark else mix(ground, (16, 20, 40), 0.06)
        return StackedLook(
            palette=palette,
            phone=draw_phone(draws, form),
            header=Header(
                height=draws.choice((56, 60, 64)),
                back=draws.choice(("back", "back", "arrow_back")) if phone else "",
                avatar=draws.choice((34, 38, 42)),
                sign="",
                centered=False,
                icons=draws.choice((("call", "video", "info"), ("call", "video"), ("video", "info"))),
                weight=draws.choice((600, 700)),
                subtitle=draws.chance(0.8),
                line=draws.chance(0.2),
                bright=draws.chance(0.7),
            ),
            bar=_input(draws, phone),
            avatars=draw_avatar_style(draws, pictures, round_only=True),
            parts=draw_part_style(
                draws.fork("parts"),
                quotes=("outline", "box"),
                reactions=("capsule", "capsule", "badge"),
                cards=("above", "plain"),
                voices=("disc", "wave"),
                typing=("dots",),
                unread=("middle", "pill"),
                edited=("plain",),
                corners=(14.0, 16.0, 18.0),
                photos=(220.0, 240.0, 260.0),
            ),
            leading=draws.choice((1.28, 1.32, 1.35)),
            theirs=theirs,
            mine=mine,
            theirs_text=palette.text,
            mine_text=WHITE,
            shape="stacked",
            radius=draws.choice((18.0, 20.0, 22.0)),
            side=draws.choice((12, 14, 16)),
            across=draws.choice((12, 13, 14)),
            down=draws.choice((7, 8, 9)),
            spacing=draws.choice((8, 10, 14)),
            tight=draws.choice((2, 2, 3)),
            widest=draws.uniform(0.68, 0.76) if phone else draws.uniform(0.5, 0.62),
            pause=draws.choice((900.0, 1800.0, 3600.0)),
            days=draws.choice(("relative", "weekday", "weekday", "long")),
            receipt=draws.choice(("face", "face", "words", "")),
            end=end if draws.chance(0.85) else None,
            avatar=draws.choice((24.0, 28.0, 28.0, 32.0)),
            alone=draws.chance(0.85),
            badge="bottom",
            chats=not phone and draws.chance(0.6),
        )

    def paint(
        self, page: Page, conversation: Conversation, here: Locale, look: StackedLook, avatars: Avatars
    ) -> None:
        """Draw the whole page and note every element."""
        wide = look.chats and conversation.group and page.width >= page.px(_WIDE)
        column, top = page.px(_SIDE) if wide else 0, page.px(look.phone.top)
        with page.beside(column):
            self._paint_open(page, conversation, here, look, avatars)
        if wide:
            paint_chat_list(
                page,
                look.palette,
                avatars,
                conversation,
                here,
                width=column,
                top=top,
                head=page.px(look.header.height),
                marked="shade",
            )
        paint_window(page, look.phone, look.palette, conversation)

    def _paint_open(
        self, page: Page, conversation: Conversation, here: Locale, look: StackedLook, avatars: Avatars
    ) -> None:
        palette = look.palette
        title, subtitle = conversation.title, presence(conversation, here)
        top, bottom = paint_frame(page, conversation, here, look, avatars, title, subtitle)
        painting = StackedPainting(page, conversation, here, look, avatars)
        stack(page, painting.blocks(), top, bottom, from_top=False)
        paint_input(page, palette, look.bar, look.phone, here.word("message"), palette.ground)


def _fade(draws: Draws, hue: float) -> tuple[Rgb, Rgb]:
    """Return the upper and the lower colour of my bubbles; white can be read on both."""
    turn = draws.choice((-0.14, -0.08, 0.1, 0.18))
    ends = []
    for part in (hue, (hue + turn) % 1):
        level, chroma = draws.uniform(0.52, 0.6), draws.uniform(0.15, 0.23)
        while contrast(WHITE, oklch(level, chroma, part)) < 4.0:
            level -= 0.01
        ends.append(oklch(level, chroma, part))
    return ends[0], ends[1]


def _input(draws: Draws, phone: bool) -> InputBar:
    many = draws.chance(0.5)
    return InputBar(
        height=draws.choice((38, 40, 44)),
        margin=draws.choice((8, 9, 10)),
        left=draws.choice((("plus_disc", "camera", "image"), ("camera", "image", "mic")))
        if many
        else draws.choice((("plus_disc",), ("camera",))),
        inside=("", "smile") if many or not phone else ("", "mic", "image", "smile"),
        right=draws.choice((("heart",), ("thumb",), ("send",))) if many else (),
        disc=False,
        round=22,
        outlined=not many and draws.chance(0.5),
        bright=draws.chance(0.75),
    )


skins.register("modern")(ModernSkin())

"""Text messages on a phone: plain bubbles, times between them, a mark of delivery below the last."""

from __future__ import annotations

from sigh_batch.render.avatars import Avatars, draw_avatar_style
from sigh_batch.render.bars import Header, draw_phone
from sigh_batch.render.colors import Rgb, mix, oklch, text_on
from sigh_batch.render.inputs import InputBar, paint_input
from sigh_batch.render.layout import stack
from sigh_batch.render.page import Page
from sigh_batch.render.palette import draw_palette
from sigh_batch.render.parts.style import draw_part_style
from sigh_batch.render.skins import skins
from sigh_batch.render.skins.base import paint_frame
from sigh_batch.render.skins.stacked_page import StackedLook, StackedPainting
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.locale import Locale


class SmsSkin:
    """Bubbles without times inside."""

    forms = ("phone",)
    groups = (False, False, True)
    service = False
    row = 48.0

    def design(self, draws: Draws, dark: bool, form: str, pictures: bool) -> StackedLook:
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
        return StackedLook(
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
            parts=draw_part_style(
                draws.fork("parts"),
                quotes=("outline",),
                reactions=("badge",) if centered else ("capsule", "badge"),
                voices=("disc", "wave"),
                typing=("dots",),
                unread=("middle", "pill"),
                edited=("plain",),
                corners=(12.0, 14.0, 16.0),
                photos=(210.0, 230.0, 250.0),
            ),
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
            receipt="words" if draws.chance(0.75) else "",
        )

    def paint(
        self, page: Page, conversation: Conversation, here: Locale, look: StackedLook, avatars: Avatars
    ) -> None:
        """Draw the whole page and note every element."""
        palette = look.palette
        title, subtitle = conversation.title, ""
        top, bottom = paint_frame(page, conversation, here, look, avatars, title, subtitle)
        painting = StackedPainting(page, conversation, here, look, avatars)
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


skins.register("sms")(SmsSkin())

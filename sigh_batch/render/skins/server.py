"""A community chat: channels, avatars at the left, coloured names, times beside them."""

from __future__ import annotations

from sigh_batch.render.avatars import Avatars, draw_avatar_style
from sigh_batch.render.bars import Header, draw_phone
from sigh_batch.render.inputs import InputBar, paint_input
from sigh_batch.render.layout import stack
from sigh_batch.render.page import Page
from sigh_batch.render.palette import draw_palette
from sigh_batch.render.parts.style import draw_part_style
from sigh_batch.render.sidebar import paint_sidebar
from sigh_batch.render.skins import skins
from sigh_batch.render.skins.base import paint_frame
from sigh_batch.render.skins.list_page import ListLook, ListPainting
from sigh_batch.render.window import paint_window
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation
from sigh_batch.scene.locale import Locale

_SIDE = 224
_WIDE = 780


class ServerSkin:
    """Messages in a list, one column."""

    forms = ("phone", "desktop")
    groups = (True,)
    service = False
    row = 46.0

    def design(self, draws: Draws, dark: bool, form: str, pictures: bool) -> ListLook:
        """Return a look."""
        phone = form == "phone"
        header = Header(
            height=draws.choice((48, 50, 52)) if not phone else draws.choice((50, 54)),
            back=draws.choice(("back", "arrow_back", "menu")) if phone else "",
            avatar=0,
            sign=draws.choice(("hash", "hash", "speaker")),
            centered=False,
            icons=("search",)
            if phone
            else draws.choice((("bell", "pin", "people", "search"), ("search", "dots_h"))),
            weight=draws.choice((600, 700)),
            subtitle=draws.chance(0.5),
            line=draws.chance(0.85),
        )
        bar = InputBar(
            height=draws.choice((40, 44, 46)),
            margin=draws.choice((8, 12, 16)) if not phone else 8,
            left=("plus_disc",) if phone else (),
            inside=draws.choice(
                (("plus_disc", "image", "smile"), ("plus", "smile"), ("clip", "smile", "mic"))
            )
            if not phone
            else ("smile",),
            right=(),
            disc=False,
            round=draws.choice((8, 8, 12, 22)),
            outlined=draws.chance(0.25),
        )
        return ListLook(
            palette=draw_palette(draws, dark),
            phone=draw_phone(draws, form),
            header=header,
            bar=bar,
            avatars=draw_avatar_style(draws, pictures),
            parts=draw_part_style(
                draws.fork("parts"),
                quotes=("line", "line", "bar"),
                reactions=("pills",),
                typing=("line",),
                unread=("line", "line", "middle"),
                edited=("brackets",),
                photos=(280.0, 320.0, 360.0),
            ),
            leading=draws.choice((1.32, 1.375, 1.42, 1.47)),
            padding=draws.choice((14, 16, 16, 20)),
            avatar=draws.choice((34, 40, 40)),
            spacing=draws.choice((12, 14, 16, 17, 18)),
            tight=draws.choice((2, 2, 3, 4)),
            name_weight=draws.choice((500, 600, 700)),
            names=draws.choice(("all", "some", "some", "none")),
            times=draws.choice(("day", "day", "clock", "short")),
            window=draws.choice((300.0, 420.0, 600.0)),
            side=not phone and draws.chance(0.35),
            scrolled=draws.uniform(20, 260) if draws.chance(0.1) else 0.0,
        )

    def paint(
        self, page: Page, conversation: Conversation, here: Locale, look: ListLook, avatars: Avatars
    ) -> None:
        """Draw the whole page and note every element."""
        wide = look.side and page.width >= page.px(_WIDE)
        column = page.px(_SIDE) if wide else 0
        if wide:
            top, head = page.px(look.phone.top), page.px(look.header.height)
            paint_sidebar(page, look.palette, avatars, conversation, here, width=column, top=top, head=head)
        with page.beside(column):
            self._paint_channel(page, conversation, here, look, avatars)
        paint_window(page, look.phone, look.palette, conversation)

    def _paint_channel(
        self, page: Page, conversation: Conversation, here: Locale, look: ListLook, avatars: Avatars
    ) -> None:
        palette = look.palette
        title, subtitle = conversation.channel, here.word("members", n=conversation.members)
        top, bottom = paint_frame(page, conversation, here, look, avatars, title, subtitle)
        painting = ListPainting(page, conversation, here, look, avatars)
        stack(page, painting.blocks(), top, bottom, from_top=False, shift=page.px(look.scrolled))
        hint = here.word("message_to", title=f"#{conversation.channel}")
        paint_input(page, palette, look.bar, look.phone, hint, palette.ground)


skins.register("server")(ServerSkin())

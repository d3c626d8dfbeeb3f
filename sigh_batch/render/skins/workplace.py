"""A workplace's channel: a list with square faces, threads below messages, chips, days in the line."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sigh_batch.render.avatars import Avatars, draw_avatar_style
from sigh_batch.render.bars import Header, draw_phone
from sigh_batch.render.colors import mix
from sigh_batch.render.inputs import InputBar, paint_input
from sigh_batch.render.layout import Block, day_text, stack
from sigh_batch.render.page import Page
from sigh_batch.render.palette import draw_palette
from sigh_batch.render.parts.part import Part, Tint
from sigh_batch.render.parts.style import draw_part_style
from sigh_batch.render.skins import skins
from sigh_batch.render.skins.base import paint_frame
from sigh_batch.render.skins.list_page import ListLook, ListPainting
from sigh_batch.render.window import paint_window
from sigh_batch.render.workspace import Workspace, draw_workspace, paint_workspace
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation, Message
from sigh_batch.scene.locale import Locale

_WIDE = 780
_MOODS = ("🌴", "🏠", "📅", "🎧", "🤒", "🚆", "☕")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkplaceLook(ListLook):
    """A look of the workplace skin."""

    workspace: Workspace
    pill: bool
    """Whether the day stands in an outlined pill."""
    moods: bool
    """Whether some people show an emoji beside their names."""


class WorkplacePainting(ListPainting):
    """One page while it is painted."""

    quotes_above = False
    _look: WorkplaceLook

    def beside_name(self, place: int, x: int, y: int, baseline: float) -> int:
        """Draw how somebody is today."""
        page, seed = self._page, self._person(place).avatar
        if not self._look.moods or seed % 3:
            return x
        mood = page.set(_MOODS[(seed >> 5) % len(_MOODS)], page.style(page.sizes.label, 400, 1.2))
        page.text(mood, x + page.px(5), y + round(baseline - mood.lines[0].baseline), self._look.palette.text)
        return x + page.px(5) + round(mood.width)

    def thread(self, place: int, width: int, tint: Tint) -> Part | None:
        """Return the way to the answers, after the small faces of those who gave them."""
        page, px, said = self._page, self._page.px, self._conversation.messages[place]
        people, size = self._conversation.people, self._page.px(22)
        count = min(said.thread, 3, len(people) - 1)
        lead = count * (size + px(4)) + px(4)
        words = super().thread(place, width - lead, tint)
        if words is None:
            return None
        tall = max(size, words.height) + px(4)

        def draw(x: int, y: int, full: int, parent: int | None) -> None:  # noqa: ARG001
            for step in range(count):
                person = people[(said.author + 1 + step) % len(people)]
                top = y + (tall - size) // 2
                self._avatars.draw(page, person, x + step * (size + px(4)), top, size)
            words.draw(x + lead, y + (tall - words.height) // 2, words.width, parent)

        return Part(lead + words.width, tall, draw)

    def pause(self, said: Message) -> Block:
        """Return the date in the middle of a line, mostly in a pill."""
        page, palette, px = self._page, self._look.palette, self._page.px
        day, now = said.time.date(), self._conversation.now.date()
        shown = day_text(self._here, day, now, "relative")
        text = page.set(shown, page.style(page.sizes.small, 700, 1.35))
        tall, wide = px(26), round(text.width) + px(28)
        height = px(10) + tall

        def draw(y: int) -> None:
            top, x = y + px(10), (page.width - wide) // 2
            page.box(0, top + tall // 2, page.width, page.hair, palette.line)
            page.box(x, top, wide, tall, palette.ground, tall / 2)
            if self._look.pill:
                page.edge(x, top, wide, tall, palette.line, page.hair, tall / 2)
            at = top + round((tall - text.height) / 2)
            page.label("separator", text, x + px(14), at, palette.text, value=day.isoformat())

        return Block(height, draw)

    def system(self, place: int, said: Message) -> Block:
        """Return a line of the application, posted as a message of an app."""
        page, look, px, palette = self._page, self._look, self._page.px, self._look.palette
        name = page.set(
            self._conversation.community, self._name, self._width * 0.6, lines=1, direction="auto"
        )
        tag = page.set("APP", page.style(page.sizes.small, 600, 1.2), direction="ltr")
        text = page.set(said.text, self._body, self._width, direction="auto")
        above, head, size = px(look.spacing), round(name.height) + px(1), px(look.avatar)
        radius = size * look.avatars.roundness

        def draw(y: int) -> None:
            at = y + above
            page.box(self._left, at + px(2), size, size, mix(palette.ground, palette.text, 0.14), radius)
            inner = round(size * 0.56)
            inset = (size - inner) // 2
            page.icon("bell", self._left + inset, at + px(2) + inset, inner, palette.text, 2.0)
            page.text(name, self._text_left, at, palette.text)
            x, baseline = self._text_left + round(name.width) + px(6), name.lines[0].baseline
            top = at + round(baseline - tag.lines[0].baseline)
            wide, fill = round(tag.width) + px(8), mix(palette.ground, palette.text, 0.11)
            page.box(x, top - px(1), wide, round(tag.height) + px(1), fill, px(3))
            page.text(tag, x + px(4), top, palette.secondary(fill))
            self._time(said, place, at, x + wide, baseline, None)
            page.label("system", text, self._text_left, at + head, palette.text, message=place)

        return Block(above + max(head + round(text.height), size + px(2)), draw)


class WorkplaceSkin:
    """Messages in a list, beside columns of channels and people."""

    forms = ("phone", "desktop")
    groups = (True,)
    service = False
    row = 52.0

    def design(self, draws: Draws, dark: bool, form: str, pictures: bool) -> WorkplaceLook:
        """Return a look."""
        phone = form == "phone"
        palette = draw_palette(draws, dark, ground=None if dark else (255, 255, 255))
        avatars = draw_avatar_style(draws, pictures)
        return WorkplaceLook(
            palette=palette,
            phone=draw_phone(draws, form),
            header=_header(draws, phone),
            bar=_input(draws, phone),
            avatars=replace(avatars, roundness=draws.choice((0.1, 0.14, 0.2, 0.24))),
            parts=draw_part_style(
                draws.fork("parts"),
                quotes=("bar",),
                named=0.0,
                reactions=("pills",),
                cards=("above", "beside", "plain"),
                voices=("disc", "track"),
                typing=("line",),
                unread=("line", "line", "middle"),
                edited=("brackets",),
                corners=(6.0, 8.0, 12.0),
                photos=(300.0, 340.0, 360.0),
            ),
            leading=draws.choice((1.4, 1.46, 1.5)),
            padding=draws.choice((12, 16)) if phone else draws.choice((16, 20, 20)),
            avatar=draws.choice((34, 36, 38)),
            spacing=draws.choice((14, 16, 18)),
            tight=draws.choice((4, 6, 8)),
            name_weight=draws.choice((700, 700, 600)),
            names="none",
            times="clock",
            window=draws.choice((300.0, 600.0)),
            side=not phone,
            scrolled=draws.uniform(20, 260) if draws.chance(0.1) else 0.0,
            workspace=draw_workspace(draws.fork("workspace"), palette, not phone and draws.chance(0.75)),
            pill=draws.chance(0.75),
            moods=draws.chance(0.5),
        )

    def paint(
        self, page: Page, conversation: Conversation, here: Locale, look: WorkplaceLook, avatars: Avatars
    ) -> None:
        """Draw the whole page and note every element."""
        wide = look.workspace.width > 0 and page.width >= page.px(_WIDE)
        column = page.px(look.workspace.width) if wide else 0
        if wide:
            top, head = page.px(look.phone.top), page.px(look.header.height)
            paint_workspace(page, look.workspace, avatars, conversation, here, top=top, head=head)
        with page.beside(column):
            self._paint_channel(page, conversation, here, look, avatars)
        paint_window(page, look.phone, look.palette, conversation)

    def _paint_channel(
        self, page: Page, conversation: Conversation, here: Locale, look: WorkplaceLook, avatars: Avatars
    ) -> None:
        palette = look.palette
        title, subtitle = conversation.channel, here.word("members", n=conversation.members)
        top, bottom = paint_frame(page, conversation, here, look, avatars, title, subtitle)
        painting = WorkplacePainting(page, conversation, here, look, avatars)
        stack(page, painting.blocks(), top, bottom, from_top=False, shift=page.px(look.scrolled))
        hint = here.word("message_to", title=f"#{conversation.channel}")
        paint_input(page, palette, look.bar, look.phone, hint, palette.ground)


def _header(draws: Draws, phone: bool) -> Header:
    return Header(
        height=draws.choice((49, 52, 56)),
        back=draws.choice(("back", "arrow_back", "menu")) if phone else "",
        avatar=0,
        sign="hash",
        centered=False,
        icons=("search",) if phone else draws.choice((("call", "people", "search"), ("people", "dots_v"))),
        weight=700,
        subtitle=phone or draws.chance(0.4),
        line=True,
    )


def _input(draws: Draws, phone: bool) -> InputBar:
    row: tuple[str, ...] = ("plus_disc", "letters", "smile", "at", "video", "mic", "send")
    if phone:
        row = ("plus", "letters", "at", "image", "send") if draws.chance(0.5) else ()
    return InputBar(
        height=draws.choice((38, 40, 42)),
        margin=draws.choice((8, 10)) if phone else draws.choice((14, 16, 20)),
        left=() if row else ("plus_disc",),
        inside=(),
        right=() if row else ("send",),
        disc=False,
        round=draws.choice((6, 8, 8, 10)),
        outlined=draws.chance(0.85),
        tools=row,
    )


skins.register("workplace")(WorkplaceSkin())

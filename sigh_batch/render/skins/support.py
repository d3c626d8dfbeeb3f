"""A company's chat with a customer: an order's card, answers to pick from, and a mark at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sigh_batch.render.avatars import Avatars, draw_avatar_style
from sigh_batch.render.bars import Header, draw_phone
from sigh_batch.render.colors import Rgb, mix, oklch, text_on
from sigh_batch.render.inputs import InputBar, paint_input
from sigh_batch.render.layout import Block, Row, stack
from sigh_batch.render.page import Page
from sigh_batch.render.palette import Palette, branded, draw_palette
from sigh_batch.render.parts.part import Part
from sigh_batch.render.parts.style import draw_part_style
from sigh_batch.render.photos import photo
from sigh_batch.render.skins import skins
from sigh_batch.render.skins.base import Pill, paint_frame, pill_block
from sigh_batch.render.skins.stacked_page import StackedLook, StackedPainting
from sigh_batch.render.storefront import NARROWEST, paint_storefront
from sigh_batch.render.window import paint_window
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation, Message
from sigh_batch.scene.locale import Locale

_ORDER = re.compile(r"\b[A-Z]{2}-?\d{5,}\b")
_CHOICES = ("quick_yes", "quick_no", "quick_person")


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportLook(StackedLook):
    """A look of the support skin; sizes in logical pixels."""

    order: bool
    """Whether the card of an order stands below the header."""
    choices: bool
    """Whether answers to pick from stand below the company's last message."""
    rating: bool
    """Whether stars below the last message ask for a mark."""
    panel: float
    """Width of the chat beside the shop's page; 0 fills the window."""


class SupportPainting(StackedPainting):
    """One page while it is painted."""

    _look: SupportLook

    def heading(self, row: Row, said: Message) -> Part | None:
        """Return who answers for the company, and as what."""
        if row.own or not row.first:
            return None
        page, soft = self._page, self._look.palette.soft
        person = self._conversation.people[said.author]
        name = page.set(
            person.name,
            page.style(page.sizes.small, 600, 1.35),
            self._widest * 0.6,
            lines=1,
            direction="auto",
        )
        room = self._widest - name.width - page.px(6)
        role = page.set(f"\u00b7 {self._here.word('agent')}", self._small, room, lines=1)
        gap = page.px(5)

        def draw(x: int, y: int, width: int, root: int | None) -> None:  # noqa: ARG001
            self.author(name, x, y, self._look.palette.text, row.place, root)
            page.label("role", role, x + round(name.width) + gap, y, soft, message=row.place, parent=root)

        return Part(round(name.width) + gap + round(role.width + 0.49), round(name.height), draw)

    def below(self) -> Iterator[Block]:
        """Yield what follows the newest message: somebody typing, a call for a mark, or answers to pick."""
        last = self._conversation.messages[-1]
        yield from super().below()
        if self._conversation.typing is not None:
            return
        if self._look.rating:
            yield self._rating()
        elif self._look.choices and last.author != self._conversation.owner:
            yield self._choices()

    def above(self) -> Iterator[Block]:
        """Yield who came to help."""
        conversation = self._conversation
        agent = conversation.people[1 - conversation.owner]
        pill = Pill(ground=None, ink=self._look.palette.soft, weight=400, margin=8)
        yield pill_block(self._page, pill, "system", self._here.word("joined", a=agent.name))

    def order(self) -> Block:
        """Return the card of the order that the conversation is about, for below the header."""
        page, px, look, here = self._page, self._page.px, self._look, self._here
        seed = self._conversation.people[0].avatar
        told = (_ORDER.search(said.text) for said in reversed(self._conversation.messages))
        number = next((found[0] for found in told if found), f"#{100000 + seed % 899999}")
        side, thumb = px(look.side), px(56)
        tall, wide = thumb + 2 * px(10), min(page.width - 2 * side, px(460))
        fill = mix(look.palette.ground, look.palette.text, 0.035)
        room = wide - thumb - px(34)
        title = page.set(here.word("order", n=number), page.style(page.sizes.body, 600, 1.3), room, lines=1)
        about = f"{here.word('items', n=2 + seed % 4)} \u00b7 {here.word('on_its_way')}"
        under = page.set(about, page.style(page.sizes.label, 400, 1.3), room, lines=1)

        def draw(y: int) -> None:
            top, radius = y + px(10), px(look.parts.corner)
            root = page.note("card", side, top, wide, tall, text=title.text)
            page.box(side, top, wide, tall, fill, radius)
            page.edge(side, top, wide, tall, look.palette.line, page.hair, radius)
            page.photo(photo(seed % 12, "square"), side + px(10), top + px(10), thumb, thumb, px(6))
            page.note("picture", side + px(10), top + px(10), thumb, thumb, parent=root)
            x, at = side + px(22) + thumb, top + round((tall - title.height - under.height) / 2)
            page.label("card", title, x, at, look.palette.text, parent=root)
            ink = look.palette.secondary(fill)
            page.label("card", under, x, at + round(title.height), ink, parent=root)

        return Block(tall + px(20), draw)

    def _choices(self) -> Block:
        """Return answers that can be picked, in rows at the end of the line."""
        page, px, look = self._page, self._page.px, self._look
        style = page.style(page.sizes.label, 500, 1.3)
        room, gap, tall = page.width - 2 * px(look.side), px(8), px(34)
        texts = [page.set(self._here.word(name), style, room - px(28), lines=1) for name in _CHOICES]
        rows: list[list[int]] = [[]]
        for place, text in enumerate(texts):
            taken = sum(round(texts[one].width) + px(28) + gap for one in rows[-1])
            if rows[-1] and taken + text.width + px(28) > room:
                rows.append([])
            rows[-1].append(place)

        def draw(y: int) -> None:
            for step, row in enumerate(rows):
                x, top = page.width - px(look.side), y + px(10) + step * (tall + gap)
                for place in reversed(row):
                    text = texts[place]
                    wide = round(text.width) + px(28)
                    x -= wide
                    page.edge(x, top, wide, tall, look.palette.accent, max(page.hair, px(1)), tall / 2)
                    root = page.note("button", x, top, wide, tall, text=text.text)
                    at = top + round((tall - text.height) / 2)
                    page.label("button", text, x + px(14), at, look.palette.accent, parent=root)
                    x -= gap

        return Block(px(10) + len(rows) * (tall + gap), draw)

    def _rating(self) -> Block:
        """Return the question how it went, and stars to answer it."""
        page, px, palette = self._page, self._page.px, self._look.palette
        words = page.set(
            self._here.word("rate"), page.style(page.sizes.label, 500, 1.35), page.width - px(60), lines=1
        )
        size, gap = px(26), px(8)
        tall = round(words.height) + px(8) + size

        def draw(y: int) -> None:
            top, x = y + px(14), (page.width - 5 * size - 4 * gap) // 2
            page.label("system", words, round((page.width - words.width) / 2), top, palette.text)
            for step in range(5):
                at = x + step * (size + gap)
                page.icon("star", at, top + round(words.height) + px(8), size, palette.accent, 1.6)

        return Block(tall + px(24), draw)


class SupportSkin:
    """A customer's conversation with somebody who helps."""

    forms = ("phone", "desktop")
    groups = (False,)
    service = True
    row = 60.0

    def design(self, draws: Draws, dark: bool, form: str, pictures: bool) -> SupportLook:
        """Return a look."""
        phone = form == "phone"
        hue = draws.uniform(0.38, 1.1) % 1
        brand = oklch(draws.uniform(0.44, 0.56), draws.uniform(0.08, 0.18), hue)
        ground: Rgb | None = None if dark else draws.choice(((255, 255, 255), (250, 250, 252)))
        palette = branded(draw_palette(draws, dark, ground=ground, accent_hue=hue), brand)
        full = phone or draws.chance(0.35)
        return SupportLook(
            palette=palette,
            phone=draw_phone(draws, form),
            header=_header(draws, phone),
            bar=_input(draws),
            avatars=draw_avatar_style(draws, pictures, round_only=True),
            parts=draw_part_style(
                draws.fork("parts"),
                quotes=("box", "bar"),
                reactions=("badge",),
                voices=("disc",),
                typing=("dots",),
                unread=("middle", "pill"),
                edited=("plain",),
                corners=(6.0, 8.0, 10.0, 12.0),
                photos=(200.0, 220.0),
            ),
            leading=draws.choice((1.34, 1.4, 1.45)),
            theirs=_theirs(draws, palette),
            mine=brand,
            theirs_text=palette.text,
            mine_text=text_on(brand, 4.2),
            shape="stacked",
            radius=draws.choice((6.0, 10.0, 14.0, 16.0)),
            side=draws.choice((14, 16, 18)) if full else draws.choice((14, 16)),
            across=draws.choice((12, 14)),
            down=draws.choice((9, 10, 11)),
            spacing=draws.choice((12, 14, 16)),
            tight=draws.choice((3, 4)),
            widest=draws.uniform(0.72, 0.8) if phone or not full else draws.uniform(0.45, 0.6),
            pause=3600.0,
            days=draws.choice(("relative", "long", "full")),
            receipt=draws.choice(("words", "", "")),
            avatar=draws.choice((28.0, 30.0, 32.0)),
            alone=True,
            badge="bottom",
            times="below",
            order=draws.chance(0.5),
            choices=draws.chance(0.6),
            rating=draws.chance(0.2),
            panel=0.0 if full else draws.choice((360.0, 380.0, 400.0)),
        )

    def paint(
        self, page: Page, conversation: Conversation, here: Locale, look: SupportLook, avatars: Avatars
    ) -> None:
        """Draw the whole page and note every element."""
        beside = page.width - page.px(look.panel) if look.panel else 0
        if beside < page.px(NARROWEST):
            beside = 0
        if beside:
            seed = conversation.people[0].avatar
            paint_storefront(page, look.palette, seed, top=page.px(look.phone.top), width=beside)
        with page.beside(beside):
            self._paint_chat(page, conversation, here, look, avatars)
        paint_window(page, look.phone, look.palette, conversation)

    def _paint_chat(
        self, page: Page, conversation: Conversation, here: Locale, look: SupportLook, avatars: Avatars
    ) -> None:
        palette = look.palette
        page.box(0, 0, page.width, page.height, palette.ground)
        title, subtitle = conversation.title, here.word("replies_soon")
        top, bottom = paint_frame(page, conversation, here, look, avatars, title, subtitle)
        painting = SupportPainting(page, conversation, here, look, avatars)
        if look.order:
            card = painting.order()
            card.draw(top)
            top += card.height
            page.box(0, top - page.hair, page.width, page.hair, palette.line)
        stack(page, painting.blocks(), top, bottom, from_top=True)
        paint_input(page, palette, look.bar, look.phone, here.word("message"), palette.ground)
        if not look.bar.outlined and not look.bar.bare:
            page.box(0, bottom, page.width, page.hair, palette.line)


def _theirs(draws: Draws, palette: Palette) -> Rgb:
    """Return the ground of the company's bubbles."""
    if palette.dark:
        return mix(palette.ground, (255, 255, 255), draws.uniform(0.09, 0.14))
    return mix(palette.ground, (24, 28, 50), draws.uniform(0.05, 0.08))


def _header(draws: Draws, phone: bool) -> Header:
    centered = draws.chance(0.25)
    return Header(
        height=draws.choice((104, 112)) if centered else draws.choice((64, 70, 76)),
        back=draws.choice(("back", "down", "arrow_back")) if phone else "",
        avatar=draws.choice((42, 46, 50)) if centered else draws.choice((40, 44)),
        sign="",
        centered=centered,
        icons=draws.choice((("dots_h", "cross"), ("cross",), ("dots_v", "down"))),
        weight=600,
        subtitle=True,
        line=False,
    )


def _input(draws: Draws) -> InputBar:
    bare = draws.chance(0.5)
    return InputBar(
        height=draws.choice((44, 48)) if bare else draws.choice((40, 42)),
        margin=draws.choice((2, 4)) if bare else draws.choice((10, 12)),
        left=() if bare else draws.choice(((), ("clip",))),
        inside=() if bare else ("", "smile"),
        right=("smile", "clip", "send") if bare else ("send",),
        disc=not bare and draws.chance(0.5),
        round=draws.choice((8, 20, 24)),
        outlined=not bare and draws.chance(0.5),
        bright=draws.chance(0.6),
        bare=bare,
    )


skins.register("support")(SupportSkin())

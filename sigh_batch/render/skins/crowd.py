"""A lively group: names and roles inside bubbles, faces beside them, forwarded posts, a drawn wallpaper."""

from __future__ import annotations

from collections.abc import Iterator

from sigh_batch.render.avatars import draw_avatar_style
from sigh_batch.render.bars import Header, draw_phone
from sigh_batch.render.colors import Rgb, mix, oklch, readable, text_on
from sigh_batch.render.inputs import InputBar
from sigh_batch.render.layout import Block, Row
from sigh_batch.render.palette import Palette, draw_palette
from sigh_batch.render.parts.part import Part
from sigh_batch.render.parts.style import draw_part_style
from sigh_batch.render.skins import skins
from sigh_batch.render.skins.base import Pill, pill_block
from sigh_batch.render.skins.bubble_page import BubbleLook, BubblePainting
from sigh_batch.render.skins.bubbles import BubbleSkin
from sigh_batch.render.typeset import Paragraph
from sigh_batch.render.wallpaper import draw_wallpaper
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Message


class CrowdPainting(BubblePainting):
    """One page while it is painted: bubbles, with roles and where a post was forwarded from."""

    def heading(self, name: Paragraph, color: Rgb, place: int) -> Part:
        """Return the name, and at the line's end the role of those who have one."""
        bare, page = super().heading(name, color, place), self._page
        person = self._person(place)
        if person is not self._conversation.people[0]:
            return bare
        role = page.set(self._here.word("admin"), self._small, lines=1)
        wide, gap = round(role.width + 0.49), page.px(14)
        if bare.width + gap + wide > self._widest:
            return bare
        ink = self.tint(False).soft

        def draw(x: int, y: int, width: int, root: int | None) -> None:
            bare.draw(x, y, width, root)
            lift = round(name.lines[0].baseline - role.lines[0].baseline)
            page.label("role", role, x + width - wide, y + lift, ink, message=place, parent=root)

        return Part(bare.width + gap + wide, bare.height, draw)

    def above(self) -> Iterator[Block]:
        """Yield how the group began."""
        conversation = self._conversation
        founder = conversation.people[0].name
        words = self._here.word("created", a=founder, title=conversation.title)
        yield pill_block(self._page, self._look.pill, "system", words)

    def mark(self, row: Row, said: Message) -> Part | None:
        """Return where a post came from; of pictures and links every third is passed on."""
        carried, page, tint = said.attachment, self._page, self.tint(row.own)
        if not carried or carried.kind not in ("picture", "link") or carried.seed % 3:
            return None
        words = self._here.word("forwarded", a=self._conversation.community)
        style = page.style(page.sizes.label, 400, 1.3)
        text = page.set(words, style, self._widest, lines=1, direction="auto")

        def draw(x: int, y: int, width: int, root: int | None) -> None:  # noqa: ARG001
            page.label("forwarded", text, x, y, tint.accent, message=row.place, parent=root)

        return Part(round(text.width + 0.49), round(text.height) + page.px(2), draw)


class CrowdSkin(BubbleSkin):
    """A group's bubbles on a drawn wallpaper; on computers with the list of chats."""

    groups = (True,)
    row = 58.0
    painting = CrowdPainting

    def design(self, draws: Draws, dark: bool, form: str, pictures: bool) -> BubbleLook:
        """Return a look."""
        phone = form == "phone"
        hue = draws.choice((0.4, 0.44, 0.6, 0.66, 0.78)) + draws.uniform(-0.04, 0.04)
        kinds = ("doodles", "doodles", "doodles", "gradient")
        wallpaper, ground = draw_wallpaper(draws, dark, hue, kinds, draws.uniform(0.04, 0.1))
        palette = draw_palette(draws, dark, ground=ground, hue=hue, accent_hue=draws.uniform(0.6, 0.74))
        theirs, mine = _grounds(draws, palette, hue)
        radius = draws.choice((12.0, 15.0, 16.0, 18.0))
        return BubbleLook(
            palette=palette,
            phone=draw_phone(draws, form),
            header=_header(draws, phone),
            bar=_input(draws, phone),
            avatars=draw_avatar_style(draws, pictures, round_only=True),
            parts=draw_part_style(
                draws.fork("parts"),
                quotes=("bar", "box", "box"),
                reactions=("pills",),
                cards=("above", "beside", "plain"),
                voices=("disc",),
                typing=("dots",),
                unread=("band", "band", "pill"),
                edited=("plain",),
                corners=(4.0, 6.0, 14.0),
                photos=(260.0, 280.0, 300.0),
            ),
            leading=draws.choice((1.3, 1.34, 1.38)),
            wallpaper=wallpaper,
            theirs=theirs,
            mine=mine,
            theirs_text=palette.text if dark else text_on(theirs, 12.0),
            mine_text=palette.text if dark else text_on(mine),
            link=readable(0.6, 0.15, palette.accent_hue, theirs, palette.floor),
            mine_link=readable(0.6, 0.15, palette.accent_hue, mine, palette.floor),
            read=readable(0.62, 0.14, hue, mine, 2.6),
            pill=_pill(draws, palette),
            radius=radius,
            tail=draws.choice(("bottom", "bottom", "none")),
            shadow=0.0 if dark else draws.choice((0.0, 0.5, 0.8)),
            side=draws.choice((8, 9, 10)) if phone else draws.choice((12, 16, 20)),
            across=draws.choice((10, 11, 12)),
            down=draws.choice((6, 7)),
            spacing=draws.choice((6, 8)),
            tight=draws.choice((2, 2, 3)),
            widest=draws.uniform(0.78, 0.86) if phone else draws.uniform(0.55, 0.7),
            beside=True,
            window=draws.choice((900.0, 3600.0)),
            days=draws.choice(("long", "long", "relative")),
            scrolled=draws.uniform(20, 300) if draws.chance(0.15) else 0.0,
            chats=not phone and draws.chance(0.8),
            pinned=draws.chance(0.4),
        )


def _grounds(draws: Draws, palette: Palette, hue: float) -> tuple[Rgb, Rgb]:
    """Return the grounds of their and of my bubbles."""
    if palette.dark:
        theirs = mix(palette.ground, (255, 255, 255), draws.uniform(0.07, 0.11))
        return theirs, oklch(draws.uniform(0.38, 0.46), draws.uniform(0.07, 0.12), palette.accent_hue)
    mine = oklch(draws.uniform(0.94, 0.965), draws.uniform(0.05, 0.08), draws.choice((0.38, 0.4, hue)))
    return (255, 255, 255), mine


def _pill(draws: Draws, palette: Palette) -> Pill:
    """Return dates in white on a shade of the wallpaper."""
    tint = 0.02 if palette.dark else 0.07
    ground = oklch(0.3 if palette.dark else draws.uniform(0.52, 0.58), tint, palette.hue)
    return Pill(
        ground=ground, ink=text_on(ground, 4.0), weight=draws.choice((500, 600)), margin=6, round=14.0
    )


def _header(draws: Draws, phone: bool) -> Header:
    return Header(
        height=draws.choice((52, 54, 56)),
        back=draws.choice(("back", "arrow_back")) if phone else "",
        avatar=draws.choice((36, 38, 40)) if phone else draws.choice((0, 36)),
        sign="",
        centered=False,
        icons=("dots_v",) if phone else draws.choice((("search", "info", "dots_v"), ("search", "dots_v"))),
        weight=draws.choice((600, 700)),
        subtitle=True,
        line=draws.chance(0.7),
    )


def _input(draws: Draws, phone: bool) -> InputBar:
    first = draws.chance(0.6)
    return InputBar(
        height=draws.choice((46, 48, 50)),
        margin=0 if not phone else draws.choice((0, 1)),
        left=("clip",) if first else (),
        inside=("", "smile") if first else ("smile", "clip"),
        right=draws.choice((("mic",), ("mic",), ("send",))),
        disc=False,
        round=0,
        outlined=False,
        bare=True,
    )


skins.register("crowd")(CrowdSkin())

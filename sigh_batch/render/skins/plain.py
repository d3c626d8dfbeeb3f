"""A bare list: faces, names with their numbers, times, words, and nothing around them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sigh_batch.render.avatars import Avatars, draw_avatar_style
from sigh_batch.render.bars import Header, draw_phone
from sigh_batch.render.colors import Rgb, contrast, mix
from sigh_batch.render.inputs import InputBar
from sigh_batch.render.layout import Block, Row, rows_of, stack
from sigh_batch.render.page import Page
from sigh_batch.render.palette import Palette, draw_palette
from sigh_batch.render.parts.part import Tint
from sigh_batch.render.parts.style import draw_part_style
from sigh_batch.render.skins import skins
from sigh_batch.render.skins.list_page import ListLook, ListPainting
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation, Message, Person
from sigh_batch.scene.locale import Locale

_NO_HEADER = Header(
    height=0, back="", avatar=0, sign="", centered=False, icons=(), weight=400, subtitle=False, line=False
)
_NO_BAR = InputBar(height=0, margin=0, left=(), inside=(), right=(), disc=False, round=0, outlined=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainLook(ListLook):
    """A look of the plain skin; sizes in logical pixels."""

    gap: float
    """Between avatars and words."""
    apart: float
    """Between a name and its time."""
    numbers: bool
    """Whether names end in a number of four digits."""


class PlainPainting(ListPainting):
    """One page while it is painted: every message alone."""

    quotes_above = False
    _look: PlainLook

    def __init__(
        self, page: Page, conversation: Conversation, here: Locale, look: PlainLook, avatars: Avatars
    ) -> None:
        super().__init__(page, conversation, here, look, avatars)
        self.foot = look.spacing
        self._text_left = self._left + page.px(look.avatar + look.gap)
        self._width = page.width - self._text_left - self._left
        self._name = page.style(page.sizes.title, look.name_weight, look.leading)
        self._small = self._body

    def rows(self) -> list[Row]:
        """Return the rows: no groups, no dates."""
        return rows_of(self._conversation, days=False, window=0.0)

    def above(self) -> tuple[Block, ...]:  # type: ignore[override]
        """Return nothing: what is older is just not there."""
        return ()

    def thread(self, place: int, width: int, tint: Tint) -> None:
        """Return nothing: there are no threads."""

    def beside_name(self, place: int, x: int, y: int, baseline: float) -> int:
        """Draw the number that tells people of one name apart."""
        page, px, person = self._page, self._page.px, self._person(place)
        apart = px(self._look.apart) - px(8)
        if not self._look.numbers:
            return x + apart
        number = page.set(f"#{1000 + person.avatar % 9000}", self._name, direction="ltr")
        page.text(number, x, y + round(baseline - number.lines[0].baseline), self._name_color(person))
        return x + round(number.width) + apart

    def _name_color(self, person: Person) -> Rgb:
        """Return a colour of three free channels, moved until it can be read."""
        palette, seed = self._look.palette, person.avatar
        low, span = (100, 156) if palette.dark else (0, 151)
        red, green, blue = (low + (seed >> shift) % span for shift in (3, 15, 27))
        color, end = (red, green, blue), 255 if palette.dark else 0
        while contrast(color, palette.ground) < palette.floor:
            color = mix(color, (end, end, end), 0.12)
        return color

    def system(self, place: int, said: Message) -> Block:
        """Return a line of the application, without a face."""
        page, px = self._page, self._page.px
        text = page.set(said.text, self._body, self._width, direction="auto")
        above = px(self._look.spacing)

        def draw(y: int) -> None:
            ink = self._look.palette.soft
            page.label("system", text, self._text_left, y + above, ink, message=place)

        return Block(above + round(text.height), draw)


class PlainSkin:
    """Messages below each other on one colour."""

    forms = ("desktop", "phone")
    groups = (True, False)
    service = False
    row = 66.0

    def design(self, draws: Draws, dark: bool, form: str, pictures: bool) -> PlainLook:
        """Return a look."""
        phone = form == "phone"
        return PlainLook(
            palette=_palette(draws, dark),
            phone=replace(draw_phone(draws, form), status="", indicator=False),
            header=_NO_HEADER,
            bar=_NO_BAR,
            avatars=draw_avatar_style(draws, pictures, round_only=draws.chance(0.8)),
            parts=draw_part_style(
                draws.fork("parts"),
                quotes=("bar", "box"),
                named=0.0,
                reactions=("pills",),
                typing=("line",),
                unread=("line", "middle"),
                edited=("brackets",),
                photos=(220.0, 260.0, 300.0),
            ),
            leading=draws.choice((1.2, 1.26, 1.32)),
            padding=draws.choice((10, 12, 16)) if phone else draws.choice((16, 20, 20, 24)),
            avatar=draws.choice((32, 36, 36, 40)),
            spacing=draws.choice((18, 20, 22)),
            tight=20,
            name_weight=700,
            names="all",
            times="clock",
            window=0.0,
            side=False,
            scrolled=0.0,
            gap=draws.choice((10, 12)) if phone else draws.choice((16, 20, 24)),
            apart=draws.choice((8, 10)) if phone else draws.choice((12, 20, 20)),
            numbers=draws.chance(0.6) and not phone,
        )

    def paint(
        self, page: Page, conversation: Conversation, here: Locale, look: PlainLook, avatars: Avatars
    ) -> None:
        """Draw the whole page and note every element."""
        painting = PlainPainting(page, conversation, here, look, avatars)
        stack(page, painting.blocks(), 0, page.height, from_top=True)


def _palette(draws: Draws, dark: bool) -> Palette:
    """Return greys without any tint."""
    ground, text, soft = (20, 40), (200, 255), (140, 160)
    if not dark:
        ground, text, soft = (240, 255), (20, 60), (100, 120)
    base = _grey(draws.integer(*ground))
    palette = draw_palette(draws, dark, ground=base)
    time = _grey(draws.integer(*soft))
    while contrast(time, base) < palette.floor:
        time = _grey(time[0] + (4 if dark else -4))
    return replace(palette, text=_grey(draws.integer(*text)), soft=time)


def _grey(level: int) -> Rgb:
    return level, level, level


skins.register("plain")(PlainSkin())

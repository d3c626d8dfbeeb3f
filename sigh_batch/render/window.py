"""The strip above an application on a computer: the buttons of its window, and often its title."""

from __future__ import annotations

from sigh_batch.render.bars import Phone
from sigh_batch.render.colors import Rgb, mix
from sigh_batch.render.page import Page
from sigh_batch.render.palette import Palette
from sigh_batch.scene.conversation import Conversation

_DOTS: tuple[Rgb, Rgb, Rgb] = ((238, 104, 94), (240, 188, 70), (98, 196, 84))


def paint_window(page: Page, phone: Phone, palette: Palette, conversation: Conversation) -> None:
    """Draw the window's strip over the whole width; phones and bare pictures have none."""
    if phone.status not in ("dots", "grey_dots", "buttons"):
        return
    px, height = page.px, page.px(phone.top)
    ground = mix(palette.foot, palette.text, 0.045)
    ink = palette.secondary(ground)
    page.box(0, 0, page.width, height, ground)
    page.box(0, height - page.hair, page.width, page.hair, mix(ground, palette.text, 0.1))
    if phone.status == "buttons":
        _buttons(page, height, ink)
        return
    size = px(12)
    for place, color in enumerate(_DOTS):
        fill = color if phone.status == "dots" else mix(ground, palette.text, 0.2)
        page.disc(px(12) + place * px(20), (height - size) // 2, size, fill)
    if phone.status == "dots":
        name = conversation.community or conversation.title
        title = page.set(name, page.style(page.sizes.label, 600, 1.3), page.width - px(180), lines=1)
        x = round((page.width - title.width) / 2)
        page.label("header", title, x, round((height - title.height) / 2), ink)


def _buttons(page: Page, height: int, ink: Rgb) -> None:
    """Draw the signs to put away, to enlarge and to close."""
    px, size = page.px, page.px(10)
    thick, y = max(1, px(1)), (height - page.px(10)) // 2
    x = page.width - px(17) - size
    page.icon("cross", x - px(2), y - px(2), size + px(4), ink, 1.9)
    x -= px(44)
    page.edge(x, y, size, size, ink, thick)
    x -= px(44)
    page.box(x, y + size // 2, size, thick, ink)

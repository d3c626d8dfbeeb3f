"""A link's card: site, headline and description of the page behind a link, often with its picture."""

from __future__ import annotations

from sigh_batch.render.page import Page
from sigh_batch.render.parts.part import Part, Tint
from sigh_batch.render.parts.style import PartStyle
from sigh_batch.render.photos import photo
from sigh_batch.scene.conversation import Attachment


def card_part(page: Page, style: PartStyle, tint: Tint, link: Attachment, width: int, message: int) -> Part:
    """Return the card in the shape of the look, no wider than `width`."""
    px = page.px
    width = min(width, px(340))
    shape = style.card if link.seed else "plain"
    across, down = px(10), px(8)
    bar = px(style.bar) if style.card_bar else 0
    thumb = px(64) if shape == "beside" else 0
    banner = round(width * 0.5) if shape == "above" else 0
    room = width - bar - 2 * across - (thumb + across if thumb else 0)
    host = page.set(link.host, page.style(page.sizes.small, 400, 1.35), room, lines=1, direction="ltr")
    title = page.set(link.title, page.style(page.sizes.label, 600, 1.3), room, lines=2, direction="auto")
    about = page.set(
        link.description, page.style(page.sizes.small, 400, 1.35), room, lines=2, direction="auto"
    )
    order = (title, about, host) if style.card_bar or shape == "beside" else (host, title, about)
    words = sum(round(text.height) for text in order) + px(4)
    tall = banner + max(words, thumb) + 2 * down
    fill = tint.shade(style.shade)
    soft = tint.soft_on(fill)

    def draw(x: int, y: int, full: int, parent: int | None) -> None:
        full = max(min(full, width), 1)
        radius = float(px(style.corner))
        root = page.note(
            "card", x, y, full, tall, text=link.title, value=link.host, message=message, parent=parent
        )
        page.box(x, y, full, tall, fill, radius)
        if bar:
            page.box(x, y, bar, tall, tint.accent, (radius, 0.0, 0.0, radius))
        if banner:
            corners = (0.0 if bar else radius, radius, 0.0, 0.0)
            page.photo(photo(link.seed, "wide"), x + bar, y, full - bar, banner, corners)
            page.note("picture", x + bar, y, full - bar, banner, message=message, parent=root)
        top, left = y + banner + down, x + bar + across
        if thumb:
            spot = x + full - across - thumb
            page.photo(photo(link.seed, "square"), spot, top, thumb, thumb, px(4))
            page.note("picture", spot, top, thumb, thumb, message=message, parent=root)
        for text in order:
            ink = tint.text if text is title else soft
            page.label("card", text, left, top, ink, message=message, parent=root)
            top += round(text.height) + px(2)

    return Part(width, tall, draw)

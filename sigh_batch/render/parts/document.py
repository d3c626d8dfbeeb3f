"""An attached file: a sign, its name, its kind and size."""

from __future__ import annotations

from sigh_batch.render.colors import text_on
from sigh_batch.render.page import Page
from sigh_batch.render.parts.part import Part, Tint
from sigh_batch.render.parts.style import PartStyle
from sigh_batch.scene.conversation import Attachment
from sigh_batch.scene.locale import Locale


def document_part(
    page: Page, style: PartStyle, tint: Tint, here: Locale, file: Attachment, width: int, message: int
) -> Part:
    """Return the file's box, no wider than `width`."""
    px = page.px
    sign, across, down = px(36), px(10), px(9)
    room = min(width, px(320)) - sign - 3 * across
    name = page.set(file.title, page.style(page.sizes.label, 600, 1.3), room, lines=1, direction="ltr")
    ending = file.title.rpartition(".")[2].upper()
    said = f"{ending} \u00b7 {size_text(here, file.size)}"
    under = page.set(said, page.style(page.sizes.small, 400, 1.3), room, lines=1, direction="ltr")
    inner = round(name.height) + round(under.height)
    tall = max(sign, inner) + 2 * down
    wide = sign + 3 * across + round(max(name.width, under.width) + 0.49)
    fill = tint.shade(style.shade)

    def draw(x: int, y: int, full: int, parent: int | None) -> None:
        full = min(full, px(320))
        root = page.note(
            "file", x, y, full, tall, text=file.title, value=said, message=message, parent=parent
        )
        page.box(x, y, full, tall, fill, px(style.corner))
        left, top = x + across, y + (tall - sign) // 2
        page.box(left, top, sign, sign, tint.accent, px(min(style.corner, 8.0)))
        inset = px(8)
        page.icon("file", left + inset, top + inset, sign - 2 * inset, text_on(tint.accent, 3.0), 1.8)
        left += sign + across
        top = y + (tall - inner) // 2
        page.label("file", name, left, top, tint.text, message=message, parent=root)
        page.label(
            "file", under, left, top + round(name.height), tint.soft_on(fill), message=message, parent=root
        )

    return Part(wide, tall, draw)


def size_text(here: Locale, size: int) -> str:
    """Return a file's size as a region writes it, in thousands or millions of bytes."""
    if size < 1_000_000:
        return f"{max(1, size // 1000)} {here.word('kilobytes')}"
    return f"{here.number(size / 1_000_000, 1)} {here.word('megabytes')}"

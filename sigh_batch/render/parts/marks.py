"""Small marks: three dots of somebody typing, the line above what is unread, the answers of a thread."""

from __future__ import annotations

from sigh_batch.render.colors import mix
from sigh_batch.render.layout import Block
from sigh_batch.render.page import Page
from sigh_batch.render.parts.part import Part, Tint
from sigh_batch.render.parts.style import PartStyle


def typing_part(page: Page, style: PartStyle, tint: Tint, text: str, person: str, width: int) -> Part:
    """Return the mark of somebody typing: three dots alone, or with `text` beside them."""
    px = page.px
    dot, gap = px(7 if style.typing == "dots" else 5), px(4 if style.typing == "dots" else 3)
    dots = 3 * dot + 2 * gap
    words = None
    if style.typing == "line":
        words = page.set(
            text, page.style(page.sizes.small, 500, 1.35), width - dots - px(8), lines=1, direction="auto"
        )
    wide = dots + (px(8) + round(words.width + 0.49) if words else 0)
    tall = round(words.height) if words else px(18)

    def draw(x: int, y: int, full: int, parent: int | None) -> None:  # noqa: ARG001
        root = page.note("typing", x, y, wide, tall, text=text, value=person, parent=parent)
        for place in range(3):
            ink = mix(tint.soft, tint.ground, (0.0, 0.3, 0.55)[place])
            page.disc(x + place * (dot + gap), y + (tall - dot) // 2, dot, ink)
        if words:
            page.label("typing", words, x + dots + px(8), y, tint.soft, value=person, parent=root)

    return Part(wide, tall, draw)


def unread_block(page: Page, style: PartStyle, tint: Tint, text: str, side: int, message: int) -> Block:
    """Return the line between what was read and the message that was not; `side` is kept free beside it."""
    px = page.px
    strong = style.unread in ("line", "middle")
    words = page.set(text, page.style(page.sizes.small, 600, 1.3), page.width - 2 * side - px(60), lines=1)
    wide, high = round(words.width + 0.49), round(words.height)
    tall = px(14) if style.unread == "line" else high + px(22)
    ink = tint.accent if strong else tint.text

    def draw(y: int) -> None:
        middle, x = y + tall // 2, (page.width - wide) // 2
        if style.unread == "line":
            x = page.width - side - wide - px(6)
        if strong:
            page.box(side, middle - page.hair // 2, page.width - 2 * side, page.hair, ink)
            page.box(x - px(7), middle - px(5), wide + px(14), px(10), tint.ground)
        elif style.unread == "pill":
            page.box(x - px(12), y + px(7), wide + px(24), tall - px(14), tint.shade(0.1), px(14))
        else:
            page.box(0, y + px(5), page.width, tall - px(10), mix(tint.ground, tint.accent, 0.13))
        page.label("unread", words, x, middle - round(words.height / 2), ink, message=message)

    return Block(tall, draw)


def thread_part(page: Page, tint: Tint, text: str, last: str, width: int, message: int) -> Part:
    """Return the line that leads to a thread: how many answers it has, and when the last came."""
    px = page.px
    count = page.set(text, page.style(page.sizes.label, 600, 1.35), width, lines=1)
    room = width - round(count.width) - px(8)
    when = page.set(last, page.style(page.sizes.small, 400, 1.35), room, lines=1) if room > px(60) else None
    tall = round(count.height) + px(4)
    wide = round(count.width + 0.49) + (px(8) + round(when.width + 0.49) if when else 0)

    def draw(x: int, y: int, full: int, parent: int | None) -> None:  # noqa: ARG001
        root = page.note("thread", x, y, wide, tall, text=text, message=message, parent=parent)
        page.label("thread", count, x, y + px(2), tint.accent, message=message, parent=root)
        if when:
            lift = round(count.lines[0].baseline - when.lines[0].baseline)
            x += round(count.width + 0.49) + px(8)
            page.label("thread", when, x, y + px(2) + lift, tint.soft, message=message, parent=root)

    return Part(wide, tall, draw)

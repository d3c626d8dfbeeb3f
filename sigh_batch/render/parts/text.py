"""The words of a message with the mark that they were changed."""

from __future__ import annotations

from sigh_batch.render.page import Page
from sigh_batch.render.parts.part import Part, Tint
from sigh_batch.render.typeset import Paragraph


def with_edited(
    page: Page, words: Part, text: Paragraph, mark: Paragraph | None, tint: Tint, width: int, message: int
) -> Part:
    """Return the words followed by the mark, where the last line has room for it, else below."""
    if mark is None:
        return words
    last, gap = text.lines[-1], page.px(5)
    turned = (text.direction == "rtl") != page.rtl
    beside = not turned and last.width + gap + mark.width <= width
    down = round(last.baseline - mark.lines[0].baseline) if beside else words.height
    over = round(last.width) + gap if beside else 0
    wide = max(words.width, over + round(mark.width + 0.49))

    def draw(x: int, y: int, full: int, parent: int | None) -> None:
        words.draw(x, y, full, parent)
        page.label("edited", mark, x + over, y + down, tint.soft, message=message, parent=parent)

    return Part(wide, max(words.height, down + round(mark.height)), draw)

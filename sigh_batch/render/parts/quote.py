"""A quote: the message that this one answers, shown small above it."""

from __future__ import annotations

from dataclasses import dataclass

from sigh_batch.render.colors import Rgb, mix
from sigh_batch.render.page import Page
from sigh_batch.render.parts.part import Part, Tint
from sigh_batch.render.parts.style import PartStyle
from sigh_batch.render.photos import photo
from sigh_batch.scene.conversation import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """What a quote shows of the message it repeats."""

    number: int
    """The quoted message's number."""
    person: str
    """Id of who wrote it."""
    name: str
    text: str
    """Its words, or what its attachment is called."""
    icon: str
    """Sign before the text, for an attachment; or empty."""
    hue: Rgb
    """Colour of the bar and of the name."""
    attachment: Attachment | None


def quote_part(page: Page, style: PartStyle, tint: Tint, quoted: Quoted, width: int, message: int) -> Part:
    """Return the quote in the shape of the look, no wider than `width`; `message` is the one that answers."""
    if style.quote == "line":
        return _line(page, tint, quoted, width, message)
    return _box(page, style, tint, quoted, width, message)


def _box(page: Page, style: PartStyle, tint: Tint, quoted: Quoted, width: int, message: int) -> Part:
    px = page.px
    filled, outlined = style.quote == "box", style.quote == "outline"
    fill = tint.shade(style.shade) if filled else tint.ground
    bar = 0 if outlined else px(style.bar)
    left = bar + px(8)
    down = px(5) if filled or outlined else px(1)
    shown = quoted.attachment if quoted.attachment and quoted.attachment.kind == "picture" else None
    thumb = px(46) if shown else 0
    icon = px(14) if quoted.icon else 0
    room = width - left - px(10) - thumb
    name = page.set(quoted.name, page.style(page.sizes.label, 600, 1.3), room, lines=1, direction="auto")
    text = page.set(
        quoted.text,
        page.style(page.sizes.label, 400, 1.3),
        room - (icon + px(4) if icon else 0),
        lines=style.quote_lines,
        direction="auto",
    )
    inner = round(name.height) + round(text.height)
    tall = max(inner + 2 * down, px(42) if thumb else 0)
    side = min(tall - 2 * px(3), px(42))
    wide = (
        left
        + px(10)
        + max(round(name.width + 0.49), round(text.width + 0.49) + (icon + px(4) if icon else 0))
        + thumb
    )
    soft = tint.soft_on(fill)

    def draw(x: int, y: int, full: int, parent: int | None) -> None:
        root = page.note(
            "quote",
            x,
            y,
            full,
            tall,
            text=quoted.text,
            value=str(quoted.number),
            message=message,
            parent=parent,
        )
        radius = px(min(style.corner, 8.0))
        if filled:
            page.box(x, y, full, tall, fill, radius)
        if outlined:
            page.edge(x, y, full, tall, tint.shade(0.3), page.hair, px(style.corner + 4))
        if bar:
            radii = (radius, 0.0, 0.0, radius) if filled else bar / 2
            page.box(x, y, bar if not filled else max(bar, 1), tall, quoted.hue, radii)
        at = y + (tall - inner) // 2
        page.label(
            "author", name, x + left, at, quoted.hue, value=quoted.person, message=message, parent=root
        )
        at += round(name.height)
        if icon:
            page.icon(quoted.icon, x + left, at + (round(text.height) - icon) // 2, icon, soft, 1.9)
        begin = x + left + (icon + px(4) if icon else 0)
        page.label("quote", text, begin, at, soft, value=str(quoted.number), message=message, parent=root)
        if shown:
            page.photo(
                photo(shown.seed, "square"),
                x + full - side - px(3),
                y + (tall - side) // 2,
                side,
                side,
                px(4),
            )

    return Part(wide, tall, draw)


def _line(page: Page, tint: Tint, quoted: Quoted, width: int, message: int) -> Part:
    px = page.px
    hook, dot = px(6), px(15)
    style = page.style(page.sizes.small, 400, 1.35)
    name = page.set(
        quoted.name, page.style(page.sizes.small, 600, 1.35), width * 0.45, lines=1, direction="auto"
    )
    icon = px(13) if quoted.icon else 0
    before = hook + dot + px(5) + round(name.width + 0.49) + px(6) + (icon + px(4) if icon else 0)
    text = page.set(quoted.text, style, max(width - before, px(30)), lines=1, direction="auto")
    tall = round(name.height) + px(4)

    def draw(x: int, y: int, full: int, parent: int | None) -> None:  # noqa: ARG001
        root = page.note(
            "quote",
            x,
            y,
            before + text.width,
            round(name.height),
            text=quoted.text,
            value=str(quoted.number),
            message=message,
            parent=parent,
        )
        at = x + hook
        page.disc(at, y + (round(name.height) - dot) // 2, dot, mix(quoted.hue, tint.ground, 0.25))
        at += dot + px(5)
        page.label("author", name, at, y, quoted.hue, value=quoted.person, message=message, parent=root)
        if icon:
            mark = x + before - icon - px(4)
            page.icon(quoted.icon, mark, y + (round(name.height) - icon) // 2, icon, tint.soft, 1.9)
        page.label(
            "quote", text, x + before, y, tint.soft, value=str(quoted.number), message=message, parent=root
        )

    return Part(before + round(text.width + 0.49), tall, draw)

"""Where a client's user types: the field, the icons around it, and the home indicator below."""

from __future__ import annotations

from dataclasses import dataclass

from sigh_batch.render.bars import Phone
from sigh_batch.render.colors import Rgb, mix, see_through, text_on
from sigh_batch.render.page import Page
from sigh_batch.render.palette import Palette

_TOOLS = 34
"""Height of a row of tools in logical pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputBar:
    """How a client's input is laid out; sizes in logical pixels."""

    height: float
    """Height of the field."""
    margin: float
    """Around the field."""
    left: tuple[str, ...]
    """Icons before the field."""
    inside: tuple[str, ...]
    """Icons in the field: the first before the placeholder, the others at its end."""
    right: tuple[str, ...]
    """Icons after the field."""
    disc: bool
    """Whether the last icon stands white on a disc of the accent."""
    round: float
    """Corner radius of the field."""
    outlined: bool
    """Whether the field has an outline in place of a fill."""
    bright: bool = False
    """Whether the icons beside the field have the accent's colour."""
    bare: bool = False
    """Whether the field has neither a fill nor an outline, and a hairline stands above it."""
    tools: tuple[str, ...] = ()
    """Icons in a row of their own at the foot of the field; the last stands at its end."""


def input_height(page: Page, bar: InputBar, phone: Phone) -> int:
    """Return the height of the whole input area."""
    return _field_height(page, bar) + 2 * page.px(bar.margin) + page.px(phone.bottom)


def _field_height(page: Page, bar: InputBar) -> int:
    return page.px(bar.height) + (page.px(_TOOLS) if bar.tools else 0)


def paint_input(
    page: Page, palette: Palette, bar: InputBar, phone: Phone, hint: str, behind: Rgb | None
) -> None:
    """Draw the input area at the bottom and note it; on `behind`, or floating over what is there."""
    px = page.px
    top = page.height - input_height(page, bar, phone)
    if behind:
        page.box(0, top, page.width, page.height - top, behind)
    height, margin = px(bar.height), px(bar.margin)
    y = top + margin
    icon = px(24)
    dim = palette.secondary(behind or palette.ground)
    beside = palette.accent if bar.bright else dim
    outer = px(12) if bar.bare else margin
    left, right = outer, page.width - outer
    for name in bar.left:
        page.icon(name, left, y + (height - icon) // 2, icon, beside, 1.8)
        left += icon + px(10)
    for place, name in enumerate(reversed(bar.right)):
        if bar.disc and place == 0:
            right -= height
            page.disc(right, y, height, palette.accent)
            inner = round(height * 0.52)
            inset = (height - inner) // 2
            page.icon(name, right + inset, y + inset, inner, text_on(palette.accent, 2.6), 2.1)
            right -= px(8)
        else:
            right -= icon
            page.icon(name, right, y + (height - icon) // 2, icon, beside, 1.8)
            right -= px(12)
    tall = _field_height(page, bar)
    field = page.note("input", left, y, right - left, tall, text=hint)
    fill = behind if bar.outlined and behind else palette.field
    if bar.bare:
        fill = behind or palette.ground
        page.box(0, top, page.width, page.hair, palette.line)
    else:
        page.box(left, y, right - left, tall, fill, min(px(bar.round), tall / 2))
    if bar.outlined:
        page.edge(left, y, right - left, tall, mix(fill, dim, 0.4), page.hair, min(px(bar.round), tall / 2))
    _field(page, palette, bar, hint, left, right, y, height, fill, field)
    if bar.tools:
        _tools(page, palette, bar, left, right, y + height, fill)
    if phone.indicator:
        width = round(page.width * 0.36)
        ink = see_through(palette.text, 0.9)
        page.box((page.width - width) // 2, page.height - px(13), width, px(5), ink, px(2.5))


def _tools(page: Page, palette: Palette, bar: InputBar, left: int, right: int, y: int, fill: Rgb) -> None:
    px, size, ink = page.px, page.px(19), palette.secondary(fill)
    top = y + (px(_TOOLS) - px(5) - size) // 2
    for place, name in enumerate(bar.tools[:-1]):
        page.icon(name, left + px(12) + place * px(31), top, size, ink, 1.9)
    page.icon(bar.tools[-1], right - px(12) - size, top, size, ink, 1.9)


def _field(
    page: Page,
    palette: Palette,
    bar: InputBar,
    hint: str,
    left: int,
    right: int,
    y: int,
    height: int,
    fill: Rgb,
    field: int | None,
) -> None:
    px, small = page.px, page.px(21)
    ink = palette.secondary(fill)
    x = left + px(max(12.0, min(bar.round, bar.height / 2) * 0.8))
    if bar.inside and bar.inside[0]:
        page.icon(bar.inside[0], x, y + (height - small) // 2, small, ink, 1.8)
        x += small + px(9)
    for name in reversed(bar.inside[1:]):
        right -= small + px(12)
        page.icon(name, right, y + (height - small) // 2, small, ink, 1.8)
    text = page.set(hint, page.style(page.sizes.body), right - x - px(8), lines=1)
    page.label("input", text, x, y + round((height - text.height) / 2), ink, parent=field)

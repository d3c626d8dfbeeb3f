"""The page of a shop behind an open chat: goods in rows, dimmed."""

from __future__ import annotations

from sigh_batch.render.colors import mix, see_through
from sigh_batch.render.page import Page
from sigh_batch.render.palette import Palette
from sigh_batch.render.photos import photo

NARROWEST = 120
"""In logical pixels, what a shop needs beside a chat to be seen."""
_TILE = 190
_PICTURES = 12
"""How many goods all shops have, few, because a picture that was drawn once costs nothing."""


def paint_storefront(page: Page, palette: Palette, seed: int, *, top: int, width: int) -> None:
    """Draw the shop's page from `top` over the first `width` pixels of every line, in shade."""
    px = page.px
    ground = mix(palette.ground, palette.text, 0.0 if palette.dark else 0.01)
    page.box(0, top, width, page.height - top, ground)
    _menu(page, palette, top, width)
    side, gap = px(28), px(18)
    across = max(1, (width - 2 * side + gap) // (px(_TILE) + gap))
    tile = (width - 2 * side - (across - 1) * gap) // across
    row, y = tile + px(64), top + px(84)
    while y < page.height:
        for column in range(across):
            x = side + column * (tile + gap)
            _good(page, palette, x, y, tile, seed)
            seed += 1
        y += row
    page.box(0, top, width, page.height - top, see_through((0, 0, 0), 0.3))


def _menu(page: Page, palette: Palette, top: int, width: int) -> None:
    """Draw the shop's own bar: its sign, the names of its pages as lines, and a search."""
    px, tall = page.px, page.px(60)
    page.box(0, top + tall - page.hair, width, page.hair, palette.line)
    page.disc(px(28), top + (tall - px(26)) // 2, px(26), palette.accent)
    faint = mix(palette.ground, palette.text, 0.3)
    x = px(78)
    for length in (52, 70, 44, 60):
        if x + px(length) > width - px(80):
            break
        page.box(x, top + (tall - px(8)) // 2, px(length), px(8), faint, px(4))
        x += px(length + 26)
    page.icon("search", width - px(56), top + (tall - px(20)) // 2, px(20), palette.soft, 2.0)


def _good(page: Page, palette: Palette, x: int, y: int, tile: int, seed: int) -> None:
    """Draw one of the goods: its picture, and lines that stand for its name and price."""
    px, faint = page.px, mix(palette.ground, palette.text, 0.3)
    page.photo(photo(seed % _PICTURES, "square"), x, y, tile, tile, px(6))
    page.box(x, y + tile + px(12), round(tile * (0.5 + seed % 5 / 12)), px(9), faint, px(4))
    page.box(x, y + tile + px(31), round(tile * 0.3), px(9), mix(faint, palette.ground, 0.3), px(4))

"""What lies behind bubbles: one colour, a soft gradient, or small drawings in a colour of little contrast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sigh_batch.render.colors import Rgb, mix, oklch
from sigh_batch.render.icons import draw_icon
from sigh_batch.render.page import Page
from sigh_batch.render.palette import Palette
from sigh_batch.rng import Draws, for_sample

_TILE = 6
"""Drawings in a row of the tile, and rows."""
_DOODLES = (
    "smile",
    "call",
    "camera",
    "image",
    "bell",
    "clip",
    "lock",
    "search",
    "mic",
    "pin",
    "people",
    "clock",
    "wifi",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallpaper:
    """How the ground behind bubbles looks."""

    kind: str
    """flat, gradient or doodles."""
    end: Rgb
    """The gradient's lower colour."""
    step: float
    """Distance of the drawings in logical pixels."""
    strength: float
    """Contrast of the drawings, as a part of the way to the text's colour."""
    seed: int


def draw_wallpaper(
    draws: Draws,
    dark: bool,
    hue: float,
    kinds: Sequence[str] = ("flat", "flat", "flat", "gradient", "doodles", "doodles"),
    deep: float = 0.0,
) -> tuple[Wallpaper, Rgb]:
    """Return a wallpaper of about that hue, and the colour that is its ground.

    `deep` takes so much from the lightness of light grounds, and makes them more colourful.
    """
    kind = draws.choice(kinds)
    hue = (hue + draws.uniform(-0.06, 0.06)) % 1
    plain = kind == "flat" and draws.chance(0.45)
    if dark:
        level = draws.uniform(0.13, 0.22)
        tint = draws.uniform(0.0, 0.03)
        ground, end = oklch(level, tint, hue), oklch(level + 0.05, tint, (hue + 0.1) % 1)
    elif plain:
        ground = end = (255, 255, 255)
    else:
        level = draws.uniform(0.88, 0.95) - deep
        tint = draws.uniform(0.008, 0.045) + deep * 0.5
        ground, end = oklch(level, tint, hue), oklch(level - 0.05, tint * 1.3, (hue + 0.12) % 1)
    return (
        Wallpaper(
            kind=kind,
            end=end,
            step=draws.uniform(34, 52),
            strength=draws.uniform(0.035, 0.075),
            seed=draws.integer(0, (1 << 31) - 1),
        ),
        ground,
    )


def paint_wallpaper(page: Page, wallpaper: Wallpaper, palette: Palette, top: int, bottom: int) -> None:
    """Cover the page from `top` to `bottom`; a flat ground is there already."""
    if wallpaper.kind == "gradient":
        page.canvas.gradient(0, top, page.width, bottom - top, palette.ground, wallpaper.end)
    elif wallpaper.kind == "doodles":
        _paint_doodles(page, wallpaper, palette, top, bottom)


def _paint_doodles(page: Page, wallpaper: Wallpaper, palette: Palette, top: int, bottom: int) -> None:
    """Draw one tile and repeat its pixels: what the clients do, and many times cheaper."""
    draws = for_sample(wallpaper.seed, "wallpaper", 0)
    ink = mix(palette.ground, palette.text, wallpaper.strength)
    step = page.px(wallpaper.step)
    across = min(_TILE, -(-page.width // step))
    down = min(_TILE, -(-(bottom - top) // step))
    for row in range(down):
        for column in range(across):
            size = step * draws.uniform(0.42, 0.62)
            x, y = draws.uniform(1, step - size - 1), draws.uniform(1, step - size - 1)
            name = draws.choice(_DOODLES)
            draw_icon(page.canvas, name, column * step + x, top + row * step + y, size, ink, 1.6, False)
    width, height = across * step, down * step
    tile = page.canvas.rgba()[top : top + height, :width].copy()
    for y in range(top, bottom, height):
        for x in range(0, page.width, width):
            if x or y > top:
                page.canvas.picture(tile, x, y, tile.shape[1], tile.shape[0])

"""The colours of one interface, drawn within what real clients do and what can be read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sigh_batch.render.colors import Rgb, contrast, mix, oklch, readable, text_on
from sigh_batch.rng import Draws

DARK_FLOOR = 4.5
"""Least contrast of any text on a dark ground."""
LIGHT_FLOOR = 4.0
"""Least contrast of secondary text and names on a light ground."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """What every skin needs; skins derive their own further colours from it."""

    dark: bool
    hue: float
    """Tint of the greys."""
    accent_hue: float
    ground: Rgb
    """Behind the messages."""
    bar: Rgb
    """Behind the header."""
    foot: Rgb
    """Behind the input."""
    field: Rgb
    """Behind what is typed."""
    text: Rgb
    soft: Rgb
    """Secondary text on the ground."""
    bar_text: Rgb
    bar_soft: Rgb
    hint: Rgb
    """The placeholder in the field."""
    line: Rgb
    """Hairlines on the ground."""
    accent: Rgb
    """Links, buttons, badges; readable on the ground."""
    alert: Rgb
    """Unread marks."""

    @property
    def floor(self) -> float:
        """Least contrast of secondary text."""
        return DARK_FLOOR if self.dark else LIGHT_FLOOR

    def secondary(self, background: Rgb) -> Rgb:
        """Return secondary text for a background."""
        return readable(0.68 if self.dark else 0.56, 0.012, self.hue, background, self.floor)

    def name(self, hue: float, background: Rgb) -> Rgb:
        """Return the colour of the name of a person of that hue."""
        return readable(0.74 if self.dark else 0.54, 0.15, hue, background, self.floor)


def draw_palette(
    draws: Draws,
    dark: bool,
    *,
    ground: Rgb | None = None,
    hue: float | None = None,
    accent_hue: float | None = None,
    colored_bar: bool = False,
) -> Palette:
    """Return the colours of a light or dark interface; a `colored_bar` has the accent's colour."""
    if hue is None:
        hue = draws.uniform(0.58, 0.82) if draws.chance(0.75) else draws.random()
    if accent_hue is None:
        accent_hue = draws.random()
    tint = draws.uniform(0.0, 0.028 if dark else 0.008)
    if dark:
        level = draws.uniform(0.16, 0.31)
        base = oklch(level, tint, hue)
        bar = oklch(max(0.1, level + draws.choice((-0.035, 0.0, 0.03, 0.045))), tint, hue)
        field = oklch(level + draws.uniform(0.05, 0.09), tint, hue)
        text = oklch(draws.uniform(0.9, 0.98), tint / 3, hue)
        line = mix(base, (255, 255, 255), draws.uniform(0.06, 0.12))
        accent_level = 0.7
    else:
        level = draws.choice((1.0, 1.0, 0.99, 0.975))
        base = oklch(level, tint, hue)
        bar = oklch(min(1.0, level - draws.choice((0.0, 0.0, 0.015, 0.03))), tint, hue)
        field = oklch(level - draws.uniform(0.03, 0.055), tint, hue)
        text = oklch(draws.uniform(0.16, 0.33), tint, hue)
        line = mix(base, (0, 0, 0), draws.uniform(0.07, 0.14))
        accent_level = 0.55
    ground = ground or base
    foot = bar
    if colored_bar:
        bar = oklch(0.3 if dark else 0.42, draws.uniform(0.02, 0.05 if dark else 0.11), accent_hue)
    floor = DARK_FLOOR if dark else LIGHT_FLOOR
    soft_level = draws.uniform(0.62, 0.74) if dark else draws.uniform(0.46, 0.58)
    bar_text = text if contrast(text, bar) >= 7 else text_on(bar)
    return Palette(
        dark=dark,
        hue=hue,
        accent_hue=accent_hue,
        ground=ground,
        bar=bar,
        foot=foot,
        field=field,
        text=text,
        soft=readable(soft_level, tint + 0.008, hue, ground, floor),
        bar_text=bar_text,
        bar_soft=readable(0.85 if colored_bar else soft_level, tint + 0.008, hue, bar, floor),
        hint=readable(soft_level, tint + 0.006, hue, field, floor),
        line=line,
        accent=readable(accent_level, draws.uniform(0.11, 0.2), accent_hue, ground, floor),
        alert=oklch(0.6, 0.2, 0.07),
    )


def branded(palette: Palette, color: Rgb) -> Palette:
    """Return the colours of an interface whose header has a colour of its own, and no other bar has any."""
    ink = text_on(color, 4.2)
    soft = readable(0.92 if ink == (255, 255, 255) else 0.3, 0.02, palette.hue, color, palette.floor)
    return replace(palette, bar=color, foot=palette.ground, bar_text=ink, bar_soft=soft)


def flat(palette: Palette) -> Palette:
    """Return the colours of an interface whose bars have no ground of their own."""
    ground = palette.ground
    return replace(palette, bar=ground, foot=ground, bar_text=palette.text, bar_soft=palette.soft)

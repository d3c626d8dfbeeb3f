"""Colours by what the eye sees: OKLCH, the contrast ratio of WCAG 2, and colours that keep to it."""

from __future__ import annotations

import functools
import math

from sigh_batch.render.painter import Color

Rgb = tuple[int, int, int]
WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)


@functools.lru_cache(maxsize=1 << 14)
def oklch(lightness: float, chroma: float, hue: float) -> Rgb:
    """Return the colour of that lightness (0 to 1), chroma (0 to 0.37) and hue (0 to 1).

    Chroma that the screen cannot show at that lightness is taken back until it can.
    """
    while True:
        linear = _linear(lightness, chroma * math.cos(math.tau * hue), chroma * math.sin(math.tau * hue))
        if chroma <= 0.0 or (min(linear) >= -0.0005 and max(linear) <= 1.0005):
            return _encoded(linear[0]), _encoded(linear[1]), _encoded(linear[2])
        chroma = max(0.0, chroma - 0.006)


def mix(one: Color, two: Color, share: float) -> Rgb:
    """Return the colour that lies `share` of the way from one to the other."""
    keep = 1.0 - share
    return (
        int(one[0] * keep + two[0] * share + 0.5),
        int(one[1] * keep + two[1] * share + 0.5),
        int(one[2] * keep + two[2] * share + 0.5),
    )


def see_through(color: Color, opacity: float) -> Color:
    """Return a colour with an alpha of `opacity` (0 to 1)."""
    return (*color[:3], int(opacity * 255 + 0.5))


@functools.lru_cache(maxsize=1 << 14)
def luminance(color: Rgb) -> float:
    """Return the relative luminance of WCAG 2, 0 to 1."""
    red, green, blue = (_decoded(part) for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, two: Rgb) -> float:
    """Return the contrast ratio of WCAG 2, 1 to 21."""
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


@functools.lru_cache(maxsize=1 << 14)
def readable(lightness: float, chroma: float, hue: float, background: Rgb, least: float) -> Rgb:
    """Return the colour nearest in lightness that keeps a contrast of `least` with the background."""
    color = oklch(lightness, chroma, hue)
    if contrast(color, background) >= least:
        return color
    ends = (1.0, 0.0) if luminance(background) < 0.18 else (0.0, 1.0)
    for end in ends:
        found = _towards(lightness, end, chroma, hue, background, least)
        if found is not None:
            return found
    return WHITE if ends[0] else BLACK


def _towards(near: float, far: float, chroma: float, hue: float, background: Rgb, least: float) -> Rgb | None:
    """Return the first colour on the way from one lightness to another that keeps the contrast."""
    found = oklch(far, chroma, hue)
    if contrast(found, background) < least:
        return None
    while abs(far - near) > 0.01:
        middle = (near + far) / 2
        color = oklch(middle, chroma, hue)
        if contrast(color, background) >= least:
            far, found = middle, color
        else:
            near = middle
    return found


def text_on(background: Rgb, least: float = 4.5) -> Rgb:
    """Return near-white or near-black text for a coloured ground, white where both would do."""
    return WHITE if contrast(WHITE, background) >= least else readable(0.2, 0.0, 0.0, background, least)


def _linear(lightness: float, green_red: float, blue_yellow: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    medium = (lightness - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (lightness - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _encoded(value: float) -> int:
    value = min(1.0, max(0.0, value))
    value = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return int(value * 255 + 0.5)


def _decoded(part: int) -> float:
    value = part / 255
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

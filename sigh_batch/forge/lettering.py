"""How a line of text on a picture is set, told from its pixels and from what it says.

The width of a known text gives its size; drawing it again in every weight and comparing gives the weight, the
baseline and the ink. What is told is as good as an eye with a ruler: to a part of a pixel where the family
is known.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError
from sigh_batch.forge import easel
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case
from sigh_batch.forge.ground import common_color
from sigh_batch.render.painter import Pixels, TextMode
from sigh_batch.render.typeset import Paragraph, TextStyle

Rgb = tuple[int, int, int]

_NEUTRAL = TextMode(edging="grey", hinting="slight")
_FAINT = 36
"""Text that differs from its ground by fewer levels cannot be read, nor told how it is set."""
_NEAR = 0.04
"""By which part a size may differ from what the width says, where advances are rounded."""
_WORST = 0.62
"""Part of the ink that may lie elsewhere in the text as drawn again; a wrong family has more."""
_SURE = 0.12
"""A style that fits so well is not compared with others."""
_MOST = 6
"""So many styles are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettering:
    """How one line is set, in device pixels of the picture."""

    family: str
    weight: int
    size: float
    snap: bool
    """Whether advances are whole pixels."""
    rtl: bool
    x: float
    """Left edge of the line."""
    baseline: int
    ink: Rgb
    ground: Rgb

    @property
    def style(self) -> TextStyle:
        """What the line is set in."""
        return TextStyle(family=self.family, size=self.size, weight=self.weight, snap=self.snap)

    def set(self, text: str) -> Paragraph:
        """Return a text set in this lettering, in one line."""
        return easel.set_line(text, self.style, self.rtl)

    def as_json(self) -> Json:
        """Return the fields as plain values."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in dataclasses.asdict(self).items()
        }


def lettering_of(told: Any) -> Lettering:
    """Return the lettering that plain values tell.

    Raises ConfigError when they do not.
    """
    try:
        values: Json = {
            name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
        }
        return Lettering(**values)
    except (TypeError, AttributeError) as error:
        raise ConfigError(f"not a lettering: {told!r}; give what the operation's draw returned") from error


def read_lettering(
    case: Case, text: str, x: float, y: float, width: float, height: float, *, rtl: bool, bold: bool = False
) -> Lettering | None:
    """Return how the text is set that stands in this box of a picture; None where that cannot be told.

    With `bold`, heavier weights are tried as well as the regular one.
    """
    box = Box(int(x) - 2, int(y) - 2, int(width) + 5, int(height) + 5).inside(case.width, case.height)
    crop = case.pixels[box.window]
    ground = common_color(crop[::2, ::2].reshape(-1, 3))
    far = distance(crop, ground)
    strongest = int(far.max())
    if strongest < _FAINT:
        return None
    inked = np.asarray(cv2.convertScaleAbs(far, alpha=255 / strongest), np.uint8)
    best: tuple[float, TextStyle, int, Pixels] | None = None
    for style in _candidates(case, text, width, rtl, bold):
        paragraph = easel.set_line(text, style, rtl)
        guess = _baseline(paragraph, y, height)
        score, baseline, drawn = _match(inked, paragraph, x - box.x, guess - box.y)
        if best is None or score < best[0]:
            best = score, style, baseline + box.y, drawn
        if score < _SURE:
            break
    if best is None or best[0] > _WORST:
        return None
    _, style, baseline, drawn = best
    ink = _ink(crop, ground, drawn)
    if ink is None:
        return None
    return Lettering(
        family=style.family,
        weight=style.weight,
        size=style.size,
        snap=style.snap,
        rtl=rtl,
        x=round(float(x), 2),
        baseline=baseline,
        ink=ink,
        ground=(int(ground[0]), int(ground[1]), int(ground[2])),
    )


def _candidates(case: Case, text: str, width: float, rtl: bool, bold: bool) -> list[TextStyle]:
    """Return styles in which the text is as wide: with fractions of pixels, or advances in whole ones.

    Interfaces are set in whole and half sizes; other sizes are taken only where none of these fits.
    """
    family = easel.known_family(case.font)
    step = case.scale / 2
    fitting, about = list[TextStyle](), list[TextStyle]()
    for weight in easel.weights(family) if bold else easel.weights(family)[:1]:
        plain = TextStyle(family=family, size=100.0, weight=weight)
        unit = easel.set_line(text, plain, rtl).width / 100
        if unit <= 0:
            return []
        told = width / unit
        nearest = round(told / step)
        if abs(nearest * step - told) * unit < 0.06:
            fitting.append(dataclasses.replace(plain, size=round(nearest * step, 3)))
        for offset in (0, 1, -1, 2, -2):
            size = (nearest + offset) * step
            if size > 0 and abs(size - told) <= max(_NEAR * told, step):
                style = dataclasses.replace(plain, size=round(size, 3), snap=True)
                if abs(easel.set_line(text, style, rtl).width - width) < 0.06:
                    fitting.append(style)
        about.append(dataclasses.replace(plain, size=round(told, 3)))
    return (fitting or about)[:_MOST]


def _baseline(paragraph: Paragraph, y: float, height: float) -> int:
    """Return where the baseline of a line should be that stands in the middle of its box."""
    line = paragraph.lines[0]
    return int(y + (height - line.height) / 2 + line.baseline + 0.5)


def distance(pixels: Pixels, color: Pixels | Rgb) -> Pixels:
    """Return by how many levels each pixel differs from a colour, in its worst channel."""
    other = np.empty_like(pixels)
    other[...] = color
    return worst(cv2.absdiff(pixels, other))


def worst(levels: NDArray[Any]) -> NDArray[Any]:
    """Return the largest of the three channels of each pixel; three times as fast as numpy's maximum."""
    red, green, blue = cv2.split(levels)
    return np.asarray(cv2.max(cv2.max(red, green), blue))


def _match(inked: Pixels, paragraph: Paragraph, x: float, baseline: int) -> tuple[float, int, Pixels]:
    """Return how badly the text as drawn again fits, its best baseline, and its coverage there.

    What brings its own colours, as emoji do, is left out of the coverage.
    """
    height, width = inked.shape
    reach = max(2, int(paragraph.style.size / 8))
    top = baseline - paragraph.lines[0].baseline
    tall = (width, height + 2 * reach)
    drawn = easel.coverage(tall, paragraph, x, top + reach, painter="skia", mode=_NEUTRAL)[..., 0].copy()
    compared = inked
    for left, right in easel.colored(paragraph):
        columns = slice(max(0, int(x + left) - 1), max(0, int(x + right) + 2))
        drawn[:, columns] = 0
        compared = compared.copy() if compared is inked else compared
        compared[:, columns] = 0
    total = max(1, int(compared.sum(dtype=np.int64)))
    best = (1 << 62, 0)
    for shift in sorted(range(-reach, reach + 1), key=abs):
        part = drawn[reach - shift : reach - shift + height]
        best = min(best, (int(cv2.norm(compared, part, cv2.NORM_L1)), shift), key=lambda found: found[0])
    off, shift = best
    return off / total, baseline + shift, drawn[reach - shift : reach - shift + height]


def _ink(crop: Pixels, ground: Pixels, drawn: Pixels) -> Rgb | None:
    """Return the colour of the text: of each channel, what lies farthest off the ground on thick strokes.

    With sub-pixel edges no pixel but several together show it. Where no stroke is as thick as a pixel, the
    sum of all ink over the sum of all coverage tells it. None where nothing is drawn in ink.
    """
    most = int(drawn.max())
    if most < 16:
        return None
    apart = crop.astype(np.int64) - ground
    total = (apart * (drawn > 0)[:, :, None]).sum(axis=(0, 1))
    thick = drawn >= 230
    count = int(np.count_nonzero(thick))
    if count >= 12:
        signs = np.where(total < 0, -1, 1)
        ranked = np.sort(apart[thick] * signs, axis=0)
        inked = ground + signs * ranked[-min(count, 3 + count // 25)]
    else:
        inked = ground + total * 255 // int(drawn.sum(dtype=np.int64))
    red, green, blue = (min(max(int(level), 0), 255) for level in inked)
    return red, green, blue

"""The painter seam: what draws shapes, pictures and set text, in device pixels.

Skins and layout talk to a `Canvas` and never to a rasteriser. Coordinates are floats, y grows
downwards, pixel (0, 0) covers [0, 1) x [0, 1). Text is set once by `typeset` and painted by any
painter at the very same places; only its pixels differ. This module imports no rasteriser.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sigh_batch.errors import ConfigError
from sigh_batch.registry import Registry
from sigh_batch.render.typeset import Line, Paragraph, Word

Pixels: TypeAlias = NDArray[np.uint8]
Color: TypeAlias = tuple[int, int, int] | tuple[int, int, int, int]
"""Red, green, blue and, where it is not opaque, alpha; 0 to 255, not premultiplied."""
Radii: TypeAlias = float | tuple[float, float, float, float]
"""Corner radius of all corners, or of top left, top right, bottom right, bottom left."""
Point: TypeAlias = tuple[float, float]

Edging = Literal["none", "grey", "subpixel"]
Hinting = Literal["none", "slight", "normal", "full"]
Coverage = Literal["exact", "sampled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMode:
    """How glyphs become pixels: what differs between operating systems, browsers and settings."""

    edging: Edging = "grey"
    hinting: Hinting = "slight"
    subpixel_positioning: bool = True
    """Whether a glyph may start between pixels; without it, set the text with `TextStyle(snap=True)`."""
    contrast: float = 0.0
    """Added weight of half-covered pixels, 0 (none) to 1; the darker the text, the more it gets."""
    gamma: float = 1.0
    """Exponent of the light in which coverage is blended; 1.0 blends the values as they are."""
    coverage: Coverage = "exact"
    """How a pixel's coverage is found: exactly, as FreeType does, or from four rows in it, as Skia does.

    Pillow's is always exact.
    """
    phase: float = 0.0
    """How far right of its place every text is drawn, in pixels from -0.5 to 0.5."""


PLAIN = TextMode()
CHROMIUM = TextMode(contrast=0.2, gamma=1.2, coverage="sampled")
"""Chromium on Linux, as measured: docs/rasterisation.md."""


class Canvas(Protocol):
    """One picture being drawn; valid until its painter begins the next one."""

    width: int
    height: int

    def rect(self, x: float, y: float, width: float, height: float, fill: Color, radii: Radii = 0.0) -> None:
        """Fill a rectangle; edges on whole pixels are exact."""

    def outline(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        color: Color,
        thickness: float,
        radii: Radii = 0.0,
    ) -> None:
        """Draw a rectangle's outline, wholly inside the rectangle."""

    def circle(self, x: float, y: float, radius: float, fill: Color) -> None:
        """Fill a circle around (x, y)."""

    def ring(self, x: float, y: float, radius: float, color: Color, thickness: float) -> None:
        """Draw a circle's outline, wholly inside the circle."""

    def line(self, start: Point, end: Point, color: Color, thickness: float) -> None:
        """Draw a straight line with flat ends."""

    def polygon(self, points: Sequence[Point], fill: Color) -> None:
        """Fill a closed polygon."""

    def path(self, path: Path, fill: Color, x: float = 0.0, y: float = 0.0, scale: float = 1.0) -> None:
        """Fill a path, scaled and then moved by (x, y)."""

    def stroke(
        self, path: Path, color: Color, thickness: float, x: float = 0.0, y: float = 0.0, scale: float = 1.0
    ) -> None:
        """Draw along a path with round ends and joins; the thickness is not scaled."""

    def gradient(
        self, x: float, y: float, width: float, height: float, top: Color, bottom: Color, radii: Radii = 0.0
    ) -> None:
        """Fill a rectangle, snapped to whole pixels, with a vertical gradient."""

    def shadow(
        self, x: float, y: float, width: float, height: float, color: Color, blur: float, radii: Radii = 0.0
    ) -> None:
        """Draw the soft shadow of a rectangle; `blur` is the deviation of the Gaussian in pixels."""

    def picture(
        self, image: Pixels, x: float, y: float, width: float, height: float, radii: Radii = 0.0
    ) -> None:
        """Draw an RGB or RGBA array (straight alpha), scaled to a rectangle snapped to whole pixels."""

    def push_clip(self, x: float, y: float, width: float, height: float, radii: Radii = 0.0) -> None:
        """Draw only inside this rectangle (and inside every clip pushed before) until `pop_clip`."""

    def pop_clip(self) -> None:
        """Undo the last `push_clip`."""

    def text(self, text: Paragraph | Line | Word, x: float, y: float, color: Color) -> None:
        """Draw set text; (x, y) is the top left corner of its whole paragraph, also for a line or a word."""

    def pixels(self) -> Pixels:
        """Return a copy of the picture: height x width x 3, contiguous."""

    def rgba(self) -> Pixels:
        """Return the picture as height x width x 4 without copying; gone with the painter's next `begin`."""


class Painter(Protocol):
    """Makes canvases one after the other, reusing its buffers; one process and one thread own it."""

    name: str
    limits: tuple[str, ...]
    """What this painter cannot do here, a sentence each."""

    def begin(self, width: int, height: int, background: Color, mode: TextMode = PLAIN) -> Canvas:
        """Start a picture; the canvas of the one before is no longer valid."""


class PainterMaker(Protocol):
    """What a painter registers: called without arguments, it gives a painter."""

    def __call__(self) -> Painter:
        """Return a new painter; raises MissingLibrary when its rasteriser cannot be loaded."""


painters: Registry[PainterMaker] = Registry(
    "painter",
    {"skia": "sigh_batch.render.skia_painter", "pillow": "sigh_batch.render.pillow_painter"},
)


Command: TypeAlias = tuple[str, tuple[float, ...]]
_ARITY = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0}
_TOKEN = re.compile(r"([A-Za-z])|(-?(?:\d+\.?\d*|\.\d+))|([\s,]+)|(.)")


@dataclass(frozen=True, slots=True)
class Path:
    """Lines and curves; `of` reads the absolute M L Q C Z subset of SVG path data."""

    commands: tuple[Command, ...]

    @staticmethod
    @functools.lru_cache(maxsize=1024)
    def of(data: str) -> Path:
        """Return the path written as SVG path data, such as "M0 4 L3 7 L8 1"."""
        commands: list[Command] = []
        letter, numbers = "", list[float]()
        for match in _TOKEN.finditer(data):
            if match[4] or (match[1] and match[1] not in _ARITY) or (match[2] and not _ARITY.get(letter)):
                raise ConfigError(
                    f"not path data: {data!r} at {match.start()}; use M, L, Q, C and Z, absolute"
                )
            if match[1]:
                if numbers or (letter and not commands):
                    raise ConfigError(f"not path data: {data!r}, {letter} lacks numbers")
                letter = match[1]
                if letter == "Z":
                    commands.append(("Z", ()))
            elif match[2]:
                numbers.append(float(match[2]))
                if len(numbers) == _ARITY[letter]:
                    commands.append((letter, tuple(numbers)))
                    numbers = []
        if numbers or not commands or commands[0][0] != "M":
            raise ConfigError(
                f"not path data: {data!r}; it starts with M and every command has all its numbers"
            )
        return Path(tuple(commands))

    def placed(self, x: float, y: float, scale: float) -> Path:
        """Return the path scaled and then moved by (x, y)."""
        if (x, y, scale) == (0.0, 0.0, 1.0):
            return self
        moved = []
        for letter, numbers in self.commands:
            pairs = zip(numbers[::2], numbers[1::2], strict=True)
            moved.append((letter, tuple(part for a, b in pairs for part in (a * scale + x, b * scale + y))))
        return Path(tuple(moved))


def corners(radii: Radii) -> tuple[float, float, float, float]:
    """Return four corner radii: top left, top right, bottom right, bottom left."""
    return radii if isinstance(radii, tuple) else (radii, radii, radii, radii)


def opacity(color: Color) -> int:
    """Return a colour's alpha."""
    return color[3] if len(color) == 4 else 255


def luminance(color: Color, gamma: float = 1.0) -> int:
    """Return how bright a colour is in light of that gamma, in one of `shade`'s steps."""
    red, green, blue = ((value / 255) ** gamma for value in color[:3])
    return shade(round((0.2126 * red + 0.7152 * green + 0.0722 * blue) ** (1 / gamma) * 255))


def shade(value: int) -> int:
    """Return the nearest of eight steps from 0 to 255: text of one step has one curve, as in Skia."""
    step = value >> 5
    return step << 5 | step << 2 | step >> 1


def words_of(text: Paragraph | Line | Word) -> list[Sequence[Word]]:
    """Return the words of set text, line by line; lines without a word are left out."""
    if isinstance(text, Word):
        return [(text,)]
    lines = text.lines if isinstance(text, Paragraph) else (text,)
    return [line.words for line in lines if line.words]


def ink_box(
    text: Paragraph | Line | Word, x: float, y: float, width: int, height: int
) -> tuple[int, int, int, int]:
    """Return the part of a picture (left, top, right, bottom) that drawing the text there can touch.

    Glyphs stick out of their boxes, by less than an em.
    """
    words = [word for line in words_of(text) for word in line]
    if not words:
        return 0, 0, 0, 0
    em = max(run.size for word in words for run in word.shape.runs)
    left = min(word.x for word in words) - em
    right = max(word.x + word.width for word in words) + em
    top = min(word.y for word in words) - em
    bottom = max(word.y + word.height for word in words) + em
    return (
        max(0, math.floor(x + left)),
        max(0, math.floor(y + top)),
        max(0, min(width, math.ceil(x + right))),
        max(0, min(height, math.ceil(y + bottom))),
    )


@functools.lru_cache(maxsize=512)
def coverage_table(contrast: float, gamma: float, luminance: int) -> tuple[int, ...]:
    """Return 256 coverages: what each coverage becomes for text of that luminance (0 to 255).

    The text is blended over its opposite in light of the given gamma; the result is expressed
    as the coverage that gives the same value by plain blending. (0.0, 1.0) changes nothing.
    """
    source = luminance / 255
    target = 1 - source
    light_source, light_target = source**gamma, target**gamma
    weight = contrast * light_target
    bend = abs(source - target) > 1 / 256
    table = []
    for level in range(256):
        coverage = level / 255
        coverage += (1 - coverage) * weight * coverage
        if bend:
            light = light_source * coverage + light_target * (1 - coverage)
            coverage = (light ** (1 / gamma) - target) / (source - target)
        table.append(min(255, max(0, int(coverage * 255 + 0.5))))
    return tuple(table)

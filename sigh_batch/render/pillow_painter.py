"""The second painter: FreeType through Pillow for text, plain arithmetic for shapes.

It needs no system library, and its pixels differ from Skia's as those of two programs do.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageFont, features

from sigh_batch.render import coverage, sprite
from sigh_batch.render.fonts import Face
from sigh_batch.render.painter import (
    PLAIN,
    Color,
    Path,
    Pixels,
    Point,
    Radii,
    TextMode,
    corners,
    coverage_table,
    luminance,
    opacity,
    painters,
    words_of,
)
from sigh_batch.render.shaping import Run
from sigh_batch.render.typeset import Line, Paragraph, Word

_PHASES = 4
"""Places between two pixels at which a glyph may start."""
_KEPT = 1 << 11
_KEPT_FONTS = 128
_JOINED = re.compile("[\u0600-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc]")
"""Scripts whose letters change with their neighbours."""
_STRIKE = 109
"""Pixels in an em of the bitmaps in the bundled emoji font."""
_SHAPED = bool(features.check("raqm"))
_LIMITS = (
    "text has no sub-pixel edges: they are drawn grey",
    "hinting is always what FreeType chooses for the font",
)
_UNSHAPED = (
    "Pillow finds no libfribidi, and so its raqm does not load:"
    " joined scripts and emoji sequences fall apart into their letters"
)


def shaping() -> str:
    """Return the version of raqm, by which Pillow joins scripts, or `absent`: it decides bytes."""
    return str(features.version("raqm")) if _SHAPED else "absent"


class Glyph(NamedTuple):
    """The mask (or the colours) of a piece of text, and where it lies from the piece's origin."""

    image: Image.Image
    left: int
    top: int


@painters.register("pillow")
class PillowPainter:
    """Paints with Pillow."""

    name = "pillow"
    limits: tuple[str, ...] = _LIMITS if _SHAPED else (*_LIMITS, _UNSHAPED)

    def __init__(self) -> None:
        self._fonts: dict[tuple[Face, float], ImageFont.FreeTypeFont] = {}
        self._glyphs: dict[tuple[Face, float, str, bool, int, bool], Glyph | None] = {}

    def begin(self, width: int, height: int, background: Color, mode: TextMode = PLAIN) -> PillowCanvas:
        """Start a picture; the canvas of the one before is no longer valid."""
        image = Image.new("RGBA", (width, height), (*background[:3], 255))
        return PillowCanvas(self, image, mode)

    def glyph(self, run: Run, text: str, phase: int, hard: bool) -> Glyph | None:
        """Return a piece of a run's text, drawn `phase` quarters of a pixel to the right; None if empty."""
        key = (run.face, run.size, text, run.rtl, phase, hard)
        if key not in self._glyphs:
            if len(self._glyphs) >= _KEPT:
                self._glyphs.clear()
            self._glyphs[key] = self._draw(*key)
        return self._glyphs[key]

    def _draw(self, face: Face, size: float, text: str, rtl: bool, phase: int, hard: bool) -> Glyph | None:
        if face.colored:
            return self._draw_colored(face, size, text)
        direction = ("rtl" if rtl else "ltr") if _SHAPED else None
        core, offset = self._font(face, size).getmask2(
            text, "1" if hard else "L", direction, anchor="ls", start=(phase / _PHASES, 0)
        )
        if not all(core.size):
            return None
        return Glyph(Image.Image()._new(core).convert("L"), *offset)  # noqa: SLF001

    def _draw_colored(self, face: Face, size: float, text: str) -> Glyph | None:
        """Scale the bitmaps in the font, which have one size only."""
        core, (left, top) = self._font(face, _STRIKE).getmask2(text, "RGBA", anchor="ls")
        if not all(core.size):
            return None
        scale = size / _STRIKE
        target = (max(1, round(core.size[0] * scale)), max(1, round(core.size[1] * scale)))
        image = Image.Image()._new(core).resize(target, Image.Resampling.BOX)  # noqa: SLF001
        return Glyph(image, round(left * scale), round(top * scale))

    def _font(self, face: Face, size: float) -> ImageFont.FreeTypeFont:
        font = self._fonts.get((face, size))
        if font is None:
            if len(self._fonts) >= _KEPT_FONTS:
                self._fonts.clear()
            font = self._fonts[face, size] = ImageFont.truetype(str(face.path), size)
        return font


class PillowCanvas:
    """A picture in a Pillow image."""

    def __init__(self, painter: PillowPainter, image: Image.Image, mode: TextMode) -> None:
        self.width, self.height = image.size
        self._painter = painter
        self._image = image
        self._mode = mode
        self._clips: list[Image.Image] = []

    def rect(self, x: float, y: float, width: float, height: float, fill: Color, radii: Radii = 0.0) -> None:
        """Fill a rectangle; edges on whole pixels are exact."""
        box = self._around(x, y, width, height)
        self._put(coverage.rectangle(x, y, width, height, corners(radii), box), box, fill)

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
        box = self._around(x, y, width, height)
        levels = coverage.rectangle(x, y, width, height, corners(radii), box)
        inside = (width - 2 * thickness, height - 2 * thickness)
        if min(inside) > 0:
            a, b, c, d = (max(0.0, radius - thickness) for radius in corners(radii))
            levels = levels - np.minimum(
                levels, coverage.rectangle(x + thickness, y + thickness, *inside, (a, b, c, d), box)
            )
        self._put(levels, box, color)

    def circle(self, x: float, y: float, radius: float, fill: Color) -> None:
        """Fill a circle around (x, y)."""
        self.ring(x, y, radius, fill, radius)

    def ring(self, x: float, y: float, radius: float, color: Color, thickness: float) -> None:
        """Draw a circle's outline, wholly inside the circle."""
        box = self._around(x - radius, y - radius, 2 * radius, 2 * radius)
        self._put(coverage.ring(x, y, radius, thickness, box), box, color)

    def line(self, start: Point, end: Point, color: Color, thickness: float) -> None:
        """Draw a straight line with flat ends."""
        along_x, along_y = end[0] - start[0], end[1] - start[1]
        length = math.sqrt(along_x * along_x + along_y * along_y)
        if not length:
            return
        aside = thickness / 2 / length
        off_x, off_y = -along_y * aside, along_x * aside
        if not along_x or not along_y:
            left, top = min(start[0], end[0]) - abs(off_x), min(start[1], end[1]) - abs(off_y)
            self.rect(left, top, abs(along_x) + 2 * abs(off_x), abs(along_y) + 2 * abs(off_y), color)
            return
        sides = [(1, start), (1, end), (-1, end), (-1, start)]
        self.polygon([(at[0] + sign * off_x, at[1] + sign * off_y) for sign, at in sides], color)

    def polygon(self, points: Sequence[Point], fill: Color) -> None:
        """Fill a closed polygon."""
        self._shapes([list(points)], fill)

    def path(self, path: Path, fill: Color, x: float = 0.0, y: float = 0.0, scale: float = 1.0) -> None:
        """Fill a path, scaled and then moved by (x, y)."""
        self._shapes(coverage.outlines(path.placed(x, y, scale)), fill)

    def stroke(
        self, path: Path, color: Color, thickness: float, x: float = 0.0, y: float = 0.0, scale: float = 1.0
    ) -> None:
        """Draw along a path with round ends and joins; the thickness is not scaled."""
        lines = coverage.outlines(path.placed(x, y, scale))
        box = self._bounds(lines, thickness)
        if box[0] < box[2] and box[1] < box[3]:
            self._put(coverage.strokes(lines, thickness, box), box, color)

    def gradient(
        self, x: float, y: float, width: float, height: float, top: Color, bottom: Color, radii: Radii = 0.0
    ) -> None:
        """Fill a rectangle with a vertical gradient."""
        left, top_row, across, down = sprite.place(x, y, width, height)
        pixels = sprite.gradient(across, down, top, bottom, y - top_row, height)
        self._put_colors(sprite.round_off(pixels, radii), left, top_row)

    def shadow(
        self, x: float, y: float, width: float, height: float, color: Color, blur: float, radii: Radii = 0.0
    ) -> None:
        """Draw the soft shadow of a rectangle; `blur` is the deviation of the Gaussian in pixels."""
        reach = math.ceil(3 * blur) + 1
        wide = (math.floor(x) - reach, math.floor(y) - reach, math.ceil(x + width), math.ceil(y + height))
        wide = (wide[0], wide[1], wide[2] + reach, wide[3] + reach)
        soft = Image.fromarray(coverage.rectangle(x, y, width, height, corners(radii), wide))
        soft = soft.filter(ImageFilter.GaussianBlur(blur))
        box = coverage.around(*wide, self.width, self.height)
        part = soft.crop((box[0] - wide[0], box[1] - wide[1], box[2] - wide[0], box[3] - wide[1]))
        self._put(np.asarray(part), box, color)

    def picture(
        self, image: Pixels, x: float, y: float, width: float, height: float, radii: Radii = 0.0
    ) -> None:
        """Draw an RGB or RGBA array (alpha not premultiplied) into a rectangle, scaled and clipped to it."""
        left, top, across, down = sprite.place(x, y, width, height)
        self._put_colors(sprite.round_off(sprite.fit(image, across, down), radii), left, top)

    def push_clip(self, x: float, y: float, width: float, height: float, radii: Radii = 0.0) -> None:
        """Draw only inside this rectangle (and inside every clip pushed before) until `pop_clip`."""
        whole = (0, 0, self.width, self.height)
        clip = Image.fromarray(coverage.rectangle(x, y, width, height, corners(radii), whole))
        self._clips.append(ImageChops.multiply(self._clips[-1], clip) if self._clips else clip)

    def pop_clip(self) -> None:
        """Undo the last `push_clip`."""
        self._clips.pop()

    def text(self, text: Paragraph | Line | Word, x: float, y: float, color: Color) -> None:
        """Draw set text; (x, y) is the top left corner of its whole paragraph, also for a line or a word."""
        mode = self._mode
        table = coverage_table(mode.contrast, mode.gamma, luminance(color, mode.gamma))
        curve = table if mode.edging != "none" and (mode.contrast, mode.gamma) != (0.0, 1.0) else None
        for words in words_of(text):
            for word in words:
                for run in word.shape.runs:
                    self._run(word.text, run, x + mode.phase + word.x, y + word.baseline, color, curve)

    def pixels(self) -> Pixels:
        """Return a copy of the picture: height x width x 3, contiguous."""
        return np.array(self._image.convert("RGB"))

    def rgba(self) -> Pixels:
        """Return the picture as height x width x 4."""
        return np.asarray(self._image)

    def _run(
        self, text: str, run: Run, x: float, y: float, color: Color, curve: tuple[int, ...] | None
    ) -> None:
        for start, stop, left, down in _pieces(text, run):
            at = x + left
            phase = 0
            if self._mode.subpixel_positioning and not run.face.colored:
                quarters = math.floor(at * _PHASES + 0.5)
                phase, at = quarters % _PHASES, quarters // _PHASES
            else:
                at = math.floor(at + 0.5)
            glyph = self._painter.glyph(run, text[start:stop], phase, self._mode.edging == "none")
            if glyph is None:
                continue
            across, below = int(at) + glyph.left, math.floor(y + down + 0.5) + glyph.top
            image, inside = self._cut(glyph.image, across, below)
            if image is None:
                continue
            if run.face.colored:
                self._paste(image, opacity(color), inside)
            else:
                self._put_mask(image.point(curve) if curve else image, inside, color)

    def _cut(self, image: Image.Image, left: int, top: int) -> tuple[Image.Image | None, coverage.Box]:
        """Return the part of an image that lies on the canvas, and where."""
        box = (left, top, left + image.width, top + image.height)
        inside = coverage.around(*box, self.width, self.height)
        if inside == box:
            return image, box
        if inside[0] >= inside[2] or inside[1] >= inside[3]:
            return None, inside
        return image.crop((inside[0] - left, inside[1] - top, inside[2] - left, inside[3] - top)), inside

    def _put_colors(self, pixels: Pixels, left: int, top: int) -> None:
        image, inside = self._cut(Image.fromarray(pixels), left, top)
        if image is not None:
            self._paste(image, 255, inside)

    def _shapes(self, shapes: Sequence[Sequence[Point]], fill: Color) -> None:
        box = self._bounds(shapes, 0.0)
        if box[0] < box[2] and box[1] < box[3]:
            self._put(coverage.polygons(shapes, box), box, fill)

    def _around(self, x: float, y: float, width: float, height: float) -> coverage.Box:
        return coverage.around(x, y, x + width, y + height, self.width, self.height)

    def _bounds(self, shapes: Sequence[Sequence[Point]], thickness: float) -> coverage.Box:
        xs = [point[0] for shape in shapes for point in shape]
        ys = [point[1] for shape in shapes for point in shape]
        half = thickness / 2 + 1
        return coverage.around(
            min(xs) - half, min(ys) - half, max(xs) + half, max(ys) + half, self.width, self.height
        )

    def _put(self, levels: coverage.Levels, box: coverage.Box, color: Color) -> None:
        if levels.size:
            self._put_mask(Image.fromarray(levels), box, color)

    def _put_mask(self, mask: Image.Image, box: coverage.Box, color: Color) -> None:
        """Blend a colour in where the mask and the clips let it."""
        alpha = opacity(color)
        if alpha < 255:
            mask = mask.point([(level * alpha + 127) // 255 for level in range(256)])
        if self._clips:
            mask = ImageChops.multiply(mask, self._clips[-1].crop(box))
        self._image.paste((*color[:3], 255), box, mask)

    def _paste(self, image: Image.Image, alpha: int, box: coverage.Box) -> None:
        """Blend a picture in where its alpha and the clips let it."""
        mask = image.getchannel("A")
        if alpha < 255:
            mask = mask.point([(level * alpha + 127) // 255 for level in range(256)])
        if self._clips:
            mask = ImageChops.multiply(mask, self._clips[-1].crop(box))
        self._image.paste(image.convert("RGB"), box, mask)


def _pieces(text: str, run: Run) -> list[tuple[int, int, float, float]]:
    """Return what FreeType is to draw at once: start and end in the text, and where it goes.

    Letters that join are drawn as a whole run, everything else cluster by cluster, in place.
    """
    if _JOINED.search(text, run.start, run.stop):
        return [(run.start, run.stop, run.x, 0.0)]
    starts = sorted({*run.clusters, run.stop})
    stops = dict(itertools.pairwise(starts))
    found: dict[int, tuple[int, int, float, float]] = {}
    for cluster, left in zip(run.clusters, run.starts(), strict=True):
        found.setdefault(cluster, (cluster, stops[cluster], left, 0.0))
    return list(found.values())

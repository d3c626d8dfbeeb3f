"""The painter that chat clients have inside them: Skia's software rasteriser."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

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
from sigh_batch.render.skia_forms import (
    Memory,
    argb,
    coverage_canvas,
    image_of,
    path_of,
    rounded,
    skia,
    stroke_of,
    surface_of,
    with_alpha,
)
from sigh_batch.render.typeset import Line, Paragraph, Word

K = TypeVar("K")
V = TypeVar("V")

_KEPT = 4096
_EDGINGS = {
    "none": skia.Font.Edging.kAlias,
    "grey": skia.Font.Edging.kAntiAlias,
    "subpixel": skia.Font.Edging.kAntiAlias,
}
_HINTINGS = {
    "none": skia.FontHinting.kNone,
    "slight": skia.FontHinting.kSlight,
    "normal": skia.FontHinting.kNormal,
    "full": skia.FontHinting.kFull,
}
_EXACT = skia.SamplingOptions()
_SMOOTH = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
_BLACK: Color = (0, 0, 0)
_UNBENT = TextMode(edging="grey")


@painters.register("skia")
class SkiaPainter:
    """Paints with Skia on the CPU."""

    name = "skia"
    limits: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._manager = skia.FontMgr.New_Custom_Empty()
        self._typefaces: dict[Face, Any] = {}
        self._fonts: dict[tuple[Face, float, TextMode], Any] = {}
        self._fills: dict[Color, Any] = {}
        self._inks: dict[tuple[Color, TextMode], Any] = {}
        self._stripe_inks: dict[tuple[Color, TextMode], tuple[Any, Any]] = {}
        self._memory = Memory()
        self._wide = np.zeros(0, np.uint8)

    def begin(self, width: int, height: int, background: Color, mode: TextMode = PLAIN) -> SkiaCanvas:
        """Start a picture; the canvas of the one before is no longer valid."""
        pixels = self._memory.take(width, height)
        surface = surface_of(pixels)
        surface.getCanvas().clear(argb(background[:3]))
        return SkiaCanvas(self, surface, pixels, mode)

    def fill(self, color: Color) -> Any:
        """Return the paint that fills with a colour."""
        paint = self._fills.get(color)
        if paint is None:
            paint = _keep(self._fills, color, skia.Paint(AntiAlias=True, Color=argb(color)))
        return paint

    def ink(self, color: Color, mode: TextMode) -> Any:
        """Return the paint of grey text: it bends the coverage as the mode says, and in no other way."""
        paint = self._inks.get((color, mode))
        if paint is None:
            paint = skia.Paint(AntiAlias=True, Color=argb(color))
            table = coverage_table(mode.contrast, mode.gamma, luminance(color))
            paint.setMaskFilter(skia.TableMaskFilter.Create(table))
            _keep(self._inks, (color, mode), paint)
        return paint

    def stripe_inks(self, color: Color, mode: TextMode) -> tuple[Any, Any]:
        """Return the paints that put sub-pixel coverage on a picture: one takes light away, one adds it."""
        paints = self._stripe_inks.get((color, mode))
        if paints is None:
            part = opacity(color) / 255
            tables = [coverage_table(mode.contrast, mode.gamma, value) for value in color[:3]]
            away = [[255 - round(level * part) for level in table] for table in tables]
            add = [
                [round(round(level * part) * value / 255) for level in table]
                for table, value in zip(tables, color[:3], strict=True)
            ]
            paints = (_mixer(away, skia.BlendMode.kModulate), _mixer(add, skia.BlendMode.kPlus))
            _keep(self._stripe_inks, (color, mode), paints)
        return paints

    def font(self, face: Face, size: float, mode: TextMode) -> Any:
        """Return the face at a size, set up as the mode says."""
        font = self._fonts.get((face, size, mode))
        if font is None:
            font = skia.Font(self._typeface(face), size)
            font.setEdging(_EDGINGS[mode.edging])
            font.setHinting(_HINTINGS[mode.hinting])
            font.setSubpixel(mode.subpixel_positioning)
            _keep(self._fonts, (face, size, mode), font)
        return font

    def wide(self, width: int, height: int) -> tuple[Any, NDArray[np.uint8]]:
        """Return an empty canvas three times as wide, and the coverage that text leaves on it."""
        if self._wide.size < 3 * width * height:
            self._wide = np.zeros(3 * width * height, np.uint8)
        coverage = self._wide[: 3 * width * height].reshape(height, 3 * width)
        canvas = coverage_canvas(coverage)
        canvas.scale(3, 1)
        return canvas, coverage

    def _typeface(self, face: Face) -> Any:
        typeface = self._typefaces.get(face)
        if typeface is None:
            typeface = self._manager.makeFromData(skia.Data.MakeWithCopy(face.data))
            self._typefaces[face] = typeface
        return typeface


class SkiaCanvas:
    """A picture in the painter's memory."""

    def __init__(self, painter: SkiaPainter, surface: Any, pixels: Pixels, mode: TextMode) -> None:
        self.height, self.width = pixels.shape[:2]
        self._painter = painter
        self._surface = surface
        self._canvas = surface.getCanvas()
        self._pixels = pixels
        self._mode = mode
        self._wide: tuple[Any, NDArray[np.uint8]] | None = None

    def rect(self, x: float, y: float, width: float, height: float, fill: Color, radii: Radii = 0.0) -> None:
        """Fill a rectangle; edges on whole pixels are exact."""
        self._fill(x, y, width, height, radii, self._painter.fill(fill))

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
        paint = self._painter.fill(color)
        inside = (width - 2 * thickness, height - 2 * thickness)
        if min(inside) <= 0:
            self._fill(x, y, width, height, radii, paint)
            return
        top_left, top_right, bottom_right, bottom_left = (max(0.0, r - thickness) for r in corners(radii))
        inner = rounded(
            x + thickness, y + thickness, *inside, (top_left, top_right, bottom_right, bottom_left)
        )
        self._canvas.drawDRRect(rounded(x, y, width, height, radii), inner, paint)

    def circle(self, x: float, y: float, radius: float, fill: Color) -> None:
        """Fill a circle around (x, y)."""
        self._canvas.drawCircle(x, y, radius, self._painter.fill(fill))

    def ring(self, x: float, y: float, radius: float, color: Color, thickness: float) -> None:
        """Draw a circle's outline, wholly inside the circle."""
        paint = stroke_of(color, thickness)
        self._canvas.drawCircle(x, y, radius - thickness / 2, paint)

    def line(self, start: Point, end: Point, color: Color, thickness: float) -> None:
        """Draw a straight line with flat ends."""
        self._canvas.drawLine(*start, *end, stroke_of(color, thickness))

    def polygon(self, points: Sequence[Point], fill: Color) -> None:
        """Fill a closed polygon."""
        builder = skia.PathBuilder()
        builder.addPolygon([skia.Point(*point) for point in points], True)
        self._canvas.drawPath(builder.detach(), self._painter.fill(fill))

    def path(self, path: Path, fill: Color, x: float = 0.0, y: float = 0.0, scale: float = 1.0) -> None:
        """Fill a path, scaled and then moved by (x, y)."""
        self._canvas.drawPath(path_of(path.placed(x, y, scale)), self._painter.fill(fill))

    def stroke(
        self, path: Path, color: Color, thickness: float, x: float = 0.0, y: float = 0.0, scale: float = 1.0
    ) -> None:
        """Draw along a path with round ends and joins; the thickness is not scaled."""
        paint = stroke_of(color, thickness)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        self._canvas.drawPath(path_of(path.placed(x, y, scale)), paint)

    def gradient(
        self, x: float, y: float, width: float, height: float, top: Color, bottom: Color, radii: Radii = 0.0
    ) -> None:
        """Fill a rectangle with a vertical gradient."""
        paint = skia.Paint(AntiAlias=True)
        ends = [skia.Point(x, y), skia.Point(x, y + height)]
        paint.setShader(skia.GradientShader.MakeLinear(ends, [argb(top), argb(bottom)]))
        self._fill(x, y, width, height, radii, paint)

    def shadow(
        self, x: float, y: float, width: float, height: float, color: Color, blur: float, radii: Radii = 0.0
    ) -> None:
        """Draw the soft shadow of a rectangle; `blur` is the deviation of the Gaussian in pixels."""
        paint = skia.Paint(AntiAlias=True, Color=argb(color))
        if blur > 0:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        self._fill(x, y, width, height, radii, paint)

    def picture(
        self, image: Pixels, x: float, y: float, width: float, height: float, radii: Radii = 0.0
    ) -> None:
        """Draw an RGB or RGBA array (alpha not premultiplied) into a rectangle, scaled and clipped to it."""
        whole = x == int(x) and y == int(y) and (height, width) == image.shape[:2]
        box = skia.Rect.MakeXYWH(x, y, width, height)
        pixels = with_alpha(image)
        source = image_of(pixels)
        if not any(corners(radii)):
            self._canvas.drawImageRect(source, box, _EXACT if whole else _SMOOTH, self._painter.fill(_BLACK))
            return
        self.push_clip(x, y, width, height, radii)
        self._canvas.drawImageRect(source, box, _EXACT if whole else _SMOOTH)
        self.pop_clip()

    def push_clip(self, x: float, y: float, width: float, height: float, radii: Radii = 0.0) -> None:
        """Draw only inside this rectangle (and inside every clip pushed before) until `pop_clip`."""
        self._canvas.save()
        self._canvas.clipRRect(rounded(x, y, width, height, radii), True)

    def pop_clip(self) -> None:
        """Undo the last `push_clip`."""
        self._canvas.restore()

    def text(self, text: Paragraph | Line | Word, x: float, y: float, color: Color) -> None:
        """Draw set text; (x, y) is the top left corner of its whole paragraph, also for a line or a word."""
        mode = self._mode
        if mode.edging == "subpixel":
            self._striped_text(text, x, y, color)
            return
        painter = self._painter
        plain = painter.fill(color)
        ink = painter.ink(color, mode) if mode.edging == "grey" else plain
        for words in words_of(text):
            inked, colored = self._blobs(words)
            if inked is not None:
                self._canvas.drawTextBlob(inked, x, y + words[0].baseline, ink)
            if colored is not None:
                self._canvas.drawTextBlob(colored, x, y + words[0].baseline, plain)

    def pixels(self) -> Pixels:
        """Return a copy of the picture: height x width x 3, contiguous."""
        return np.ascontiguousarray(self._pixels[:, :, :3])

    def rgba(self) -> Pixels:
        """Return the picture as height x width x 4 without copying; gone with the painter's next `begin`."""
        return self._pixels

    def _fill(self, x: float, y: float, width: float, height: float, radii: Radii, paint: Any) -> None:
        if radii == 0.0:
            self._canvas.drawRect(skia.Rect.MakeXYWH(x, y, width, height), paint)
        else:
            self._canvas.drawRRect(rounded(x, y, width, height, radii), paint)

    def _striped_text(self, text: Paragraph | Line | Word, x: float, y: float, color: Color) -> None:
        """Draw text with sub-pixel edges.

        Its coverage in thirds of a pixel, each averaged with its neighbours, is what the three
        stripes of a pixel show.
        """
        if self._wide is None:
            self._wide = self._painter.wide(self.width, self.height)
        canvas, coverage = self._wide
        away, add = self._painter.stripe_inks(color, self._mode)
        if not self._mode.subpixel_positioning:
            x = float(round(x))
        for words in words_of(text):
            top = y + words[0].baseline
            inked, colored = self._blobs(words)
            if inked is not None:
                canvas.drawTextBlob(inked, x, top, self._painter.ink(_BLACK, _UNBENT))
                box = inked.bounds().makeOffset(x, top).makeOutset(1, 1)
                left, right = max(0, math.floor(box.left())), min(self.width, math.ceil(box.right()))
                upper, lower = max(0, math.floor(box.top())), min(self.height, math.ceil(box.bottom()))
                if left < right and upper < lower:
                    thirds = coverage[upper:lower, 3 * left : 3 * right]
                    mixed = cv2.blur(thirds, (3, 1), borderType=cv2.BORDER_CONSTANT)
                    stripes = mixed.reshape(lower - upper, right - left, 3)
                    pixels = np.asarray(cv2.cvtColor(stripes, cv2.COLOR_RGB2RGBA), np.uint8)
                    for paint in (away, add):
                        self._canvas.drawImage(image_of(pixels), left, upper, _EXACT, paint)
                    thirds[...] = 0
            if colored is not None:
                self._canvas.drawTextBlob(colored, x, top, self._painter.fill(color))

    def _blobs(self, words: Sequence[Word]) -> tuple[Any, Any]:
        """Return the words' glyphs as an inked and a coloured blob, or None where there are no such glyphs.

        Glyphs of one font become one run: a run a word costs twice the time.
        """
        flat: dict[tuple[Face, float], tuple[list[int], list[float]]] = {}
        ink, colored = skia.TextBlobBuilder(), skia.TextBlobBuilder()
        for word in words:
            left = word.x
            for run in word.shape.runs:
                if run.ys is None:
                    lists = flat.get((run.face, run.size))
                    if lists is None:
                        lists = flat[run.face, run.size] = ([], [])
                    lists[0].extend(run.glyphs)
                    lists[1].extend([at + left for at in run.xs])
                elif run.glyphs:
                    points = [skia.Point(at + left, down) for at, down in zip(run.xs, run.ys, strict=True)]
                    builder = colored if run.face.colored else ink
                    builder.allocRunPos(
                        self._painter.font(run.face, run.size, self._mode), run.glyphs, points
                    )
        for (face, size), (glyphs, xs) in flat.items():
            builder = colored if face.colored else ink
            builder.allocRunPosH(self._painter.font(face, size, self._mode), glyphs, xs, 0.0)
        return ink.make(), colored.make()


def _keep(kept: dict[K, V], key: K, value: V) -> V:
    if len(kept) >= _KEPT:
        kept.clear()
    kept[key] = value
    return value


def _mixer(tables: list[list[int]], mode: Any) -> Any:
    paint = skia.Paint(BlendMode=mode)
    paint.setColorFilter(skia.TableColorFilter.MakeARGB(None, *tables))
    return paint

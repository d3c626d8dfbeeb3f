"""The painter that chat clients have inside them: Skia's software rasteriser."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.render import sprite, stripes
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
    ink_box,
    luminance,
    opacity,
    painters,
    words_of,
)
from sigh_batch.render.scratch import Scratch
from sigh_batch.render.shaping import Run
from sigh_batch.render.skia_forms import (
    argb,
    coverage_canvas,
    image_of,
    path_of,
    rounded,
    skia,
    stroke_of,
    surface_of,
)
from sigh_batch.render.typeset import Line, Paragraph, Word

K = TypeVar("K")
V = TypeVar("V")

_KEPT = 512
"""Paints of shapes; fonts and inks of a text mode."""
_BOOKS = 16
"""Text modes whose fonts and inks are kept: neighbouring samples share a few."""
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
_ANYWHERE = skia.Rect.MakeLTRB(-1e6, -1e6, 1e6, 1e6)
"""Bounds of glyph runs: to find the real ones takes longer than to clip."""
_BLACK: Color = (0, 0, 0)


@painters.register("skia")
class SkiaPainter:
    """Paints with Skia on the CPU."""

    name = "skia"
    limits: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._manager = skia.FontMgr.New_Custom_Empty()
        self._typefaces: dict[Face, Any] = {}
        self._books: dict[TextMode, _Book] = {}
        self._fills: dict[Color, Any] = {}
        self._memory = Scratch()
        self._wide = Scratch()

    def begin(self, width: int, height: int, background: Color, mode: TextMode = PLAIN) -> SkiaCanvas:
        """Start a picture; the canvas of the one before is no longer valid."""
        pixels = self._memory.take(4 * width * height).reshape(height, width, 4)
        surface = surface_of(pixels)
        surface.getCanvas().clear(argb(background[:3]))
        return SkiaCanvas(self, surface, pixels, self._book(mode))

    def fill(self, color: Color) -> Any:
        """Return the paint that fills with a colour."""
        paint = self._fills.get(color)
        if paint is None:
            paint = _keep(self._fills, color, skia.Paint(AntiAlias=True, Color=argb(color)))
        return paint

    def typeface(self, face: Face) -> Any:
        """Return Skia's form of a face."""
        typeface = self._typefaces.get(face)
        if typeface is None:
            typeface = self._typefaces[face] = self._manager.makeFromFile(str(face.path))
        return typeface

    def wide(self, width: int, height: int, times: int) -> tuple[Any, NDArray[np.uint8]]:
        """Return an empty canvas so many times as wide, and the coverage that text leaves on it.

        Who draws on it leaves it empty again.
        """
        coverage = self._wide.take(times * width * height).reshape(height, times * width)
        canvas = coverage_canvas(coverage)
        canvas.scale(times, 1)
        return canvas, coverage

    def _book(self, mode: TextMode) -> _Book:
        book = self._books.get(mode)
        if book is None:
            book = _keep(self._books, mode, _Book(self, mode), _BOOKS)
        return book


class _Book:
    """Fonts and paints of one text mode."""

    def __init__(self, painter: SkiaPainter, mode: TextMode) -> None:
        self.mode = mode
        self._painter = painter
        self._fonts: dict[tuple[Face, float], Any] = {}
        self._inks: dict[Color, Any] = {}

    def font(self, face: Face, size: float) -> Any:
        """Return the face at a size, set up as the mode says."""
        font = self._fonts.get((face, size))
        if font is None:
            font = skia.Font(self._painter.typeface(face), size)
            font.setEdging(_EDGINGS[self.mode.edging])
            font.setHinting(_HINTINGS[self.mode.hinting])
            font.setSubpixel(self.mode.subpixel_positioning)
            _keep(self._fonts, (face, size), font)
        return font

    def ink(self, color: Color) -> Any:
        """Return the paint of text: it bends the coverage as the mode says, and in no other way."""
        paint = self._inks.get(color)
        if paint is None:
            mode = self.mode
            bend = None
            if mode.edging == "grey":
                bend = _bend(mode.contrast, mode.gamma, luminance(color, mode.gamma))
            paint = _inked(mode.coverage if bend else "exact", bend)
            paint.setColor(argb(color))
            _keep(self._inks, color, paint)
        return paint


class SkiaCanvas:
    """A picture in the painter's memory."""

    def __init__(self, painter: SkiaPainter, surface: Any, pixels: Pixels, book: _Book) -> None:
        self.height, self.width = pixels.shape[:2]
        self._painter = painter
        self._surface = surface
        self._canvas = surface.getCanvas()
        self._pixels = pixels
        self._book = book
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
        left, top_row, across, down = sprite.place(x, y, width, height)
        pixels = sprite.gradient(across, down, top, bottom, y - top_row, height)
        plain = opacity(top) == opacity(bottom) == 255 and not any(corners(radii))
        self._put(sprite.round_off(pixels, radii), left, top_row, plain)

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
        left, top, across, down = sprite.place(x, y, width, height)
        plain = image.shape[2] == 3 and not any(corners(radii))
        pixels = sprite.round_off(sprite.fit(image, across, down), radii)
        self._put(pixels, left, top, plain)

    def push_clip(self, x: float, y: float, width: float, height: float, radii: Radii = 0.0) -> None:
        """Draw only inside this rectangle (and inside every clip pushed before) until `pop_clip`."""
        self._canvas.save()
        self._canvas.clipRRect(rounded(x, y, width, height, radii), True)

    def pop_clip(self) -> None:
        """Undo the last `push_clip`."""
        self._canvas.restore()

    def text(self, text: Paragraph | Line | Word, x: float, y: float, color: Color) -> None:
        """Draw set text; (x, y) is the top left corner of its whole paragraph, also for a line or a word."""
        x += self._book.mode.phase
        if self._book.mode.edging == "subpixel":
            self._striped_text(text, x, y, color)
            return
        inked, colored = self._blobs(words_of(text))
        if inked is not None:
            self._canvas.drawTextBlob(inked, x, y, self._book.ink(color))
        if colored is not None:
            self._canvas.drawTextBlob(colored, x, y, self._painter.fill(color))

    def pixels(self) -> Pixels:
        """Return a copy of the picture: height x width x 3, contiguous."""
        return np.ascontiguousarray(self._pixels[:, :, :3])

    def rgba(self) -> Pixels:
        """Return the picture as height x width x 4 without copying; gone with the painter's next `begin`."""
        return self._pixels

    def _put(self, pixels: Pixels, left: int, top: int, opaque: bool) -> None:
        if not opaque:
            pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2mRGBA), np.uint8)
        self._canvas.drawImage(image_of(pixels, opaque), left, top, _EXACT)

    def _fill(self, x: float, y: float, width: float, height: float, radii: Radii, paint: Any) -> None:
        if radii == 0.0:
            self._canvas.drawRect(skia.Rect.MakeXYWH(x, y, width, height), paint)
        else:
            self._canvas.drawRRect(rounded(x, y, width, height, radii), paint)

    def _striped_text(self, text: Paragraph | Line | Word, x: float, y: float, color: Color) -> None:
        """Draw text with sub-pixel edges; its coverage is taken on a wider canvas: see `stripes`."""
        mode = self._book.mode
        times = stripes.COLUMNS[mode.coverage]
        if self._wide is None:
            self._wide = self._painter.wide(self.width, self.height, times)
        canvas, coverage = self._wide
        if not mode.subpixel_positioning:
            x = float(round(x))
        inked, colored = self._blobs(words_of(text), x if mode.coverage == "sampled" else None)
        left, top, right, bottom = ink_box(text, x, y, self.width, self.height)
        if inked is not None and left < right and top < bottom:
            canvas.drawTextBlob(inked, x, y, _unbent(mode.coverage))
            columns = coverage[top:bottom, times * left : times * right]
            a, b, c, d = stripes.find_ink(columns, times)
            if a < c:
                inside = columns[b:d, times * a : times * c]
                self._blend(stripes.blend(inside, color, mode), left + a, top + b)
                inside[...] = 0
        if colored is not None:
            self._canvas.drawTextBlob(colored, x, y, self._painter.fill(color))

    def _blend(self, change: stripes.Blend, left: int, top: int) -> None:
        height, width = change.kept.shape[:2]
        clip = self._canvas.getDeviceClipBounds()
        whole = clip.contains(skia.IRect.MakeXYWH(left, top, width, height))
        if whole and self._canvas.isClipRect():
            stripes.apply(change, self._pixels[top : top + height, left : left + width])
            return
        for pixels, mode in ((change.kept, skia.BlendMode.kModulate), (change.added, skia.BlendMode.kPlus)):
            self._canvas.drawImage(image_of(pixels, False), left, top, _EXACT, skia.Paint(BlendMode=mode))

    def _blobs(self, lines: Sequence[Sequence[Word]], settled: float | None = None) -> tuple[Any, Any]:
        """Return the lines' glyphs as an inked and a coloured blob, or None where there are no such glyphs.

        Neighbours of one font become one run: a run a word costs three times as much. With `settled`, glyphs
        lie on quarters of a pixel once the blob is drawn there: on a wider canvas Skia would round less.
        """
        ink, colored = skia.TextBlobBuilder(), skia.TextBlobBuilder()

        def add() -> None:
            builder, font = colored if face.colored else ink, self._book.font(face, size)
            places = xs if settled is None else stripes.settle(xs, settled)
            builder.allocRunPosH(font, glyphs, places, baseline, _ANYWHERE)

        for words in lines:
            baseline = words[0].baseline
            face, size = words[0].shape.runs[0][:2]
            glyphs: list[int] = []
            xs: list[float] = []
            for _, _, left, _, shape in words:
                for run in shape.runs:
                    own, own_size, own_glyphs, x, scale, origins, _, ys = run[:8]
                    if ys is not None:
                        self._add_raised(colored if own.colored else ink, run, left, baseline)
                        continue
                    if own is not face or own_size != size:
                        if glyphs:
                            add()
                        face, size, glyphs, xs = own, own_size, [], []
                    x += left
                    glyphs += own_glyphs
                    xs += [x + at * scale for at in origins]
            if glyphs:
                add()
        return ink.make(), colored.make()

    def _add_raised(self, builder: Any, run: Run, left: float, baseline: float) -> None:
        """Add a run of which some glyphs do not lie on the baseline."""
        downs = run.ys or (0.0,) * len(run.glyphs)
        points = [skia.Point(at + left, down + baseline) for at, down in zip(run.xs, downs, strict=True)]
        builder.allocRunPos(self._book.font(run.face, run.size), run.glyphs, points, _ANYWHERE)


@functools.cache
def _unbent(coverage: str) -> Any:
    """Return the paint that leaves the plain coverage of text."""
    return _inked(coverage, skia.TableMaskFilter.Create(range(256)))


@functools.lru_cache(maxsize=64)
def _bend(contrast: float, gamma: float, luminance: int) -> Any:
    """Return the filter that bends the coverage of text of that luminance."""
    return skia.TableMaskFilter.Create(coverage_table(contrast, gamma, luminance))


def _inked(coverage: str, bend: Any) -> Any:
    """Return a paint of text that bends the coverage, or leaves it when `bend` is None.

    With a stroke of no width beside the filling, Skia takes a glyph's outline and fills it itself.
    """
    paint = skia.Paint(AntiAlias=True)
    if bend is not None:
        paint.setMaskFilter(bend)
    if coverage == "sampled":
        paint.setStyle(skia.Paint.kStrokeAndFill_Style)
        paint.setStrokeWidth(0)
    return paint


def _keep(kept: dict[K, V], key: K, value: V, most: int = _KEPT) -> V:
    if len(kept) >= most:
        kept.clear()
    kept[key] = value
    return value

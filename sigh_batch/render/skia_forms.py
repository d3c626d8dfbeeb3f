"""Skia's forms of our values: colours, boxes, paths, pictures, memory to draw in. The home of skia."""

from __future__ import annotations

from typing import Any

from sigh_batch.errors import MissingLibrary
from sigh_batch.render.painter import Color, Path, Pixels, Radii, opacity

try:
    import skia as skia  # type: ignore[import-not-found]
except ImportError as error:
    raise MissingLibrary(
        f"the skia painter cannot be loaded ({error}); install its libraries (Debian: apt-get install"
        " libegl1 libgl1), or use the other painter (--set generate.painter=pillow)"
    ) from error


def argb(color: Color) -> int:
    """Return a colour as Skia packs it."""
    red, green, blue = color[:3]
    return opacity(color) << 24 | red << 16 | green << 8 | blue


def surface_of(pixels: Pixels) -> Any:
    """Return a surface that draws into the pixels."""
    height, width = pixels.shape[:2]
    info = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kOpaque_AlphaType)
    return skia.Surface.MakeRasterDirect(info, pixels, width * 4)


def coverage_canvas(levels: Pixels) -> Any:
    """Return a canvas on which everything leaves its coverage in the levels, one byte a pixel."""
    height, width = levels.shape
    return skia.Canvas.MakeRasterDirect(skia.ImageInfo.MakeA8(width, height), levels, width)


def image_of(pixels: Pixels, opaque: bool) -> Any:
    """Return an image that shares the pixels, opaque or with premultiplied alpha; the caller keeps them."""
    alpha = skia.kOpaque_AlphaType if opaque else skia.kPremul_AlphaType
    return skia.Image.fromarray(pixels, skia.kRGBA_8888_ColorType, alpha, copy=False)


def rounded(x: float, y: float, width: float, height: float, radii: Radii) -> Any:
    """Return a rectangle with rounded corners."""
    box = skia.Rect.MakeXYWH(x, y, width, height)
    if not isinstance(radii, tuple):
        return skia.RRect.MakeRectXY(box, radii, radii)
    rounded = skia.RRect()
    rounded.setRectRadii(box, [skia.Point(radius, radius) for radius in radii])
    return rounded


def stroke_of(color: Color, thickness: float) -> Any:
    """Return the paint that draws along lines."""
    paint = skia.Paint(AntiAlias=True, Color=argb(color), StrokeWidth=thickness)
    paint.setStyle(skia.Paint.kStroke_Style)
    return paint


def path_of(path: Path) -> Any:
    """Return the path; where parts of it overlap, it is open."""
    builder = skia.PathBuilder()
    builder.setFillType(skia.PathFillType.kEvenOdd)
    for letter, numbers in path.commands:
        if letter == "M":
            builder.moveTo(*numbers)
        elif letter == "L":
            builder.lineTo(*numbers)
        elif letter == "Q":
            builder.quadTo(*numbers)
        elif letter == "C":
            builder.cubicTo(*numbers)
        else:
            builder.close()
    return builder.detach()

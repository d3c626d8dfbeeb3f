"""How much of each pixel a shape covers: exact rectangles, distances for round ones, samples for paths."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw

from sigh_batch.render.painter import Path, Point

Box: TypeAlias = tuple[int, int, int, int]
Levels: TypeAlias = NDArray[np.uint8]

_SAMPLES = 8
"""Sub-pixels in a row or column of a pixel for paths."""
_STEPS = 16
"""Straight pieces that stand for a curve."""


def around(left: float, top: float, right: float, bottom: float, width: int, height: int) -> Box:
    """Return the smallest box of whole pixels around a rectangle, cut at the picture's edges."""
    return (
        max(0, math.floor(left)),
        max(0, math.floor(top)),
        max(0, min(width, math.ceil(right))),
        max(0, min(height, math.ceil(bottom))),
    )


def rectangle(
    x: float, y: float, width: float, height: float, radii: tuple[float, float, float, float], box: Box
) -> Levels:
    """Return the coverage of a rectangle with rounded corners over the pixels of a box."""
    columns = np.arange(box[0], box[2], dtype=np.float64)
    rows = np.arange(box[1], box[3], dtype=np.float64)
    across = np.clip(np.minimum(columns + 1, x + width) - np.maximum(columns, x), 0, 1)
    down = np.clip(np.minimum(rows + 1, y + height) - np.maximum(rows, y), 0, 1)
    share = down[:, None] * across[None, :]
    fit = _fit(width, height, radii)
    for radius, center_x, center_y, left, top in (
        (fit[0], x + fit[0], y + fit[0], True, True),
        (fit[1], x + width - fit[1], y + fit[1], False, True),
        (fit[2], x + width - fit[2], y + height - fit[2], False, False),
        (fit[3], x + fit[3], y + height - fit[3], True, False),
    ):
        if radius <= 0:
            continue
        aside = (center_x - columns - 0.5) if left else (columns + 0.5 - center_x)
        above = (center_y - rows - 0.5) if top else (rows + 0.5 - center_y)
        corner = (aside > -0.5)[None, :] & (above > -0.5)[:, None]
        far_x, far_y = np.maximum(aside, 0), np.maximum(above, 0)
        distance = np.sqrt(far_x[None, :] ** 2 + far_y[:, None] ** 2)
        share[corner] = np.minimum(share, np.clip(radius - distance + 0.5, 0, 1))[corner]
    return _levels(share)


def ring(x: float, y: float, radius: float, thickness: float, box: Box) -> Levels:
    """Return the coverage of a circle's outline, or of the disc where the thickness fills it."""
    columns = np.arange(box[0], box[2], dtype=np.float64) + 0.5 - x
    rows = np.arange(box[1], box[3], dtype=np.float64) + 0.5 - y
    distance = np.sqrt(columns[None, :] ** 2 + rows[:, None] ** 2)
    outside = np.clip(radius - distance + 0.5, 0, 1)
    if thickness >= radius:
        return _levels(outside)
    return _levels(outside - np.clip(radius - thickness - distance + 0.5, 0, 1))


def polygons(shapes: Sequence[Sequence[Point]], box: Box) -> Levels:
    """Return the coverage of closed polygons; what two of them share is left out."""
    size = ((box[2] - box[0]) * _SAMPLES, (box[3] - box[1]) * _SAMPLES)
    total = Image.new("1", size)
    for shape in shapes:
        if len(shape) > 2:
            one = Image.new("1", size)
            ImageDraw.Draw(one).polygon(_sampled(shape, box), fill=1)
            total = ImageChops.logical_xor(total, one)
    return np.asarray(total.convert("L").reduce(_SAMPLES))


def strokes(lines: Sequence[Sequence[Point]], thickness: float, box: Box) -> Levels:
    """Return the coverage of polylines with round ends and joins."""
    size = ((box[2] - box[0]) * _SAMPLES, (box[3] - box[1]) * _SAMPLES)
    total = Image.new("L", size)
    draw = ImageDraw.Draw(total)
    radius = thickness * _SAMPLES / 2
    reach = radius - 0.5  # an ellipse of ImageDraw covers its last sub-pixel too
    for line in lines:
        points = _sampled(line, box)
        draw.line(points, fill=255, width=max(1, round(2 * radius)))
        for across, down in points:
            draw.ellipse((across - reach, down - reach, across + reach, down + reach), fill=255)
    return np.asarray(total.reduce(_SAMPLES))


def outlines(path: Path) -> list[list[Point]]:
    """Return the path's parts as polylines; a closed part ends where it began."""
    parts: list[list[Point]] = []
    for letter, numbers in path.commands:
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        if letter == "M":
            parts.append(points)
        elif letter == "Z":
            parts[-1].append(parts[-1][0])
        elif letter == "L":
            parts[-1].extend(points)
        else:
            parts[-1].extend(_curve([parts[-1][-1], *points]))
    return parts


def _curve(control: list[Point]) -> list[Point]:
    """Return points along a Bezier curve, without its start."""
    found = []
    for step in range(1, _STEPS + 1):
        part = step / _STEPS
        points = control
        while len(points) > 1:
            points = [
                (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part)
                for a, b in itertools.pairwise(points)
            ]
        found.append(points[0])
    return found


def _sampled(points: Sequence[Point], box: Box) -> list[Point]:
    return [((x - box[0]) * _SAMPLES - 0.5, (y - box[1]) * _SAMPLES - 0.5) for x, y in points]


def _fit(width: float, height: float, radii: tuple[float, float, float, float]) -> list[float]:
    """Return the radii made smaller, all by one factor, until neighbours fit on their edge."""
    a, b, c, d = radii
    edges = ((width, a + b), (height, b + c), (width, c + d), (height, d + a))
    factor = min([1.0, *(edge / both for edge, both in edges if both > 0)])
    return [radius * factor for radius in radii]


def _levels(share: NDArray[np.float64]) -> Levels:
    return (share * 255 + 0.5).astype(np.uint8)

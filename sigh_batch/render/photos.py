"""Pictures that people attach, made up: landscapes, seas, lights at night, tables, papers, rooms, leaves.

They are textures like those of photographs (gradients, fractal noise, blur, grain), never
photographs of anything. All arithmetic is of whole numbers, so that every machine makes the same
pixels; each picture is made once in its own format, kept as a JPEG, and scaled where it is drawn.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeAlias

import cv2
import numpy as np
import simplejpeg  # type: ignore[import-untyped]  # it ships none
from numpy.typing import NDArray

from sigh_batch.render.colors import Rgb, mix, oklch
from sigh_batch.render.painter import Pixels
from sigh_batch.rng import Draws, for_sample

Levels: TypeAlias = NDArray[np.uint16]
"""Whole numbers from 0 to 255 whose products still fit."""

_SHAPES = {"wide": (512, 384), "tall": (384, 512), "square": (420, 420)}
_KEPT = 256
"""Pictures kept as files: some 11 MB, where their pixels would be 150."""
_QUALITY = 90


def photo(seed: int, shape: str) -> Pixels:
    """Return the picture of a seed as RGB: `shape` is wide, tall or square."""
    return np.asarray(simplejpeg.decode_jpeg(_file(seed, shape), colorspace="RGB"), np.uint8)


@functools.lru_cache(maxsize=_KEPT)
def _file(seed: int, shape: str) -> bytes:
    """Return the picture as a phone sends it: to open a file takes a tenth of making the picture anew."""
    width, height = _SHAPES[shape]
    draws = for_sample(0, "photo", seed)
    sheet = _Sheet(draws, width, height)
    draws.choice(_SCENES)(sheet, draws)
    file: bytes = simplejpeg.encode_jpeg(
        sheet.developed(draws), quality=_QUALITY, colorspace="RGB", colorsubsampling="420", fastdct=False
    )
    return file


class _Sheet:
    """A picture while it is made."""

    def __init__(self, draws: Draws, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._bits = draws.generator()
        self.pixels: Pixels = np.zeros((height, width, 3), np.uint8)

    def noise(self, cells: int, octaves: int, stretch: int = 1) -> Levels:
        """Return fractal noise around 128: `cells` across at its coarsest; `stretch` makes it lie flat."""
        fine = min(cells << octaves, self.width // 2)
        small = (fine, max(4, fine * self.height * stretch // self.width))
        total = np.zeros(small[::-1], np.int16)
        for octave in range(octaves):
            across = cells << octave
            down = max(2, across * self.height * stretch // self.width)
            grid = self._bits.integers(0, 256, (down + 1, across + 1), np.uint8)
            total += (cv2.resize(grid, small, interpolation=cv2.INTER_CUBIC).astype(np.int16) - 128) >> octave
        levels = np.clip((total * 5 >> 3) + 128, 0, 255).astype(np.uint8)
        wide = cv2.resize(levels, (self.width, self.height), interpolation=cv2.INTER_CUBIC)
        return np.asarray(wide, np.uint16)

    def ridge(self, cells: int, octaves: int) -> NDArray[np.int32]:
        """Return a line of heights from 0 to 255, as mountains have them."""
        total = np.zeros(self.width, np.int32)
        for octave in range(octaves):
            grid = self._bits.integers(0, 256, (1, (cells << octave) + 1), np.uint8)
            line = cv2.resize(grid, (self.width, 1), interpolation=cv2.INTER_LINEAR)[0]
            total += (line.astype(np.int32) - 128) >> octave
        return np.clip(total + 128, 0, 255).astype(np.int32)

    def fade(self, top: Rgb, bottom: Rgb, begin: int, end: int) -> None:
        """Fill rows `begin` to `end` with a gradient."""
        part = (np.arange(end - begin, dtype=np.int32) * 255 // max(1, end - begin - 1))[:, None]
        first, last = np.array(top, np.int32), np.array(bottom, np.int32)
        rows = (first * (255 - part) + last * part + 127) // 255
        place = (self.width, end - begin)
        self.pixels[begin:end] = cv2.resize(
            rows.astype(np.uint8)[:, None], place, interpolation=cv2.INTER_NEAREST
        )

    def blend(self, color: Rgb, mask: Levels, begin: int = 0) -> None:
        """Lay a colour over the rows from `begin`, as far as the mask says."""
        part = cv2.cvtColor((mask[begin:] + 1) >> 1, cv2.COLOR_GRAY2RGB).view(np.int16)
        below = self.pixels[begin:]
        change = np.asarray(cv2.subtract(np.array([*color, 0.0]), below, dtype=cv2.CV_16S), np.int16)
        change *= part
        change >>= 7
        self.pixels[begin:] = cv2.add(below, change, dtype=cv2.CV_8U)

    def shade(self, noise: Levels, strength: int, begin: int = 0, end: int | None = None) -> None:
        """Make rows lighter and darker as the noise says; `strength` is its weight in 256ths."""
        shift = ((noise[begin:end].astype(np.int16) - 128) * strength) >> 8
        self.pixels[begin:end] = cv2.add(
            self.pixels[begin:end], cv2.merge([shift, shift, shift]), dtype=cv2.CV_8U
        )

    def blur(self, size: int) -> None:
        """Put everything so far out of focus."""
        self.pixels = np.asarray(cv2.blur(cv2.blur(self.pixels, (size, size)), (size, size)), np.uint8)

    def disc(self, x: int, y: int, radius: int, color: Rgb) -> None:
        """Fill a circle."""
        cv2.circle(self.pixels, (x, y), radius, color, -1, cv2.LINE_AA)

    def area(self, points: list[tuple[int, int]], color: Rgb) -> None:
        """Fill a polygon."""
        cv2.fillPoly(self.pixels, [np.array(points, np.int32)], color, cv2.LINE_AA)

    def developed(self, draws: Draws) -> Pixels:
        """Return the picture as a small camera gives it: darker corners, a tint, grain."""
        down = np.abs(np.arange(self.height, dtype=np.int32) * 2 - self.height) * 255 // self.height
        across = np.abs(np.arange(self.width, dtype=np.int32) * 2 - self.width) * 255 // self.width
        far = (down * down)[:, None] + (across * across)[None, :]
        dark = far * draws.integer(8, 34) >> 17
        grain = self._bits.integers(0, 256, (self.height, self.width), np.uint8).astype(np.int16)
        strength = draws.integer(4, 13)
        change = ((grain - 128) * strength >> 7) - dark.astype(np.int16)
        tint = [draws.integer(-6, 6) for _ in range(3)]
        channels = [
            cv2.add(channel, change + by, dtype=cv2.CV_8U)
            for channel, by in zip(cv2.split(self.pixels), tint, strict=True)
        ]
        return np.asarray(cv2.merge(channels), np.uint8)


def _mountains(sheet: _Sheet, draws: Draws) -> None:
    hue, far = draws.uniform(0.62, 0.72), draws.uniform(0.62, 0.8)
    line = sheet.height * draws.integer(38, 55) // 100
    horizon = oklch(0.9, 0.05, draws.choice((0.1, 0.2, 0.65)))
    sheet.fade(oklch(draws.uniform(0.55, 0.75), 0.1, hue), horizon, 0, line + sheet.height // 5)
    sheet.pixels[line + sheet.height // 5 :] = horizon
    clouds = sheet.noise(draws.integer(2, 4), 5, 2)
    sheet.blend((248, 248, 250), np.clip(clouds.astype(np.int32) * 2 - 250, 0, 220).astype(np.uint16))
    rows = np.arange(sheet.height, dtype=np.int32)[:, None]
    ranges = draws.integer(3, 4)
    season = draws.choice((0.36, 0.34, 0.25, 0.42))
    for step in range(ranges):
        near = step / (ranges - 1)
        rise = sheet.ridge(draws.integer(2, 4), 6 - step) * sheet.height * (14 - 2 * step) // (100 * 128)
        top = line + sheet.height * step * 17 // 100 - rise + sheet.height // 12
        mask = np.clip((rows - top[None, :]) * 128 + 128, 0, 255).astype(np.uint16)
        ground = mix(horizon, oklch(0.38, 0.08, season), min(1.0, far * near + 0.28))
        sheet.blend(ground, mask)
        texture = sheet.noise(9 << step, 4, 2)
        lit = ((texture.astype(np.int32) - 128) * (mask > 128) + 128).astype(np.uint16)
        sheet.shade(lit, 22 + 45 * step)


def _sea(sheet: _Sheet, draws: Draws) -> None:
    line = sheet.height * draws.integer(40, 58) // 100
    warm = draws.uniform(0.05, 0.18) if draws.chance(0.6) else draws.uniform(0.6, 0.7)
    glow = oklch(draws.uniform(0.82, 0.92), 0.11, warm)
    sheet.fade(oklch(draws.uniform(0.4, 0.65), 0.11, draws.uniform(0.66, 0.85)), glow, 0, line)
    across, radius = sheet.width * draws.integer(20, 80) // 100, sheet.width * draws.integer(4, 7) // 100
    sheet.disc(across, line - radius * draws.integer(2, 30) // 10, radius, (255, 246, 220))
    sheet.blur(15)
    clouds = sheet.noise(2, 5, 4)
    streaks = np.clip(clouds.astype(np.int32) * 2 - 262, 0, 190).astype(np.uint16)
    streaks[line:] = 0
    sheet.blend(mix(glow, (90, 70, 100), 0.45), streaks)
    water = oklch(draws.uniform(0.35, 0.5), 0.07, draws.uniform(0.58, 0.68))
    sheet.fade(mix(glow, water, 0.45), mix(water, (8, 14, 24), 0.4), line, sheet.height)
    sheet.shade(sheet.noise(5, 5, 7), 110, line)
    columns = np.abs(np.arange(sheet.width, dtype=np.int32) - across)[None, :]
    path = np.clip(220 - columns * 900 // sheet.width, 0, 200) * sheet.noise(12, 3, 8).astype(np.int32) >> 8
    path[:line] = 0
    sheet.blend((255, 240, 214), path.astype(np.uint16))


def _night(sheet: _Sheet, draws: Draws) -> None:
    sheet.fade(oklch(0.2, 0.05, 0.72), oklch(0.13, 0.03, draws.random()), 0, sheet.height)
    for layer in range(3):
        for _ in range(draws.integer(8, 22)):
            radius = draws.integer(5, 9 + 6 * (2 - layer))
            hue = draws.choice((0.1, 0.13, 0.18, 0.25, 0.62, 0.95))
            at = draws.integer(0, sheet.width), draws.integer(sheet.height // 6, sheet.height * 5 // 6)
            sheet.disc(*at, radius, oklch(draws.uniform(0.5, 0.85), 0.13, hue))
        sheet.blur((11, 7, 3)[layer])
    base = sheet.height * draws.integer(66, 80) // 100
    rows = np.arange(sheet.height, dtype=np.int32)[:, None]
    edge = base - sheet.ridge(6, 2) // 16
    sheet.blend((12, 13, 18), np.clip((rows - edge[None, :]) * 40, 0, 235).astype(np.uint16))
    sheet.shade(sheet.noise(9, 4, 5), 22, base)


def _table(sheet: _Sheet, draws: Draws) -> None:
    wood = oklch(draws.uniform(0.45, 0.82), draws.uniform(0.01, 0.07), draws.uniform(0.12, 0.2))
    sheet.fade(mix(wood, (255, 255, 255), 0.12), mix(wood, (0, 0, 0), 0.18), 0, sheet.height)
    sheet.shade(sheet.noise(3, 6, draws.choice((1, 9))), 70)
    for _ in range(draws.integer(1, 3)):
        x, y = (draws.integer(side // 5, side * 4 // 5) for side in (sheet.width, sheet.height))
        radius = min(sheet.width, sheet.height) * draws.integer(14, 33) // 100
        _plate(sheet, draws, x, y, radius)


def _plate(sheet: _Sheet, draws: Draws, x: int, y: int, radius: int) -> None:
    """Put a plate or a cup with something in it on the table."""
    kept = sheet.pixels.copy()
    sheet.disc(x + radius // 12, y + radius // 8, radius, (30, 22, 18))
    shadow = cv2.blur(sheet.pixels, (radius // 3 | 1, radius // 3 | 1))
    both = kept.astype(np.uint16) + np.asarray(shadow, np.uint16)
    sheet.pixels = (both >> 1).astype(np.uint8)
    china = draws.choice(((245, 244, 240), (232, 236, 240), (70, 78, 92), (240, 228, 206)))
    sheet.disc(x, y, radius, mix(china, (0, 0, 0), 0.1))
    sheet.disc(x, y - radius // 40, radius * 97 // 100, china)
    sheet.disc(x, y, radius * 70 // 100, mix(china, (0, 0, 0), 0.07))
    if draws.chance(0.4):
        drink = oklch(draws.uniform(0.25, 0.5), 0.06, 0.15)
        sheet.disc(x, y, radius * 66 // 100, drink)
        sheet.disc(x - radius // 9, y + radius // 12, radius * 34 // 100, mix(drink, (250, 236, 214), 0.55))
        return
    hues = draws.choice(((0.08, 0.14, 0.3), (0.12, 0.16, 0.2), (0.33, 0.36, 0.05)))
    inner = radius * 58 // 100
    for _ in range(draws.integer(14, 40)):
        across, down = draws.integer(-inner, inner), draws.integer(-inner, inner)
        if across * across + down * down < inner * inner * 7 // 10:
            color = oklch(draws.uniform(0.4, 0.8), 0.12, draws.choice(hues))
            size = radius * draws.integer(6, 15) // 100
            sheet.disc(x + across, y + down + 2, size, mix(color, (0, 0, 0), 0.4))
            sheet.disc(x + across, y + down, size, color)


def _paper(sheet: _Sheet, draws: Draws) -> None:
    desk = oklch(draws.uniform(0.3, 0.6), draws.uniform(0.01, 0.05), draws.random())
    sheet.fade(desk, mix(desk, (0, 0, 0), 0.25), 0, sheet.height)
    sheet.shade(sheet.noise(3, 6, 8), 60)
    lean = draws.integer(-24, 24)
    left, right = sheet.width * draws.integer(16, 28) // 100, sheet.width * draws.integer(70, 86) // 100
    top, bottom = sheet.height * draws.integer(4, 12) // 100, sheet.height * draws.integer(86, 99) // 100
    white = mix((250, 249, 245), (210, 205, 190), draws.random())
    sheet.area([(left + lean, top), (right + lean, top + 6), (right, bottom), (left, bottom - 6)], white)
    step = draws.integer(9, 14)
    for row, y in enumerate(range(top + 3 * step, bottom - 2 * step, step)):
        shift = lean * (bottom - y) // max(1, bottom - top)
        begin, end = left + shift + 14, right + shift - 14
        ink = mix((52, 54, 62), white, draws.uniform(0.1, 0.35))
        if draws.chance(0.15):
            continue
        x = begin + (draws.integer(0, 60) if row < 2 else 0)
        stop = end if draws.chance(0.5) else begin + (end - begin) * draws.integer(40, 80) // 100
        while x < stop - 6:
            long = min(draws.integer(5, 34), stop - x)
            cv2.rectangle(sheet.pixels, (x, y), (x + long, y + step * 2 // 5), ink, -1)
            x += long + draws.integer(4, 7)
    sheet.blur(2)
    sheet.shade(sheet.noise(1, 3), 60)


def _room(sheet: _Sheet, draws: Draws) -> None:
    wall = oklch(draws.uniform(0.7, 0.92), draws.uniform(0.005, 0.06), draws.random())
    floor = oklch(draws.uniform(0.4, 0.7), 0.05, draws.uniform(0.1, 0.2))
    line = sheet.height * draws.integer(62, 76) // 100
    sheet.fade(wall, mix(wall, (0, 0, 0), 0.16), 0, line)
    sheet.fade(mix(floor, (255, 255, 255), 0.1), mix(floor, (0, 0, 0), 0.25), line, sheet.height)
    sheet.shade(sheet.noise(4, 5, 10), 50, line)
    unit = sheet.width // 20
    x, y = unit * draws.integer(1, 11), sheet.height * draws.integer(8, 18) // 100
    wide, tall = unit * draws.integer(4, 8), sheet.height * draws.integer(26, 42) // 100
    cv2.rectangle(sheet.pixels, (x - 5, y - 5), (x + wide + 5, y + tall + 5), (240, 240, 236), -1)
    cv2.rectangle(sheet.pixels, (x, y), (x + wide, y + tall), oklch(0.9, 0.05, 0.65), -1)
    cv2.rectangle(sheet.pixels, (x + wide // 2 - 2, y), (x + wide // 2 + 2, y + tall), (240, 240, 236), -1)
    sofa = oklch(draws.uniform(0.3, 0.65), draws.uniform(0.02, 0.11), draws.random())
    left, seat = unit * draws.integer(2, 6), line - sheet.height * draws.integer(4, 10) // 100
    right, back = left + unit * draws.integer(9, 13), seat - sheet.height * draws.integer(10, 15) // 100
    low = seat + sheet.height * 18 // 100
    for box, light in (
        ((left, back, right, seat + 8), 0.12),
        ((left - unit, seat - 12, left + unit // 2, low), 0.0),
        ((right - unit // 2, seat - 12, right + unit, low), 0.0),
        ((left + unit // 2, seat, right - unit // 2, low), 0.06),
    ):
        cv2.rectangle(sheet.pixels, box[:2], box[2:], mix(sofa, (255, 255, 255), light), -1)
    sheet.blur(3)
    sheet.shade(sheet.noise(40, 3), 26)
    sheet.shade(sheet.noise(1, 2), 120)


def _leaves(sheet: _Sheet, draws: Draws) -> None:
    hue = draws.uniform(0.3, 0.4)
    sheet.fade(oklch(0.55, 0.1, hue), oklch(0.3, 0.08, hue), 0, sheet.height)
    sheet.shade(sheet.noise(4, 4), 150)
    sheet.blur(21)
    bloom = draws.choice((0.0, 0.05, 0.16, 0.85, 0.9))
    for _ in range(draws.integer(60, 130)):
        x, y = draws.integer(0, sheet.width), draws.integer(0, sheet.height)
        size = draws.integer(8, 26)
        color = oklch(draws.uniform(0.35, 0.72), 0.12, hue + draws.uniform(-0.05, 0.05))
        turn = draws.integer(0, 179)
        cv2.ellipse(sheet.pixels, (x, y), (size, size * 2 // 5), turn, 0, 360, color, -1, cv2.LINE_AA)
    for _ in range(draws.integer(0, 9)):
        x, y, size = draws.integer(0, sheet.width), draws.integer(0, sheet.height), draws.integer(9, 24)
        petal = oklch(draws.uniform(0.65, 0.9), 0.15, bloom)
        for across, down in ((0, -1), (1, 0), (0, 1), (-1, 0)):
            sheet.disc(x + across * size * 2 // 3, y + down * size * 2 // 3, size * 3 // 4, petal)
        sheet.disc(x, y, size // 2, oklch(0.8, 0.14, 0.22))
    sheet.shade(sheet.noise(6, 6), 90)


_SCENES: tuple[Callable[[_Sheet, Draws], None], ...] = (
    _mountains,
    _mountains,
    _sea,
    _sea,
    _night,
    _table,
    _table,
    _paper,
    _room,
    _leaves,
)

"""Avatars: initials, block patterns, flat faces, small landscapes, the blank silhouette, or pictures.

A person's avatar follows from the person and the style alone, so it is the same wherever it
stands on a page.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sigh_batch.errors import ConfigError
from sigh_batch.render.breaking import graphemes
from sigh_batch.render.colors import Rgb, mix, oklch, text_on
from sigh_batch.render.page import Page
from sigh_batch.render.painter import Canvas, Pixels
from sigh_batch.render.sprite import round_off
from sigh_batch.rng import Draws
from sigh_batch.scene.conversation import Conversation, Person

_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp")
_LARGEST = 512
_SKINS: tuple[Rgb, ...] = (
    (255, 219, 189),
    (241, 194, 150),
    (224, 172, 124),
    (198, 134, 88),
    (141, 85, 51),
    (92, 56, 36),
)
_HAIR: tuple[Rgb, ...] = (
    (38, 28, 24),
    (72, 48, 32),
    (120, 78, 44),
    (196, 150, 84),
    (150, 66, 40),
    (150, 150, 154),
)
_HOURS = (
    (0.72, 0.92, (0.66, 0.54, 0.42)),
    (0.46, 0.82, (0.5, 0.4, 0.3)),
    (0.26, 0.48, (0.34, 0.27, 0.2)),
    (0.85, 0.95, (0.78, 0.64, 0.5)),
)
"""Lightness of the sky above and below, and of the ranges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AvatarStyle:
    """How a client shows avatars."""

    kinds: tuple[str, ...]
    """What people have chosen from: initials, blocks, face, view, blank, picture."""
    roundness: float
    """Corner radius as a part of the size; 0.5 is a circle."""


def draw_avatar_style(draws: Draws, pictures: bool, round_only: bool = False) -> AvatarStyle:
    """Return a style: all initials, a mixture as people upload it, or the user's pictures among it."""
    if pictures:
        kinds: tuple[str, ...] = ("picture", "picture", "picture", "initials")
    elif draws.chance(0.35):
        kinds = ("initials",)
    else:
        kinds = ("face", "view", "view", "blocks", "initials", "blank")
    square = not round_only and draws.chance(0.35)
    return AvatarStyle(kinds=kinds, roundness=draws.choice((0.16, 0.22, 0.3)) if square else 0.5)


class Avatars:
    """Draws people's avatars in one style."""

    def __init__(self, style: AvatarStyle, pictures: Sequence[Path] = ()) -> None:
        self._style = style
        self._pictures = pictures

    def kind(self, person: Person) -> str:
        """Return what this person's avatar is."""
        return self._style.kinds[person.avatar % len(self._style.kinds)]

    def draw(
        self,
        page: Page,
        person: Person,
        x: int,
        y: int,
        size: int,
        *,
        message: int | None = None,
        parent: int | None = None,
    ) -> None:
        """Draw a person's avatar into a square and note it."""
        self._paint(page, self.kind(person), person, x, y, size)
        page.note("avatar", x, y, size, size, value=person.id, message=message, parent=parent)

    def draw_group(
        self, page: Page, conversation: Conversation, x: int, y: int, size: int, parent: int | None
    ) -> None:
        """Draw a group's picture, or the sign of a group without one, and note it."""
        first = conversation.people[0]
        title = replace(first, name=conversation.title, avatar=first.avatar >> 3)
        kind = ("people", "people", "view", "view", "initials")[title.avatar % 5]
        if kind == "people":
            page.box(x, y, size, size, oklch(0.66, 0.09, title.hue), size * self._style.roundness)
            inner = int(size * 0.6)
            inset = (size - inner) // 2
            page.icon("people", x + inset, y + inset, inner, (255, 255, 255), 2.0)
        else:
            self._paint(page, kind, title, x, y, size)
        page.note("avatar", x, y, size, size, parent=parent)

    def _paint(self, page: Page, kind: str, person: Person, x: int, y: int, size: int) -> None:
        radius = size * self._style.roundness
        seed = person.avatar
        if kind == "picture" and self._pictures:
            path = self._pictures[(seed >> 8) % len(self._pictures)]
            page.picture(_read_picture(path, size, radius), x, y, size)
        elif kind in _SCENES:
            stamp = page.stamps.picture(
                (kind, seed), size, radius, lambda canvas: _SCENES[kind](canvas, seed, size)
            )
            page.picture(stamp, x, y, size)
        else:
            _initials(page, person, x, y, size, radius)


def _initials(page: Page, person: Person, x: int, y: int, size: int, radius: float) -> None:
    """Draw the first letters of a name on the person's colour."""
    text, count = _letters(person.name)
    ground = oklch(0.56 + 0.02 * (person.avatar % 7), 0.13, person.hue)
    page.box(x, y, size, size, ground, radius)
    if size < page.px(page.sizes.small) * 1.4:
        page.icon("person", x + round(size * 0.18), y + round(size * 0.16), size * 0.64, text_on(ground, 2.6))
        return
    most = size * (0.5 if count == 1 else 0.42) / page.scale
    height = next((known for known in page.sizes if known <= most), page.sizes.small)
    label = page.set(text, page.style(height, 400))
    top = y + size / 2 - label.lines[0].baseline + page.px(height) * 0.36
    page.text(label, x + (size - label.width) / 2, round(top), text_on(ground, 2.6))


@functools.lru_cache(maxsize=4096)
def _letters(name: str) -> tuple[str, int]:
    """Return the initials of a name, and how many they are."""
    words = name.split()
    letters = graphemes(words[0])[:1]
    if len(words) > 1 and letters[0].isascii() and words[-1][0].isalpha():
        letters += graphemes(words[-1])[:1]
    return "".join(letters).upper(), len(letters)


def _hue(seed: int) -> float:
    """Return the hue of an avatar's own, apart from its owner's colour."""
    return (seed >> 40 & 255) / 256


def _blocks(canvas: Canvas, seed: int, size: int) -> None:
    canvas.rect(0, 0, size, size, oklch(0.95, 0.01, _hue(seed)))
    color = oklch(0.6, 0.14, _hue(seed))
    edges = [round(size * (0.1 + 0.16 * step)) for step in range(6)]
    for row in range(5):
        height = edges[row + 1] - edges[row]
        for column in range(3):
            if seed >> (row * 3 + column) & 1:
                canvas.rect(edges[column], edges[row], edges[column + 1] - edges[column], height, color)
                canvas.rect(
                    edges[4 - column], edges[row], edges[5 - column] - edges[4 - column], height, color
                )


def _face(canvas: Canvas, seed: int, size: int) -> None:
    skin, hair = _SKINS[(seed >> 4) % len(_SKINS)], _HAIR[(seed >> 9) % len(_HAIR)]
    hue, middle = _hue(seed), size / 2

    def round_box(x: float, y: float, width: float, height: float, color: Rgb, radius: float) -> None:
        canvas.rect(middle + size * x, size * y, size * width, size * height, color, size * radius)

    canvas.rect(0, 0, size, size, oklch(0.86, 0.07, hue))
    if seed >> 13 & 1:
        round_box(-0.27, 0.2, 0.54, 0.56, hair, 0.24)
    else:
        canvas.circle(middle, size * 0.38, size * 0.225, hair)
    round_box(-0.34, 0.74, 0.68, 0.5, oklch(0.5 + 0.05 * (seed >> 14 & 3), 0.13, (hue + 0.35) % 1), 0.2)
    round_box(-0.08, 0.6, 0.16, 0.2, mix(skin, (0, 0, 0), 0.1), 0.07)
    round_box(-0.185, 0.25, 0.37, 0.43, skin, 0.18)
    canvas.push_clip(middle - size * 0.2, size * 0.18, size * 0.4, size * (0.2, 0.14, 0.24)[(seed >> 17) % 3])
    round_box(-0.2, 0.2, 0.4, 0.4, hair, 0.19)
    canvas.pop_clip()
    for side in (-0.075, 0.075):
        canvas.circle(middle + size * side, size * 0.46, size * 0.021, (48, 36, 32))
    round_box(-0.06, 0.565, 0.12, 0.03, mix(skin, (150, 30, 40), 0.45), 0.015)


def _view(canvas: Canvas, seed: int, size: int) -> None:
    """Draw a small landscape: sky, sun and three ranges, in the colours of some hour and season."""
    hue = _hue(seed)
    high, low, ranges = _HOURS[(seed >> 5) % len(_HOURS)]
    canvas.gradient(0, 0, size, size, oklch(high, 0.1, hue), oklch(low, 0.08, (hue + 0.12) % 1))
    across, down = 0.22 + (seed >> 9 & 3) * 0.18, 0.24 + (seed >> 11 & 3) * 0.07
    canvas.circle(size * across, size * down, size * (0.07 + 0.02 * (seed >> 13 & 3)), (255, 248, 224))
    season = (hue + 0.25 + 0.12 * (seed >> 15 & 3)) % 1
    for step, level in enumerate(ranges):
        rise = [0.07 * (seed >> (17 + 7 * step + 2 * place) & 3) for place in range(4)]
        base = 0.6 + 0.13 * step
        points = [(size * place / 3, size * (base - rise[place])) for place in range(4)]
        canvas.polygon([*points, (size, size), (0, size)], oklch(level, 0.08, season))


def _blank(canvas: Canvas, seed: int, size: int) -> None:
    canvas.rect(0, 0, size, size, oklch(0.7, 0.02, _hue(seed)))
    canvas.circle(size / 2, size * 0.39, size * 0.17, (244, 245, 247))
    canvas.circle(size / 2, size * 0.98, size * 0.36, (244, 245, 247))


_SCENES: dict[str, Callable[[Canvas, int, int], None]] = {
    "blocks": _blocks,
    "face": _face,
    "view": _view,
    "blank": _blank,
}


@functools.lru_cache(maxsize=8)
def list_pictures(folder: Path) -> tuple[Path, ...]:
    """Return the pictures of the user's avatar folder, sorted; raises ConfigError when there are none."""
    if not folder.is_dir():
        raise ConfigError(f"no such avatar folder: {folder}; make it, or leave generate.avatar_folder out")
    found = tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS))
    if not found:
        raise ConfigError(f"no pictures in the avatar folder {folder}; put {', '.join(_ENDINGS)} files there")
    return found


@functools.lru_cache(maxsize=64)
def _read_square(path: Path) -> Pixels:
    """Return a picture's middle square, no larger than any avatar needs."""
    pixels = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ConfigError(f"not a picture that can be read: {path}; remove it from the avatar folder")
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return _resized(pixels[top : top + side, left : left + side, ::-1], min(side, _LARGEST))


@functools.lru_cache(maxsize=2048)
def _read_picture(path: Path, size: int, radius: float) -> Pixels:
    return round_off(_resized(_read_square(path), size), radius)


def _resized(square: NDArray[Any], size: int) -> Pixels:
    smaller = cv2.INTER_AREA if size < square.shape[0] else cv2.INTER_LINEAR
    scaled = cv2.resize(np.ascontiguousarray(square), (size, size), interpolation=smaller)
    return scaled.astype(np.uint8, copy=False)


def paint_portrait(canvas: Canvas, kind: str, seed: int, size: int) -> None:
    """Paint a person's picture into the top left of a canvas; its kind is one of `PORTRAITS`."""
    _SCENES[kind](canvas, seed, size)


PORTRAITS = tuple(_SCENES)
"""Kinds of pictures that are painted from a seed alone."""

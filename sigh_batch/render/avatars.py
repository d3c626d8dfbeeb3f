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
from sigh_batch.render.painter import Pixels
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
_DRAWN = ("initials", "blocks", "face", "view")


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
    return AvatarStyle(kinds=kinds, roundness=draws.uniform(0.14, 0.32) if square else 0.5)


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
        kind = self.kind(person)
        radius = size * self._style.roundness
        if kind == "picture" and self._pictures:
            image = _read_picture(self._pictures[(person.avatar >> 8) % len(self._pictures)], size)
            page.picture(image, x, y, size, radius)
        else:
            _paint(page, "initials" if kind == "picture" else kind, person, x, y, size, radius)
        page.note("avatar", x, y, size, size, value=person.id, message=message, parent=parent)

    def draw_group(
        self, page: Page, conversation: Conversation, x: int, y: int, size: int, parent: int | None
    ) -> None:
        """Draw a group's picture, or the sign of a group without one, and note it."""
        seed = conversation.people[0].avatar >> 3
        radius = size * self._style.roundness
        title = replace(conversation.people[0], name=conversation.title, avatar=seed)
        kind = ("people", "people", "view", "view", "initials")[seed % 5]
        if kind == "people":
            inner = size * 0.6
            page.box(x, y, size, size, oklch(0.66, 0.09, title.hue), radius)
            inset = (size - inner) / 2
            page.icon("people", x + inset, y + inset, inner, (255, 255, 255), 2.0)
        else:
            _paint(page, kind, title, x, y, size, radius)
        page.note("avatar", x, y, size, size, parent=parent)


def _paint(page: Page, kind: str, person: Person, x: int, y: int, size: int, radius: float) -> None:
    if kind == "initials":
        _initials(page, person, x, y, size, radius)
        return
    left = page.width - x - size if page.rtl else x
    page.canvas.push_clip(left, y, size, size, radius)
    _SCENES[kind](page, person, left, y, size)
    page.canvas.pop_clip()


def _initials(page: Page, person: Person, x: int, y: int, size: int, radius: float) -> None:
    ground = oklch(0.56 + 0.02 * (person.avatar % 7), 0.13, person.hue)
    page.box(x, y, size, size, ground, radius)
    words = person.name.split()
    letters = graphemes(words[0])[:1]
    if len(words) > 1 and letters[0].isascii() and words[-1][0].isalpha():
        letters += graphemes(words[-1])[:1]
    text = "".join(letters).upper()
    share = 0.46 if len(letters) == 1 else 0.38
    label = page.set(text, page.style(round(size * share / page.scale, 1), 500))
    line = label.lines[0]
    top = y + size / 2 - line.baseline + size * share * 0.36
    page.text(label, x + (size - label.width) / 2, round(top), text_on(ground, 2.6))


def _blocks(page: Page, person: Person, x: float, y: float, size: int) -> None:
    seed = person.avatar
    ground = oklch(0.95, 0.01, person.hue)
    page.canvas.rect(x, y, size, size, ground)
    color = oklch(0.6, 0.14, person.hue)
    edges = [round(size * (0.1 + 0.16 * step)) for step in range(6)]
    for row in range(5):
        for column in range(3):
            if seed >> (row * 3 + column) & 1:
                width, height = edges[column + 1] - edges[column], edges[row + 1] - edges[row]
                page.canvas.rect(x + edges[column], y + edges[row], width, height, color)
                if column < 2:
                    other = edges[4 - column]
                    page.canvas.rect(x + other, y + edges[row], edges[5 - column] - other, height, color)


def _face(page: Page, person: Person, x: float, y: float, size: int) -> None:
    seed, canvas = person.avatar, page.canvas
    skin = _SKINS[(seed >> 4) % len(_SKINS)]
    hair = _HAIR[(seed >> 9) % len(_HAIR)]
    middle = x + size / 2
    canvas.rect(x, y, size, size, oklch(0.86, 0.07, person.hue))
    long_hair = seed >> 13 & 1
    if long_hair:
        canvas.rect(middle - size * 0.27, y + size * 0.2, size * 0.54, size * 0.56, hair, size * 0.24)
    else:
        canvas.circle(middle, y + size * 0.38, size * 0.225, hair)
    shirt = oklch(0.5 + 0.05 * (seed >> 14 & 3), 0.13, (person.hue + 0.35) % 1)
    canvas.rect(x + size * 0.16, y + size * 0.74, size * 0.68, size * 0.5, shirt, size * 0.2)
    canvas.rect(
        middle - size * 0.08, y + size * 0.6, size * 0.16, size * 0.2, mix(skin, (0, 0, 0), 0.1), size * 0.07
    )
    canvas.rect(middle - size * 0.185, y + size * 0.25, size * 0.37, size * 0.43, skin, size * 0.18)
    fringe = size * (0.2, 0.14, 0.24)[(seed >> 17) % 3]
    canvas.push_clip(middle - size * 0.2, y + size * 0.18, size * 0.4, fringe)
    canvas.rect(middle - size * 0.2, y + size * 0.2, size * 0.4, size * 0.4, hair, size * 0.19)
    canvas.pop_clip()
    eye = (48, 36, 32)
    canvas.circle(middle - size * 0.075, y + size * 0.46, size * 0.021, eye)
    canvas.circle(middle + size * 0.075, y + size * 0.46, size * 0.021, eye)
    canvas.rect(
        middle - size * 0.06,
        y + size * 0.565,
        size * 0.12,
        size * 0.03,
        mix(skin, (150, 30, 40), 0.45),
        size * 0.015,
    )


def _view(page: Page, person: Person, x: float, y: float, size: int) -> None:
    seed, canvas = person.avatar, page.canvas
    hue = person.hue
    dusk = seed >> 5 & 1
    top = oklch(0.45, 0.09, (hue + 0.1) % 1) if dusk else oklch(0.74, 0.1, 0.66)
    canvas.gradient(x, y, size, size, top, oklch(0.88, 0.08, (0.12 + hue * 0.1) % 1))
    across, down = 0.25 + (seed >> 7 & 3) * 0.16, 0.3 + (seed >> 9 & 3) * 0.06
    canvas.circle(x + size * across, y + size * down, size * 0.1, (255, 246, 214))
    for step, level in enumerate((0.58, 0.46, 0.34)):
        rise = [0.16 * (seed >> (11 + 4 * step + place) & 3) / 3 for place in range(4)]
        base = 0.55 + 0.14 * step
        points = [(x + size * place / 3, y + size * (base - rise[place])) for place in range(4)]
        points += [(x + size, y + size), (x, y + size)]
        canvas.polygon(points, oklch(level, 0.07, (0.38 + 0.3 * hue) % 1))


def _blank(page: Page, person: Person, x: float, y: float, size: int) -> None:
    page.canvas.rect(x, y, size, size, oklch(0.7, 0.02, person.hue))
    page.canvas.circle(x + size / 2, y + size * 0.39, size * 0.17, (244, 245, 247))
    page.canvas.circle(x + size / 2, y + size * 0.98, size * 0.36, (244, 245, 247))


_SCENES: dict[str, Callable[[Page, Person, float, float, int], None]] = {
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
def _read_picture(path: Path, size: int) -> Pixels:
    return _resized(_read_square(path), size)


def _resized(square: NDArray[Any], size: int) -> Pixels:
    smaller = cv2.INTER_AREA if size < square.shape[0] else cv2.INTER_LINEAR
    scaled = cv2.resize(np.ascontiguousarray(square), (size, size), interpolation=smaller)
    return scaled.astype(np.uint8, copy=False)

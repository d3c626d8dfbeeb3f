"""Pictures for a forger: screenshots of each look by index, plain scenes, and things like photographs."""

from __future__ import annotations

import functools
import io

import cv2
import numpy as np
from PIL import Image

from sigh_batch.config.settings import Settings
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case, Kit
from sigh_batch.forge.finder import find_text
from sigh_batch.render.painter import Pixels
from sigh_batch.rng import Draws
from sigh_batch.stages.generate import Generate

CHATS = tuple(range(24))
"""Indexes of screenshots: light and dark, phone and desktop, scales 1 to 3, both directions."""


@functools.cache
def _stage() -> Generate:
    return Generate(Settings())


@functools.lru_cache(maxsize=64)
def chat(index: int) -> Case:
    """Return a drawn screenshot with all that is known about it."""
    sample = _stage().make(index)
    pixels = np.asarray(Image.open(io.BytesIO(sample.image)).convert("RGB"))
    pixels.flags.writeable = False
    code = sample.locale or "en-US"
    return Case(
        pixels=pixels,
        elements=sample.elements,
        scale=sample.scale or 1.0,
        font=sample.font,
        locale=code,
        rtl=code in ("ar-EG", "he-IL"),
    )


@functools.lru_cache(maxsize=64)
def unknown(index: int) -> Case:
    """Return the same screenshot as a foreign one: with what `finder` sees and no strings."""
    pixels = chat(index).pixels
    return Case(pixels=pixels, elements=find_text(pixels))


@functools.lru_cache(maxsize=16)
def photograph(seed: int, width: int = 320, height: int = 240) -> Case:
    """Return a picture with detail at every scale and grain, and no text."""
    draws = np.random.Generator(np.random.Philox(seed))
    sum_ = np.full((height, width, 3), 120.0, np.float32)
    for step in (4, 16, 64):
        coarse = draws.standard_normal((height // step + 2, width // step + 2, 3)).astype(np.float32)
        sum_ += cv2.resize(coarse * step**0.5 * 6, (width, height), interpolation=cv2.INTER_LINEAR)
    sum_ += draws.standard_normal((height, width, 3)).astype(np.float32) * 4
    pixels = np.clip(sum_, 0, 255).astype(np.uint8)
    pixels.flags.writeable = False
    return Case(pixels=pixels)


def kit(own: int = -1, foreign: bool = False) -> Kit:
    """Return a kit whose donors are the screenshots of another index, known or foreign ones."""

    def donor(draws: Draws, same: bool) -> Case:
        near = (own + 16) if same else draws.integer(0, len(CHATS) - 1)
        other = near if near != own else near + 1
        return unknown(other) if foreign else chat(other)

    return Kit(donor=donor)


def shade(width: int, height: int, *, rows: bool = True) -> Pixels:
    """Return a gradient of 118 levels from top to bottom, or from left to right."""
    length = height if rows else width
    ramp = (200 - np.arange(length) * 118 // length).astype(np.uint8)
    plane = np.repeat(ramp[:, None], width, 1) if rows else np.repeat(ramp[None, :], height, 0)
    return np.ascontiguousarray(np.stack([plane, plane - 20, plane - 60], axis=2))


def tiled(width: int, height: int, tile: int = 40) -> Pixels:
    """Return a pale pattern that repeats in both directions."""
    draws = np.random.Generator(np.random.Philox(5))
    base = np.full((tile, tile, 3), (226, 232, 238), np.uint8)
    for x, y, size in draws.integers(4, tile - 12, (5, 3)):
        cv2.circle(base, (int(x), int(y)), 2 + int(size) % 5, (214, 221, 229), 1)
    whole = np.tile(base, (height // tile + 1, width // tile + 1, 1))
    return np.ascontiguousarray(whole[:height, :width])


def written(pixels: Pixels, box: Box) -> Pixels:
    """Return a copy with dark strokes that fill a box."""
    copy = pixels.copy()
    for x in range(box.x, box.right - 1, 5):
        copy[box.y : box.bottom, x : x + 2] = (30, 30, 36)
    copy[box.y + box.height // 2, box.x : box.right] = (30, 30, 36)
    return copy

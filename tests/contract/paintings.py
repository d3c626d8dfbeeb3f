"""What the contract tests of painters draw and look for."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from sigh_batch.render.fonts import open_catalogue
from sigh_batch.render.painter import CHROMIUM, Canvas, Painter, Path, Pixels, TextMode, painters
from sigh_batch.render.typeset import TextStyle, Typesetter

WHITE, BLACK, RED, BLUE = (255, 255, 255), (0, 0, 0), (220, 30, 40), (20, 60, 200)
TYPESETTER = Typesetter(open_catalogue())
MODES = [
    TextMode(edging=edging, hinting=hinting, subpixel_positioning=free)
    for edging in ("none", "grey", "subpixel")
    for hinting, free in (("none", True), ("slight", True), ("full", False))
]
MODES += [replace(CHROMIUM, edging=edging) for edging in ("grey", "subpixel")]
LINES = [
    "The quick brown fox, 1,234.50 €",
    "שלום עולם abc 12",
    "مرحبا بالعالم",
    "नमस्ते दुनिया",
    "日本語テキスト 한국어",
    "👍🏽 🇩🇪 1️⃣",
]


@pytest.fixture(scope="module", params=["skia", "pillow"])
def painter(request: pytest.FixtureRequest) -> Painter:
    return painters.get(request.param)()


def ink(pixels: Pixels, background: tuple[int, int, int] = WHITE) -> tuple[int, int, int, int]:
    """Return the box of the pixels that are not background: left, top, right, bottom."""
    touched = (np.abs(pixels.astype(int) - background).max(axis=2) > 8).nonzero()
    return touched[1].min(), touched[0].min(), touched[1].max() + 1, touched[0].max() + 1


def make_picture() -> Pixels:
    rows, columns = np.mgrid[0:32, 0:48]
    return np.dstack([columns * 5, rows * 7, (rows ^ columns) * 4]).astype(np.uint8)


def draw_everything(canvas: Canvas) -> None:
    canvas.shadow(12, 12, 90, 40, (0, 0, 0, 90), 3.3, 9)
    canvas.gradient(12, 12, 90, 40, RED, BLUE, 9)
    canvas.picture(make_picture(), 110.4, 12.2, 31, 31, 15.5)
    canvas.stroke(Path.of("M0 4 L3 7 Q6 8 9 1"), (30, 130, 230), 2.2, 150, 12, 3)
    for row, text in enumerate(LINES):
        canvas.text(
            TYPESETTER.set(text, TextStyle(family="Inter", size=13 + row)), 10.3, 60 + 30 * row, BLACK
        )


def digest(name: str) -> str:
    """Return the hash of one picture in every mode, by a painter of its own."""
    fresh = painters.get(name)()
    found = hashlib.sha256()
    for mode in MODES:
        canvas = fresh.begin(320, 250, WHITE, mode)
        draw_everything(canvas)
        found.update(canvas.pixels().tobytes())
    return found.hexdigest()

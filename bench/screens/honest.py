"""Honest screenshots of many kinds of pages: python -m bench.screens.honest FOLDER [COUNT [SEED]].

They are in looks, words and font families that the pages of `pages.py` do not have, by Chromium with each of
its ways to draw text, and are saved as people save them.
"""

from __future__ import annotations

import base64
import functools
import io
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from bench.screens.hand import Hand
from bench.screens.kinds import PAGES, STYLE
from sigh_batch.render.fonts import open_catalogue
from tests.browser import started_browser

FONTS = ("Nimbus Roman", "C059", "URW Bookman", "Nimbus Mono PS", "Nimbus Sans Narrow", "DejaVu Sans")
"""Families of a Debian system; besides them the bundled ones that training may see."""
HINTINGS = ("none", "slight", "medium", "full")
VIEWS = ((360, 740), (390, 844), (414, 896), (600, 900), (768, 1024), (1024, 700), (1280, 720), (1366, 768))
SCALES = (1, 1, 1.25, 1.5, 2, 2.625, 3)
MOST = 2_600_000
"""Pixels of a picture."""
BATCH = 40
"""Pages for which one browser stands."""
SMALLER = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)


def make(folder: Path, count: int, seed: int = 1) -> None:
    """Write so many pictures, with two browsers at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(2) as pool:
        for _ in pool.map(functools.partial(_make_some, folder, count, seed), range(0, count, BATCH)):
            pass


def _make_some(folder: Path, count: int, seed: int, first: int) -> None:
    """Write the pictures of one browser, which draws text in one of its ways."""
    draws = random.Random(f"{seed}/browser/{first}")
    words = [f"--font-render-hinting={draws.choice(HINTINGS)}"]
    words += draws.sample(("--disable-lcd-text", "--enable-font-subpixel-positioning"), draws.randrange(3))
    with started_browser(*words) as browser:
        for number in range(first, min(first + BATCH, count)):
            picture = _take(browser, page_draws := random.Random(f"{seed}/{number}"))
            _save(picture, page_draws, folder / f"{number:05d}")


def _take(browser: Browser, draws: random.Random) -> Image.Image:
    width, height = draws.choice(VIEWS)
    scale = min(draws.choice(SCALES), (MOST / width / height) ** 0.5)
    size = {"width": width, "height": height}
    with browser.new_context(offline=True, viewport=size, device_scale_factor=scale) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.set_content(_document(Hand(draws)))
        page.evaluate("document.fonts.ready.then(() => true)")
        return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def _document(hand: Hand) -> str:
    draws = hand.draws
    family, faces = draws.choice(_bundled()) if draws.random() < 0.7 else (draws.choice(FONTS), "")
    size, line = draws.choice((12, 13, 14, 15, 16, 17, 18)), draws.choice((1.25, 1.35, 1.45, 1.6))
    spacing = draws.choice((0, 0, 0, 0.2, -0.2))
    rendering = draws.choice(("auto", "geometricPrecision", "optimizeLegibility"))
    colors = "".join(f"--{name}:{color};" for name, color in hand.colors.items())
    style = (
        f"{faces}{STYLE}:root{{{colors}--round:{hand.round}px}}"
        f"body{{font:{size}px/{line} '{family}';letter-spacing:{spacing}px;text-rendering:{rendering}}}"
    )
    return f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{draws.choice(PAGES)(hand)}"


def _save(picture: Image.Image, draws: random.Random, stem: Path) -> None:
    """Save it as people do: mostly as it is, sometimes smaller, sometimes with a loss."""
    if draws.random() < 0.12:
        share = draws.uniform(0.6, 0.95)
        size = round(picture.width * share), round(picture.height * share)
        picture = picture.resize(size, draws.choice(SMALLER))
    kind = draws.random()
    if kind < 0.65:
        picture.save(f"{stem}.png", compress_level=3)
    elif kind < 0.9:
        picture.save(f"{stem}.jpg", quality=draws.randrange(60, 98), subsampling=draws.choice((0, 2)))
    else:
        picture.save(f"{stem}.webp", quality=draws.randrange(60, 95), method=2)


@functools.cache
def _bundled() -> tuple[tuple[str, str], ...]:
    """Return the families that training may see, and the rules that bring them into a page."""
    catalogue = open_catalogue()
    found = []
    for family in catalogue.families():
        faces = {weight: catalogue.face(family, weight) for weight in (400, 700)}
        if all(face.split == "train" for face in faces.values()):
            rules = (_rule(family, weight, face.path) for weight, face in faces.items())
            found.append((family, "".join(rules)))
    return tuple(found)


def _rule(family: str, weight: int, path: Path) -> str:
    data = base64.b64encode(path.read_bytes()).decode()
    source = f"url(data:font/ttf;base64,{data})"
    return f"@font-face{{font-family:'{family}';font-weight:{weight};src:{source}}}"


if __name__ == "__main__":
    make(Path(sys.argv[1]), *map(int, sys.argv[2:4] or [1000]))

"""Makes folders `clean`, `forged`, `masks` of screenshots: python -m bench.screens.making FOLDER [COUNT]."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser

from bench.screens.forgers import FORGERS, MAGICK, Shot
from bench.screens.pages import Screen, draw_screen
from tests.browser import started_browser

FIND = """(scale) => {
    const found = {text: [], name: [], time: [], row: []};
    for (const part of document.querySelectorAll("[data-kind], [data-row]")) {
        const kind = part.dataset.kind ?? "row", style = getComputedStyle(part);
        const boxes = kind == "row" ? [part.getBoundingClientRect()] : [...part.getClientRects()];
        if (boxes.length != 1 || boxes[0].bottom > innerHeight) continue;
        const box = boxes[0];
        found[kind].push({x: box.x * scale, y: box.y * scale, width: box.width * scale,
            height: box.height * scale, string: part.textContent, color: style.color,
            size: parseFloat(style.fontSize)});
    }
    return found; }"""
SAVES = (None, None, ("jpg", 92), ("jpg", 80), ("jpg", 65), ("webp", 80))
"""How both of a pair are saved in the end, by ImageMagick; None keeps the PNG."""


def make_pairs(folder: Path, count: int, seed: int = 1) -> None:
    """Write `count` pairs, and a table that says what was done to which."""
    for name in ("clean", "forged", "masks"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    rows = []
    with started_browser() as browser:
        for number in range(count):
            draws = random.Random(f"{seed}/{number}")
            rows.append(_make_pair(browser, draws, folder, f"{number:04d}"))
    with (folder / "pairs.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("id", "forger", "scale", "font", "saved"))
        writer.writerows(rows)


def _make_pair(browser: Browser, draws: random.Random, folder: Path, name: str) -> tuple[str, ...]:
    while True:
        screen = draw_screen(draws)
        with tempfile.TemporaryDirectory() as scratch:
            clean, forged = Path(scratch, "clean.png"), Path(scratch, "forged.png")
            forger = draws.choice(list(FORGERS))
            if not _forge(browser, draws, screen, forger, clean, forged):
                continue
            before, after = (
                np.asarray(Image.open(path).convert("RGB"), np.int16) for path in (clean, forged)
            )
            changed = (before != after).any(axis=2)
            if changed.sum() < 30:
                continue
            Image.fromarray(changed).save(folder / "masks" / f"{name}.png")
            save = draws.choice(SAVES)
            for kind, path in (("clean", clean), ("forged", forged)):
                _save(path, folder / kind / name, save)
            return (
                name,
                forger,
                str(screen.scale),
                screen.font,
                "png" if save is None else f"{save[0]} {save[1]}",
            )


def _forge(
    browser: Browser, draws: random.Random, screen: Screen, forger: str, clean: Path, forged: Path
) -> bool:
    size = {"width": screen.width, "height": screen.height}
    with browser.new_context(offline=True, viewport=size, device_scale_factor=screen.scale) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.set_content(screen.html)
        page.screenshot(path=clean)
        boxes = page.evaluate(FIND, screen.scale)
        return FORGERS[forger](draws, Shot(clean, page, boxes, screen.scale, screen.font), forged)


def _save(path: Path, stem: Path, save: tuple[str, int] | None) -> None:
    """Save both of a pair by one tool, so that no writer tells them apart."""
    suffix, quality = save or ("png", 90)
    words = [MAGICK, str(path), "-strip", "-depth", "8", "-type", "TrueColor"]
    subprocess.run([*words, "-quality", str(quality), f"{stem}.{suffix}"], check=True, capture_output=True)


if __name__ == "__main__":
    make_pairs(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 150)

"""Forgeries by tools that the product does not use: ImageMagick, and a canvas in the browser."""

from __future__ import annotations

import base64
import random
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page

from bench.screens.pages import FONTS, SHORT, TAILS, fill

MAGICK = "/usr/bin/convert"
"""ImageMagick, where Debian's package puts it."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Shot:
    """A screenshot, what stands on it, and the page that it was taken of."""

    path: Path
    page: Page
    boxes: Mapping[str, list[dict[str, Any]]]
    """Boxes in pixels by kind: text, name, time, row; each with its string, font size and colours."""
    scale: float
    font: str


Forger = Callable[[random.Random, Shot, Path], bool]
"""Writes the forged picture; returns whether it found something to forge."""


def write_over(draws: random.Random, shot: Shot, out: Path) -> bool:
    """Cover a text with its ground and write another in its place, as ImageMagick draws it."""
    spot = _pick(draws, shot, draws.choice(("text", "time")))
    if not spot:
        return False
    x, y, width, height = _box(spot)
    words = _other_words(draws, spot)
    face = shot.font if draws.random() < 0.5 else draws.choice(FONTS)
    size = spot["size"] * shot.scale * draws.choice((1, 1, 0.97, 1.04))
    _magick(
        str(shot.path), "-fill", _ground(shot, spot), "-draw", f"rectangle {x},{y} {x + width},{y + height}",
        "-fill", spot["color"], "-family", face, "-pointsize", f"{size:.2f}", "-density", "72",
        "-gravity", "northwest", "-annotate", f"+{x}+{y + draws.choice((0, 0, 1))}", words, str(out),
    )  # fmt: skip
    return True


def write_in_browser(draws: random.Random, shot: Shot, out: Path) -> bool:
    """Cover a text and write another with the browser's own text drawing, on a canvas."""
    spot = _pick(draws, shot, draws.choice(("text", "time", "name")))
    if not spot:
        return False
    data = base64.b64encode(shot.path.read_bytes()).decode()
    x, y, width, height = _box(spot)
    made = shot.page.evaluate(
        """async ([data, x, y, w, h, ground, color, font, words]) => {
            const image = new Image(); image.src = "data:image/png;base64," + data; await image.decode();
            const canvas = document.createElement("canvas");
            canvas.width = image.width; canvas.height = image.height;
            const pen = canvas.getContext("2d"); pen.drawImage(image, 0, 0);
            pen.fillStyle = ground; pen.fillRect(x, y, w, h);
            pen.fillStyle = color; pen.font = font; pen.textBaseline = "middle";
            pen.fillText(words, x, y + h / 2);
            return canvas.toDataURL("image/png").split(",")[1]; }""",
        [
            data, x, y, width, height, _ground(shot, spot), spot["color"],
            f"{spot['size'] * shot.scale:.2f}px '{shot.font}'", _other_words(draws, spot),
        ],
    )  # fmt: skip
    out.write_bytes(base64.b64decode(made))
    return True


def copy_words(draws: random.Random, shot: Shot, out: Path) -> bool:
    """Put a piece of one text over the piece of another that is as large."""
    spots = [spot for spot in shot.boxes.get("text", []) if _box(spot)[3] < 40 * shot.scale]
    if len(spots) < 2:
        return False
    one, two = draws.sample(spots, 2)
    height = min(_box(one)[3], _box(two)[3])
    width = max(8, int(min(_box(one)[2], _box(two)[2]) * draws.uniform(0.3, 0.8)))
    (x, y, *_), (to_x, to_y, *_) = _box(one), _box(two)
    _magick(
        str(shot.path), "(", "+clone", "-crop", f"{width}x{height}+{x}+{y}", "+repage", ")",
        "-geometry", f"+{to_x}+{to_y}", "-composite", str(out),
    )  # fmt: skip
    return True


def remove_row(draws: random.Random, shot: Shot, out: Path) -> bool:
    """Take a message out, move up what is below, and repeat the ground at the bottom."""
    rows = [row for row in shot.boxes.get("row", []) if row["y"] > 0]
    with Image.open(shot.path) as picture:
        width, height = picture.size
    rows = [row for row in rows[1:-2] if _box(row)[1] + _box(row)[3] < height * 0.8]
    if not rows:
        return False
    _, y, _, tall = _box(draws.choice(rows))
    _magick(
        str(shot.path), "(", "+clone", "-crop", f"{width}x{height - y - tall}+0+{y + tall}", "+repage", ")",
        "-geometry", f"+0+{y}", "-composite",
        "-fill", _rgb(_pixel(shot, 1, height - 2)),
        "-draw", f"rectangle 0,{height - tall} {width},{height}", str(out),
    )  # fmt: skip
    return True


def paste_scaled(draws: random.Random, shot: Shot, out: Path) -> bool:
    """Make a text a little larger or smaller in place, by ImageMagick's own filter."""
    spot = _pick(draws, shot, "text")
    if not spot:
        return False
    x, y, width, height = _box(spot)
    _magick(
        str(shot.path), "(", "+clone", "-crop", f"{width}x{height}+{x}+{y}", "+repage",
        "-resize", f"{draws.choice((92, 95, 105, 108))}%", ")",
        "-geometry", f"+{x}+{y}", "-composite", str(out),
    )  # fmt: skip
    return True


FORGERS: dict[str, Forger] = {
    "write_over": write_over,
    "write_in_browser": write_in_browser,
    "copy_words": copy_words,
    "remove_row": remove_row,
    "paste_scaled": paste_scaled,
}


def _magick(*words: str) -> None:
    subprocess.run([MAGICK, *words], check=True, capture_output=True)


def _pick(draws: random.Random, shot: Shot, kind: str) -> dict[str, Any] | None:
    with Image.open(shot.path) as picture:
        height = picture.height
    spots = [spot for spot in shot.boxes.get(kind, []) if _box(spot)[1] + _box(spot)[3] < height - 4]
    return draws.choice(spots) if spots else None


def _box(spot: dict[str, Any]) -> Box:
    return round(spot["x"]), round(spot["y"]), max(2, round(spot["width"])), max(2, round(spot["height"]))


def _other_words(draws: random.Random, spot: dict[str, Any]) -> str:
    old = str(spot["string"])
    if any(sign.isdigit() for sign in old):
        return "".join(draws.choice("0123456789") if sign.isdigit() else sign for sign in old)
    return fill(draws, draws.choice(SHORT if len(old) < 12 else TAILS))[: max(4, len(old))]


def _ground(shot: Shot, spot: dict[str, Any]) -> str:
    x, y, *_ = _box(spot)
    return _rgb(_pixel(shot, max(0, x - 2), y + 1))


def _pixel(shot: Shot, x: int, y: int) -> tuple[int, ...]:
    with Image.open(shot.path) as picture:
        return tuple(picture.convert("RGB").getpixel((x, min(y, picture.height - 1))))  # type: ignore[arg-type]


def _rgb(color: tuple[int, ...]) -> str:
    return f"rgb({','.join(map(str, color))})"

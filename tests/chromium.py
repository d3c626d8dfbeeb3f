"""Words drawn by a real Chromium and by us, to be compared: docs/rasterisation.md tells what is found."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageColor
from playwright.sync_api import Browser

from sigh_batch.render.fonts import BUNDLED, open_catalogue
from sigh_batch.render.painter import TextMode, painters
from sigh_batch.render.typeset import TextStyle, Typesetter
from tests.browser import opened_page, started_browser

FACES = {"Arimo": "Arimo-400.ttf", "Karla": "Karla-400.ttf", "Inter": "Inter-400.otf"}
COLORS = (
    ("black", "white"),
    ("white", "black"),
    ("#e0e0e0", "#202225"),
    ("#888888", "white"),
    ("white", "#1a73e8"),
)
SIZES = (13, 14, 15, 16, 17)
WORDS = ("Hamburgefonstiv", "quick", "brown", "1,234.50", "Wednesday")
SYSTEM = """<?xml version="1.0"?><fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir>
    <match target="pattern"><edit name="hintstyle"><const>hintslight</const></edit>
    <edit name="rgba"><const>{stripes}</const></edit></match></fontconfig>"""
"""What Linux systems set, as Debian does."""
FIND = """() => [...document.querySelectorAll("div")].map(
    (word) => { const mark = word.firstChild.getBoundingClientRect();
                return [word.textContent, parseFloat(word.style.fontSize), mark.left, mark.bottom] })"""


@contextmanager
def browser_with(folder: Path, stripes: str) -> Iterator[Browser]:
    """Start a Chromium that has the bundled fonts among those of its system."""
    settings = folder / "fonts.conf"
    settings.write_text(SYSTEM.format(fonts=BUNDLED, cache=folder, stripes=stripes), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", str(settings))
        with started_browser() as started:
            yield started


def both(
    browser: Browser,
    folder: Path,
    family: str,
    source: str,
    scale: float,
    color: str,
    ground: str,
    mode: TextMode,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the same words drawn by Chromium and by us."""
    page_file = folder / "words.html"
    page_file.write_text(words_page(family, source, color, ground), "utf-8")
    window = {"viewport": {"width": 800, "height": 230}, "device_scale_factor": scale}
    with opened_page(browser, page_file, **window) as page:
        page.evaluate("document.fonts.ready")
        words = page.evaluate(FIND)
        theirs = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(np.int64)
    typesetter = Typesetter(open_catalogue())
    height, width = theirs.shape[:2]
    canvas = painters.get("skia")().begin(width, height, ImageColor.getrgb(ground)[:3], mode)
    for text, size, x, base in words:
        set_word = typesetter.set(text, TextStyle(family=family, size=size * scale))
        top = int(base * scale + 0.5) - set_word.lines[0].baseline
        canvas.text(set_word, x * scale, top, ImageColor.getrgb(color)[:3])
    return theirs, canvas.pixels().astype(np.int64)


def words_page(family: str, source: str, color: str, ground: str) -> str:
    """Return a page of single words, each with a mark on its baseline."""
    data = base64.b64encode((BUNDLED / FACES[family]).read_bytes()).decode()
    face = f"@font-face {{ font-family: face; src: url(data:font/otf;base64,{data}) }}"
    place = '<div style="left:{}px;top:{}px;font-size:{}px"><i></i>{}</div>'
    words = "".join(
        place.format(10 + column * 150, 10 + row * 40, size, word)
        for row, size in enumerate(SIZES)
        for column, word in enumerate(WORDS)
    )
    return f"""<!doctype html><meta charset="utf-8"><style>{face}
        body {{ margin: 0; background: {ground}; color: {color};
               font-family: {"face" if source == "page" else family} }}
        div {{ position: absolute; white-space: pre; line-height: 30px }}
        i {{ display: inline-block; width: 0; height: 0 }}</style>{words}"""


def difference(theirs: NDArray[np.int64], ours: NDArray[np.int64], ground: str) -> float:
    """Return the mean difference over the pixels in which either has ink."""
    inked = ((theirs != ImageColor.getrgb(ground)) | (ours != ImageColor.getrgb(ground))).any(axis=2)
    assert inked.sum() > 5000
    return float(np.abs(theirs - ours)[inked].mean())

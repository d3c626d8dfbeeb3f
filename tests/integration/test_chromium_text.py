"""Our text beside a real Chromium's, pixel by pixel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from sigh_batch.render.painter import CHROMIUM
from tests.chromium import COLORS, FACES, both, browser_with, difference

pytestmark = pytest.mark.browser

LIMIT = 2.0
"""Mean difference on pixels with ink, in levels of 255; the best other mode has 5."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start a Chromium that draws grey edges."""
    with browser_with(tmp_path_factory.mktemp("fontconfig"), "none") as started:
        yield started


@pytest.mark.parametrize("scale", [1, 1.5, 2])
@pytest.mark.parametrize("source", ["page", "system"])
@pytest.mark.parametrize("family", FACES)
def test_text_is_drawn_as_chromium_draws_it(
    browser: Browser, tmp_path: Path, family: str, source: str, scale: float
) -> None:
    mode = replace(CHROMIUM, hinting="slight" if source == "page" or scale == 1 else "none")
    for color, ground in COLORS:
        theirs, ours = both(browser, tmp_path, family, source, scale, color, ground, mode)
        assert difference(theirs, ours, ground) < LIMIT, (color, ground)


def test_other_modes_are_further_off(browser: Browser, tmp_path: Path) -> None:
    """The comparison can tell: each part of the mode matters."""
    for change in (
        {"coverage": "exact"},
        {"contrast": 0.0, "gamma": 1.0},
        {"hinting": "none"},
        {"subpixel_positioning": False},
        {"edging": "none"},
    ):
        mode = replace(CHROMIUM, **change)
        theirs, ours = both(browser, tmp_path, "Karla", "page", 1, "white", "black", mode)
        assert difference(theirs, ours, "black") > 2 * LIMIT, change

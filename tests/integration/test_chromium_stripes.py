"""Our sub-pixel edges beside a real Chromium's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sigh_batch.render.painter import CHROMIUM
from tests.chromium import COLORS, FACES, both, browser_with, difference

pytestmark = pytest.mark.browser

LIMIT = 3.5
"""Mean difference on pixels with ink, in levels of 255; grey edges are 20 to 30 off."""


@pytest.mark.parametrize("family", FACES)
def test_edges_of_stripes_are_near_chromiums(tmp_path: Path, family: str) -> None:
    mode = replace(CHROMIUM, edging="subpixel")
    with browser_with(tmp_path, "rgb") as browser:
        for color, ground in COLORS:
            theirs, ours = both(browser, tmp_path, family, "page", 1, color, ground, mode)
            assert (theirs[..., 0] != theirs[..., 2]).any()
            assert difference(theirs, ours, ground) < LIMIT, (color, ground)

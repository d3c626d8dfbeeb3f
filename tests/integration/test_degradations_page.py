"""The page about degradations says what the code does, and its example runs."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import numpy as np

from sigh_batch.degrade.operation import benign, degradations
from tests.chats import chat

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "degradations.md"


def test_the_page_is_what_the_code_says(tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / "scripts" / "degradations.py"))["main"](tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text() == PAGE.read_text()
    for name in (*degradations.names(), *benign.names()):
        assert f"### {name}\n" in PAGE.read_text()


def test_its_example_runs() -> None:
    lines = re.findall(r"^    (.*)$", PAGE.read_text(), re.MULTILINE)
    picture = chat()
    known = {"pixels": picture.pixels, "mask": picture.mask, "boxes": picture.boxes, "kinds": picture.kinds}
    exec("\n".join(lines), known)
    assert np.array_equal(known["again"].pixels, known["sent"].pixels)
    assert known["webp"].encodes[0]["codec"] == "webp"

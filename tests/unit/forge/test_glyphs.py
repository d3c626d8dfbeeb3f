"""Words set out of a picture's own letters look as the client would have drawn them."""

from __future__ import annotations

import numpy as np

from sigh_batch.data.sample import Element
from sigh_batch.forge import easel
from sigh_batch.forge.case import Case
from sigh_batch.forge.glyphs import set_copied
from sigh_batch.forge.hand import draw_hand
from sigh_batch.forge.passage import passage_of
from sigh_batch.forge.retouch import Retouch
from sigh_batch.render.painter import Pixels, TextMode
from sigh_batch.render.typeset import TextStyle
from sigh_batch.rng import for_sample

STYLE = TextStyle(family="Open Sans", size=26.0, snap=True)
MODE = TextMode(subpixel_positioning=False, contrast=0.2, gamma=1.2)
INK, GROUND = (20, 22, 30), (236, 240, 250)


def drawn(lines: list[str]) -> tuple[Pixels, tuple[Element, ...]]:
    """Return a picture of some lines, and its elements."""
    pixels = np.empty((60 * len(lines) + 30, 420, 3), np.uint8)
    pixels[...] = GROUND
    elements = []
    for at, text in enumerate(lines):
        line = easel.set_line(text, STYLE, rtl=False)
        y = 20.0 + 60 * at
        pixels = easel.written(pixels, line, 30, y, INK, painter="skia", mode=MODE)
        elements.append(Element("line", 30.0, y, line.width, line.height, text))
    return pixels, tuple(elements)


def copied(lines: list[str], text: str) -> tuple[Retouch, tuple[tuple[str, float], ...]]:
    """Write a text in place of the second line, which is emptied, with letters of the picture."""
    pixels, elements = drawn(lines)
    case = Case(pixels=pixels, elements=elements, scale=2.0, font="Open Sans")
    passage = passage_of(case, 1)
    assert passage is not None
    retouch = Retouch(case, draw_hand(for_sample(1, "glyphs", 0), "expert"))
    retouch.pixels[75:135] = np.array(GROUND, np.uint8)
    placing = set_copied(retouch, passage, text, 30.0)
    return retouch, placing.missing


def test_copied_letters_are_what_the_client_would_have_drawn() -> None:
    lines = ["nothing here", "pay 120 today", "at 7:45 again"]
    retouch, missing = copied(lines, "pay 1270")
    wanted, _ = drawn(["nothing here", "pay 1270", "at 7:45 again"])
    assert missing == ()
    box = retouch.box
    part = retouch.pixels[box.window].astype(int) - wanted[box.window]
    assert np.abs(part).max() <= 2
    assert retouch.source is not None


def test_letters_that_the_picture_lacks_are_named_with_their_places() -> None:
    _, missing = copied(["nothing here", "pay 120 today"], "pay 19")
    assert [text for text, _ in missing] == ["9"]
    assert missing[0][1] > 30.0


def test_joined_scripts_are_copied_by_whole_words_alone() -> None:
    _, missing = copied(["nothing here", "pay سلام 120"], "سلا")
    assert [text for text, _ in missing] == ["سلا"]

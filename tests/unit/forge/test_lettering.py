"""How a text is set is told from its pixels, for every script, weight and place."""

from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.errors import ConfigError
from sigh_batch.forge import easel
from sigh_batch.forge.case import Case
from sigh_batch.forge.lettering import Lettering, lettering_of, read_lettering
from sigh_batch.render.painter import Pixels, TextMode
from sigh_batch.render.typeset import TextStyle

GROUND, INK = (24, 40, 60), (240, 235, 220)


def picture(
    text: str, style: TextStyle, x: float, baseline: int, *, rtl: bool = False, mode: TextMode | None = None
) -> tuple[Pixels, float]:
    """Return a picture with one line of text on it, and how wide the line is."""
    below = np.empty((90, 460, 3), np.uint8)
    below[...] = GROUND
    line = easel.set_line(text, style, rtl)
    y = baseline - line.lines[0].baseline
    mode = mode or TextMode(subpixel_positioning=not style.snap, contrast=0.3, gamma=1.2)
    return easel.written(below, line, x, y, INK, painter="skia", mode=mode), line.width


def read(pixels: Pixels, text: str, x: float, baseline: int, width: float, *, rtl: bool) -> Lettering | None:
    """Read a line of which only the box is known, and that roughly in its height."""
    case = Case(pixels=pixels, scale=2.0, font="Inter", rtl=rtl)
    line = easel.set_line(text, TextStyle(family="Inter", size=25.0), rtl).lines[0]
    y, height = baseline - line.baseline - 3.0, line.height + 5.0
    return read_lettering(case, text, x, y, width, height, rtl=rtl, bold=True)


@pytest.mark.parametrize("snap", [False, True])
@pytest.mark.parametrize(
    ("text", "rtl"),
    [
        ("See you at 10:45 tomorrow", False),
        ("نلتقي غدا الساعة 10", True),
        ("נתראה מחר בעשר", True),
        ("明日10時に会いましょう", False),
        ("कल दस बजे मिलते हैं", False),
        ("Fine by me 🙂", False),
    ],
)
def test_every_script_is_read_to_the_pixel(text: str, rtl: bool, snap: bool) -> None:
    style = TextStyle(family="Inter", size=25.0, weight=400, snap=snap)
    x, baseline = (31.0, 50) if snap else (31.37, 50)
    pixels, width = picture(text, style, x, baseline, rtl=rtl)
    found = read(pixels, text, x, baseline, width, rtl=rtl)
    assert found is not None
    assert (found.size, found.baseline, found.ground) == (25.0, baseline, GROUND)
    assert found.ink == pytest.approx(INK, abs=3)
    assert found.set(text).width == pytest.approx(width, abs=0.1)


@pytest.mark.parametrize("weight", easel.weights("Inter"))
def test_the_weight_is_told_from_width_and_strokes(weight: int) -> None:
    style = TextStyle(family="Inter", size=27.0, weight=weight)
    pixels, width = picture("Katherine Moss", style, 20.6, 44)
    found = read(pixels, "Katherine Moss", 20.6, 44, width, rtl=False)
    assert found is not None
    assert (found.weight, found.size, found.baseline) == (weight, 27.0, 44)


def test_what_is_not_there_is_not_read() -> None:
    pixels, width = picture("one thing", TextStyle(family="Inter", size=25.0), 31.0, 50)
    assert read(pixels, "quite another thing", 31.0, 50, width, rtl=False) is None
    empty = np.full_like(pixels, 200)
    assert read(empty, "one thing", 31.0, 50, width, rtl=False) is None


def test_a_lettering_is_told_in_plain_values_and_back() -> None:
    pixels, width = picture("one thing", TextStyle(family="Inter", size=25.0), 31.0, 50)
    found = read(pixels, "one thing", 31.0, 50, width, rtl=False)
    assert found is not None
    assert lettering_of(found.as_json()) == found
    with pytest.raises(ConfigError, match="not a lettering"):
        lettering_of({"family": "Inter"})
    with pytest.raises(ConfigError, match="not a lettering"):
        lettering_of(None)

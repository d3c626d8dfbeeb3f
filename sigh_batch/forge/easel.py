"""The tools that new text is set and drawn with; each is made once a thread, on first use."""

from __future__ import annotations

import threading

import numpy as np

from sigh_batch.errors import UnknownName
from sigh_batch.render.fonts import open_catalogue
from sigh_batch.render.painter import Color, Painter, Pixels, TextMode, painters
from sigh_batch.render.typeset import Line, Paragraph, TextStyle, Typesetter, Word

_STANDARD = "Inter"


class _Tools(threading.local):
    """One typesetter, and one painter of each kind."""

    def __init__(self) -> None:
        self.typesetter = Typesetter(open_catalogue())
        self.painters: dict[str, Painter] = {}


_tools = _Tools()


def known_family(family: str | None) -> str:
    """Return the family, or the one that stands in for families that are not at hand."""
    known = _tools.typesetter.catalogue.families()
    return family if family in known else _STANDARD if _STANDARD in known else known[0]


def weights(family: str) -> tuple[int, ...]:
    """Return the weights that a family has, lightest first.

    Raises UnknownName for a family that there is not.
    """
    catalogue = _tools.typesetter.catalogue
    found = sorted({face.weight for face in catalogue.faces if face.family == family})
    if not found:
        raise UnknownName("font family", family, catalogue.families())
    return tuple(found)


def set_line(text: str, style: TextStyle, rtl: bool) -> Paragraph:
    """Return a text set in one line."""
    return _tools.typesetter.set(text, style, direction="rtl" if rtl else "ltr")


def set_lines(text: str, style: TextStyle, width: float, rtl: bool) -> tuple[str, ...]:
    """Return the lines of a text that is set no wider than this."""
    paragraph = _tools.typesetter.set(text, style, width, direction="rtl" if rtl else "ltr")
    return tuple(line.text for line in paragraph.lines)


def can_write(paragraph: Paragraph) -> bool:
    """Say whether the fonts have a glyph for each of its characters."""
    return not any(0 in run.glyphs for word in words_in(paragraph) for run in word.shape.runs)


def words_in(paragraph: Paragraph) -> tuple[Word, ...]:
    """Return the words of a text of one line, from left to right."""
    return paragraph.lines[0].words


def colored(paragraph: Paragraph) -> list[tuple[float, float]]:
    """Return left and right edge of each stretch of a line that brings its own colours."""
    return [
        (word.x + run.x, word.x + run.ends[-1])
        for word in words_in(paragraph)
        for run in word.shape.runs
        if run.face.colored and run.ends
    ]


def written(
    below: Pixels,
    text: Paragraph | Line | Word,
    x: float,
    y: float,
    color: Color,
    *,
    painter: str,
    mode: TextMode,
) -> Pixels:
    """Return pixels with a text drawn over them; (x, y) is the top left corner of its whole paragraph."""
    height, width = below.shape[:2]
    canvas = _painter(painter).begin(width, height, (0, 0, 0), mode)
    canvas.picture(np.ascontiguousarray(below), 0, 0, width, height)
    canvas.text(text, x, y, color)
    return canvas.pixels()


def coverage(
    size: tuple[int, int],
    text: Paragraph | Line | Word,
    x: float,
    y: float,
    *,
    painter: str,
    mode: TextMode,
) -> Pixels:
    """Return how much of each pixel a text covers, height x width x 3; what is coloured shows its colours."""
    canvas = _painter(painter).begin(*size, (0, 0, 0), mode)
    canvas.text(text, x, y, (255, 255, 255))
    return canvas.pixels()


def _painter(name: str) -> Painter:
    found = _tools.painters.get(name)
    if found is None:
        found = _tools.painters[name] = painters.get(name)()
    return found

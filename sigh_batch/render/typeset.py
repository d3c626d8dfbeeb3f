"""Typesetting: a text, a style and a width become lines of words with boxes and glyph runs.

Everything is in device pixels from the paragraph's top left corner. No pixel is drawn here, so
all painters share one set of boxes.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sigh_batch.render import bidi
from sigh_batch.render.breaking import graphemes
from sigh_batch.render.fonts import Catalogue
from sigh_batch.render.lines import Row, SetLine
from sigh_batch.render.shaping import Shape, Shaper, Shelf, Sizer

Direction = Literal["ltr", "rtl", "auto"]
Align = Literal["start", "center", "end"]

_KEPT_STYLES = 512
_KEPT_SHORT = 4096
_SHORT = 16
"""Up to so many characters, a whole paragraph is kept: times, names and labels come again."""
_SLACK = 1e-3
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """What a text looks like apart from its colour."""

    family: str
    size: float
    """Pixels in an em: the font size times the device scale."""
    weight: int = 400
    line_height: float | None = None
    """Distance of baselines as a multiple of the size; None takes what the fonts ask for."""
    letter_spacing: float = 0.0
    """Pixels added after every cluster."""
    snap: bool = False
    """Round every advance to whole pixels, as clients without sub-pixel positioning do."""
    language: str = ""
    """BCP 47 tag; where regions write one character in different forms, it says which."""


class Word(NamedTuple):
    """A stretch of a line without white space; two when bidi reordering tears it apart."""

    text: str
    start: int
    """Where it begins in the paragraph's text."""
    x: float
    baseline: float
    shape: Shape

    @property
    def y(self) -> float:
        """Top of the box: the ascent of its fonts above the baseline."""
        return self.baseline - self.shape.ascent

    @property
    def width(self) -> float:
        """The sum of its advances."""
        return self.shape.width

    @property
    def height(self) -> float:
        """Ascent and descent of its fonts."""
        return self.shape.ascent + self.shape.descent

    def span(self, start: int, end: int) -> tuple[float, float]:
        """Return x and width of the word's characters start to end; a shared glyph counts to its first."""
        left, right = self.shape.span(start, end)
        return self.x + left, right - left


_word = functools.partial(tuple.__new__, Word)
"""Makes a word of a tuple of its values, twice as fast as the class."""


class Line(NamedTuple):
    """One line; its words are in visual order, from left to right."""

    text: str
    start: int
    """Where it begins in the paragraph's text."""
    x: float
    y: float
    width: float
    height: float
    baseline: float
    words: tuple[Word, ...]


class Paragraph(NamedTuple):
    """A set text; `width` is that of its longest line, within which the lines are aligned."""

    text: str
    style: TextStyle
    width: float
    height: float
    lines: tuple[Line, ...]
    direction: str
    """ltr or rtl, also where `auto` was asked for."""
    truncated: bool
    """Whether `max_lines` cut something off."""


class Typesetter:
    """Sets texts with the faces of one catalogue; keeps what it shaped, so make one a process."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._shelf = Shelf()
        self._shapers: dict[tuple[str, int, str], Shaper] = {}
        self._sizers: dict[TextStyle, Sizer] = {}
        self._short: dict[tuple[object, ...], Paragraph] = {}

    def set(
        self,
        text: str,
        style: TextStyle,
        width: float | None = None,
        *,
        direction: Direction = "ltr",
        align: Align = "start",
        max_lines: int | None = None,
        ellipsis: str = "\u2026",
    ) -> Paragraph:
        """Return the text set in lines no wider than `width` (unbroken when it is None).

        A word wider than that is divided; a single character wider than that sticks out. With
        `max_lines`, the last line ends in the ellipsis when text is left over.
        """
        key = (text, style, width, direction, align, max_lines, ellipsis)
        found = self._short.get(key) if len(text) <= _SHORT else None
        if found is None:
            found = self._set(*key)
            if len(text) <= _SHORT:
                if len(self._short) >= _KEPT_SHORT:
                    self._short.clear()
                self._short[key] = found
        return found

    def _set(
        self,
        text: str,
        style: TextStyle,
        width: float | None,
        direction: Direction,
        align: Align,
        max_lines: int | None,
        ellipsis: str,
    ) -> Paragraph:
        limit = math.inf if width is None else width + _SLACK
        plain = _CONTROLS.sub(_replacement, text) if _CONTROLS.search(text) else text
        rtl = direction == "rtl" or (direction == "auto" and bidi.first_strong(plain) == "rtl")
        sizer = self._sizer(style)
        lines: list[SetLine] = []
        start = 0
        for part in plain.split("\n"):
            lines.extend(Row(part, sizer, rtl).lines(limit, start))
            start += len(part) + 1
            if max_lines is not None and len(lines) > max_lines:
                break
        truncated = max_lines is not None and len(lines) > max_lines
        if truncated:
            del lines[max_lines:]
            lines[-1] = _shorten(plain, lines[-1], sizer, rtl, limit, ellipsis)
        return _stack(text, style, sizer, lines, rtl, align, truncated)

    def _sizer(self, style: TextStyle) -> Sizer:
        sizer = self._sizers.get(style)
        if sizer is None:
            key = (style.family, style.weight, style.language)
            shaper = self._shapers.get(key)
            if len(self._sizers) >= _KEPT_STYLES:
                self._sizers.clear()
                self._shapers.clear()
                self._shelf = Shelf()
                shaper = None
            if shaper is None:
                shaper = self._shapers[key] = Shaper(self.catalogue, self._shelf, *key)
            sizer = self._sizers[style] = Sizer(shaper, style.size, style.letter_spacing, style.snap)
        return sizer


def _replacement(match: re.Match[str]) -> str:
    """Return what stands for a control character or half a surrogate pair; always one character."""
    char = match[0]
    if char in "\u2028\u2029\x85":
        return "\n"
    return "\ufffd" if char >= "\ud800" else " "


def _shorten(text: str, last: SetLine, sizer: Sizer, rtl: bool, limit: float, ellipsis: str) -> SetLine:
    """Return the line begun like `last` that ends in the ellipsis and still fits."""
    end = text.find("\n", last.start)
    parts = graphemes(text[last.start : end if end >= 0 else len(text)])[: 4 * len(last.text) + 4]
    low, high = 0, len(parts)
    while low < high:
        middle = (low + high + 1) // 2
        row = Row("".join(parts[:middle]).rstrip() + ellipsis, sizer, rtl)
        low, high = (middle, high) if row.width(0, len(row.text)) <= limit else (low, middle - 1)
    row = Row("".join(parts[:low]).rstrip() + ellipsis, sizer, rtl)
    return row.line(last.start)


def _stack(
    text: str,
    style: TextStyle,
    sizer: Sizer,
    lines: list[SetLine],
    rtl: bool,
    align: Align,
    truncated: bool,
) -> Paragraph:
    """Put the lines under each other and align them within the longest."""
    width = max(line.width for line in lines)
    push = {"start": float(rtl), "center": 0.5, "end": float(not rtl)}[align]
    stacked, top = [], 0.0
    for line in lines:
        ascent, descent, height = sizer.ascent, sizer.descent, sizer.ascent + sizer.descent + sizer.gap
        if style.line_height is not None:
            height = style.line_height * style.size
        else:
            ascent = max([ascent, *(item[3].ascent for item in line.items)])
            descent = max([descent, *(item[3].descent for item in line.items)])
            height = max(height, ascent + descent)
        baseline = float(int(top + (height - ascent - descent) / 2 + ascent + 0.5))
        left = (width - line.width) * push
        words = tuple(
            [_word((part, start, x + left, baseline, shape)) for part, start, x, shape in line.items]
        )
        stacked.append(Line(line.text, line.start, left, top, line.width, height, baseline, tuple(words)))
        top += height
    return Paragraph(text, style, width, top, tuple(stacked), "rtl" if rtl else "ltr", truncated)

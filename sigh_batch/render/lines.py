"""Line breaking: a row of text (no line feed in it) becomes lines of placed pieces.

Greedy, like every chat client: at spaces, else where `breaking` allows it inside a stretch, else
between any two graphemes. Rows with right-to-left text are reordered line by line.
"""

from __future__ import annotations

import bisect
import itertools
import math
from typing import NamedTuple, TypeAlias

from sigh_batch.render import bidi
from sigh_batch.render.breaking import graphemes, opportunities
from sigh_batch.render.shaping import Shape, Sizer, join

Item: TypeAlias = tuple[str, int, float, Shape]
"""Text, start, x and shape of a word."""


class SetLine(NamedTuple):
    """A line before it is given its place in the paragraph; x counts from its own left edge."""

    text: str
    start: int
    width: float
    items: list[Item]


class _Piece(NamedTuple):
    """A stretch of one level: a chunk or part of one, or white space (without a shape)."""

    start: int
    chunk: int
    level: int
    width: float
    shape: Shape | None


class Row:
    """A row of text with its bidi levels, or None where all of it runs from left to right."""

    def __init__(self, text: str, sizer: Sizer, rtl: bool) -> None:
        self.text = text
        self._sizer = sizer
        self._rtl = rtl
        self._levels = bidi.levels(text, rtl) if rtl or bidi.has_rtl(text) else None

    def lines(self, limit: float, offset: int) -> list[SetLine]:
        """Return the row in lines no wider than the limit; `offset` is where the row starts in its text.

        The white space that a line breaks at is in no line.
        """
        found: list[SetLine] = []
        items: list[Item] = []
        plain, shape_of, space = self._levels is None, self._sizer.shape, self._sizer.space
        begin, end, at, x, right = 0, 0, 0, 0.0, 0.0
        for chunk in self.text.split(" "):
            stop = at + len(chunk)
            if chunk:
                shape = shape_of(chunk, False) if plain else None
                width = shape.width if shape else self.width(at, stop)
                while x + width > limit:
                    cut = self._cut(at, stop, limit - x, at == begin)
                    if cut == stop or (cut == at and at == begin):
                        break
                    if cut > at:
                        part = self.text[at:cut]
                        items.append((part, at + offset, x, shape_of(part, False)))
                        end, right = cut, x + items[-1][3].width
                    found.append(self._line(begin, end, offset, items, right))
                    items = []
                    begin = at = cut
                    x = right = 0.0
                    shape = shape_of(self.text[at:stop], False) if plain else None
                    width = shape.width if shape else self.width(at, stop)
                if shape:
                    items.append((shape.text, at + offset, x, shape))
                right = x = x + width
                end = stop
            x += space
            at = stop + 1
        found.append(self._line(begin, end, offset, items, right))
        return found

    def line(self, offset: int) -> SetLine:
        """Return the whole row as one line."""
        return self.lines(math.inf, offset)[0]

    def width(self, start: int, end: int) -> float:
        """Return the width of part of the row, set in one line."""
        if self._levels is None:
            text = self.text[start:end]
            if " " not in text:
                return self._sizer.shape(text, False).width
        return sum(piece.width for piece in self._pieces(start, end))

    def _line(self, start: int, end: int, offset: int, items: list[Item], width: float) -> SetLine:
        if self._levels is None:
            return SetLine(self.text[start:end], start + offset, width, items)
        return self._mixed_line(start, end, offset)

    def _cut(self, start: int, stop: int, room: float, force: bool) -> int:
        """Return up to where the chunk fits into the room; `start` when no break there is allowed."""
        chunk = self.text[start:stop]
        places = [*opportunities(chunk), len(chunk)]
        if not force and len(places) == 1:
            return start
        lengths = self._lengths(start, stop)
        if force and lengths[places[0]] > room:
            places = list(itertools.accumulate(map(len, graphemes(chunk))))
        fits = bisect.bisect_right(places, room, key=lambda place: lengths[place]) - 1
        while fits >= 0 and self.width(start, start + places[fits]) > room:
            fits -= 1
        if fits < 0:
            return start + places[0] if force else start
        return start + places[fits]

    def _lengths(self, start: int, stop: int) -> list[float]:
        """Return the width of each beginning of the chunk, as it is when the chunk is whole."""
        advances: list[float] = []
        for piece in self._pieces(start, stop):
            if piece.shape is not None:
                advances.extend(piece.shape.advances())
        return [0.0, *itertools.accumulate(advances)]

    def _pieces(self, start: int, end: int) -> list[_Piece]:
        """Return the stretches of one level between start and end, in logical order."""
        found: list[_Piece] = []
        at = start
        for chunk in self.text[start:end].split(" "):
            stop = at + len(chunk)
            for first, last, level in self._stretches(at, stop):
                shape = self._sizer.shape(self.text[first:last], level % 2 == 1)
                found.append(_Piece(first, at, level, shape.width, shape))
            if stop < end:
                level = self._levels[stop] if self._levels else 0
                found.append(_Piece(stop, stop, level, self._sizer.space, None))
            at = stop + 1
        return found

    def _stretches(self, start: int, stop: int) -> list[tuple[int, int, int]]:
        if self._levels is None:
            return [(start, stop, 0)] if stop > start else []
        found, at = [], start
        for level, group in itertools.groupby(self._levels[start:stop]):
            last = at + sum(1 for _ in group)
            found.append((at, last, level))
            at = last
        return found

    def _mixed_line(self, start: int, end: int, offset: int) -> SetLine:
        pieces = self._pieces(start, end)
        ordered = [pieces[index] for index in bidi.visual_order([piece.level for piece in pieces])]
        items: list[Item] = []
        x, right = 0.0, 0.0
        for (_, spaced), group in itertools.groupby(
            ordered, key=lambda piece: (piece.chunk, not piece.shape)
        ):
            members = list(group)
            if spaced:
                x += sum(piece.width for piece in members)
                continue
            first = min(piece.start for piece in members)
            shape = join([(piece.start - first, piece.shape) for piece in members if piece.shape])
            items.append((shape.text, first + offset, x, shape))
            right = x = x + shape.width
        return SetLine(self.text[start:end], start + offset, right, items)

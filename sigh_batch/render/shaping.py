"""Shaping: a piece of text without line breaks becomes glyphs with positions, by HarfBuzz.

A piece is shaped once in font units, whatever the size, and scaled for each size it is used in;
both forms are kept, because words repeat all the time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import uharfbuzz  # type: ignore[import-untyped]

from sigh_batch.render.breaking import graphemes, wants_emoji
from sigh_batch.render.fonts import Catalogue, Face, invisible

_KEPT = 1 << 17
"""Shapes kept in all sizes together, and in font units: less than 100 MB."""


class Run(NamedTuple):
    """Glyphs of one face in one direction, in visual order."""

    face: Face
    size: float
    glyphs: tuple[int, ...]
    xs: tuple[float, ...]
    """Where each glyph's origin lies, from the left edge of the shape."""
    ys: tuple[float, ...] | None
    """How far each glyph's origin lies below the baseline, or None when all lie on it."""
    clusters: tuple[int, ...]
    """The index in the shape's text of the first character each glyph stands for."""
    x: float
    """The run's left edge."""
    ends: tuple[float, ...]
    """Where each glyph's advance ends, from the left edge of the shape."""
    start: int
    """The run is the characters start to stop of the shape's text."""
    stop: int
    rtl: bool

    def starts(self) -> tuple[float, ...]:
        """Return where each glyph's advance begins, from the left edge of the shape."""
        return (self.x, *self.ends[:-1]) if self.ends else ()

    def moved(self, x: float, start: int) -> Run:
        """Return the run `x` further right and `start` characters later."""
        return self._replace(
            x=self.x + x,
            xs=tuple(left + x for left in self.xs),
            ends=tuple(end + x for end in self.ends),
            clusters=tuple(cluster + start for cluster in self.clusters),
            start=self.start + start,
            stop=self.stop + start,
        )


class Shelf:
    """Where shapes are kept: when it is full it is cleared, which costs less than to keep an order."""

    def __init__(self) -> None:
        self._count = 0
        self._rows: list[dict[Any, Any]] = []

    def row(self) -> dict[Any, Any]:
        """Return a new part of the shelf."""
        self._rows.append({})
        return self._rows[-1]

    def grow(self) -> None:
        """Say that something is about to be put on the shelf."""
        self._count += 1
        if self._count > _KEPT:
            self.clear()

    def clear(self) -> None:
        """Take everything off."""
        for row in self._rows:
            row.clear()
        self._count = 0


class Shape:
    """A piece of text shaped at one size: its runs and its measures."""

    __slots__ = ("ascent", "descent", "runs", "text", "width")

    def __init__(self, text: str, runs: tuple[Run, ...], width: float, ascent: float, descent: float) -> None:
        self.text = text
        self.runs = runs
        self.width = width
        self.ascent = ascent
        self.descent = descent

    def span(self, start: int, end: int) -> tuple[float, float]:
        """Return the left and right edge of text[start:end]; a shared glyph counts to its first character."""
        edges = [
            (left, right)
            for run in self.runs
            for cluster, left, right in zip(run.clusters, run.starts(), run.ends, strict=True)
            if start <= cluster < end
        ]
        if not edges:
            return 0.0, 0.0
        return min(edge[0] for edge in edges), max(edge[1] for edge in edges)

    def advances(self) -> list[float]:
        """Return what each character adds to the width; a shared glyph counts to its first character."""
        found = [0.0] * len(self.text)
        for run in self.runs:
            for cluster, left, right in zip(run.clusters, run.starts(), run.ends, strict=True):
                found[cluster] += right - left
        return found


def join(pieces: list[tuple[int, Shape]]) -> Shape:
    """Return the shapes side by side in visual order as one; each comes with its place in the whole text."""
    if len(pieces) == 1:
        return pieces[0][1]
    runs: list[Run] = []
    x = 0.0
    for start, shape in pieces:
        runs.extend(run.moved(x, start) for run in shape.runs)
        x += shape.width
    text = "".join(shape.text for _, shape in sorted(pieces, key=lambda piece: piece[0]))
    ascent = max(shape.ascent for _, shape in pieces)
    return Shape(text, tuple(runs), x, ascent, max(shape.descent for _, shape in pieces))


class _Part(NamedTuple):
    """One run in font units; the advances include nothing but the font's own."""

    face: Face
    glyphs: tuple[int, ...]
    advances: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...] | None
    clusters: tuple[int, ...]
    start: int
    stop: int


class Shaper:
    """Shapes pieces in one family and weight with its fallbacks, in font units."""

    def __init__(self, catalogue: Catalogue, shelf: Shelf, family: str, weight: int, language: str) -> None:
        self._language = language
        self.chain = catalogue.chain(family, weight)
        self.shelf = shelf
        self._units: dict[tuple[str, bool], tuple[_Part, ...]] = shelf.row()

    def parts(self, text: str, rtl: bool) -> tuple[_Part, ...]:
        """Return the piece's runs in visual order."""
        found = self._units.get((text, rtl))
        if found is None:
            self.shelf.grow()
            spans = self._faces(text)
            made = [_shape_span(text, start, stop, face, rtl, self._language) for start, stop, face in spans]
            found = self._units[text, rtl] = tuple(reversed(made) if rtl else made)
        return found

    def _faces(self, text: str) -> list[tuple[int, int, Face]]:
        """Divide the text into stretches of one face; no grapheme is torn."""
        first = self.chain[0]
        if first.coverage.issuperset(text):
            return [(0, len(text), first)]
        spans: list[tuple[int, int, Face]] = []
        at = 0
        for grapheme in graphemes(text):
            face = self._face(grapheme)
            stop = at + len(grapheme)
            if spans and (spans[-1][2] is face or all(map(invisible, grapheme))):
                spans[-1] = (spans[-1][0], stop, spans[-1][2])
            else:
                spans.append((at, stop, face))
            at = stop
        return spans

    def _face(self, grapheme: str) -> Face:
        chain = self.chain
        if wants_emoji(grapheme):
            chain = tuple(sorted(chain, key=lambda face: not face.colored))
        shown = [char for char in grapheme if not invisible(char)]
        for face in chain:
            if face.coverage.issuperset(shown):
                return face
        for face in chain:
            if shown and shown[0] in face.coverage:
                return face
        return self.chain[0]


class Sizer:
    """Shapes at one size: scales what a `Shaper` gives."""

    def __init__(self, shaper: Shaper, size: float, letter_spacing: float, snap: bool) -> None:
        self._shaper = shaper
        self._size = size
        self._spacing = letter_spacing
        self._snap = snap
        self._ltr: dict[str, Shape] = shaper.shelf.row()
        self._rtl: dict[str, Shape] = shaper.shelf.row()
        self.ascent, self.descent, self.gap = self._extents(shaper.chain[0])
        self.space = self.shape(" ", False).width

    def shape(self, text: str, rtl: bool) -> Shape:
        """Return the shaped piece; the same object as long as it is kept."""
        kept = self._rtl if rtl else self._ltr
        found = kept.get(text)
        if found is None:
            self._shaper.shelf.grow()
            found = kept[text] = self._scale(text, rtl)
        return found

    def _extents(self, face: Face) -> tuple[float, float, float]:
        """Return ascent, descent and gap in whole pixels, as browsers round them."""
        ascent, descent, gap = face.extents
        return float(round(ascent * self._size)), float(round(descent * self._size)), gap * self._size

    def _scale(self, text: str, rtl: bool) -> Shape:
        runs: list[Run] = []
        x, ascent, descent = 0.0, 0.0, 0.0
        for part in self._shaper.parts(text, rtl):
            run, x = self._run(part, x, rtl)
            runs.append(run)
            above, below, _ = self._extents(part.face)
            ascent, descent = max(ascent, above), max(descent, below)
        return Shape(text, tuple(runs), x, ascent, descent)

    def _run(self, part: _Part, x: float, rtl: bool) -> tuple[Run, float]:
        scale = self._size / part.face.units
        edge, xs, ends = x, [], []
        last = len(part.glyphs) - 1
        for index, advance in enumerate(part.advances):
            xs.append(x)
            x += round(advance * scale) if self._snap else advance * scale
            if self._spacing and (index == last or part.clusters[index] != part.clusters[index + 1]):
                x += self._spacing
            ends.append(x)
        ys = None
        if part.offsets is not None:
            xs = [left + offset[0] * scale for left, offset in zip(xs, part.offsets, strict=True)]
            if any(offset[1] for offset in part.offsets):
                ys = tuple(-offset[1] * scale for offset in part.offsets)
        clusters, start, stop = part.clusters, part.start, part.stop
        return Run(
            part.face, self._size, part.glyphs, tuple(xs), ys, clusters, edge, tuple(ends), start, stop, rtl
        ), x


def _shape_span(text: str, start: int, stop: int, face: Face, rtl: bool, language: str) -> _Part:
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text, start, stop - start)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if rtl else "ltr"
    if language:
        buffer.language = language
    uharfbuzz.shape(face.shaper, buffer)
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    offsets = tuple((position.x_offset, position.y_offset) for position in positions)
    return _Part(
        face,
        tuple(info.codepoint for info in infos),
        tuple(position.x_advance for position in positions),
        offsets if any(map(any, offsets)) else None,
        tuple(info.cluster for info in infos),
        start,
        stop,
    )

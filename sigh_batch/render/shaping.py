"""Shaping: a piece of text without line breaks becomes glyphs with positions, by HarfBuzz.

A piece is shaped once in font units, whatever the size, and scaled for each size it is used in;
both forms are kept, because words repeat all the time.
"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import uharfbuzz  # type: ignore[import-untyped]

from sigh_batch.render.breaking import graphemes, wants_emoji
from sigh_batch.render.fonts import Catalogue, Face, invisible

_KEPT = 1 << 14
"""Shapes kept in all sizes together, and in font units: less than 50 MB."""


class Run(NamedTuple):
    """Glyphs of one face in one direction, in visual order.

    Places are kept as the font gives them and scaled when they are asked for: most words are set once
    in a size, and drawing has to add where the word stands anyway.
    """

    face: Face
    size: float
    glyphs: tuple[int, ...]
    x: float
    """The run's left edge, from the left edge of the shape."""
    scale: float
    """Pixels in a unit of `origins` and `edges`."""
    origins: tuple[float, ...]
    """Where each glyph's origin lies, from the run's left edge."""
    edges: tuple[float, ...]
    """Where each glyph's advance ends, from the run's left edge."""
    ys: tuple[float, ...] | None
    """How many pixels each glyph's origin lies below the baseline, or None when all lie on it."""
    clusters: tuple[int, ...]
    """The index in the shape's text of the first character each glyph stands for."""
    start: int
    """The run is the characters start to stop of the shape's text."""
    stop: int
    rtl: bool

    @property
    def xs(self) -> list[float]:
        """Where each glyph's origin lies, in pixels from the left edge of the shape."""
        return [self.x + at * self.scale for at in self.origins]

    @property
    def ends(self) -> list[float]:
        """Where each glyph's advance ends, in pixels from the left edge of the shape."""
        return [self.x + at * self.scale for at in self.edges]

    def starts(self) -> list[float]:
        """Return where each glyph's advance begins, in pixels from the left edge of the shape."""
        return [self.x, *self.ends[:-1]] if self.edges else []

    def moved(self, x: float, start: int) -> Run:
        """Return the run `x` further right and `start` characters later."""
        return self._replace(
            x=self.x + x,
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

    __slots__ = ("ascent", "descent", "lacks", "runs", "text", "width")

    def __init__(self, text: str, runs: tuple[Run, ...], width: float, ascent: float, descent: float) -> None:
        self.text = text
        self.runs = runs
        self.width = width
        self.ascent = ascent
        self.descent = descent
        self.lacks = any(0 in run.glyphs for run in runs)
        """Whether a character of it has no glyph in any font."""

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
    edges: tuple[int, ...]
    origins: tuple[int, ...]
    ups: tuple[int, ...] | None
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
            run = self._run(part, x, rtl)
            runs.append(run)
            if run.edges:
                x += run.edges[-1] * run.scale
            above, below, _ = self._extents(part.face)
            ascent, descent = max(ascent, above), max(descent, below)
        return Shape(text, tuple(runs), x, ascent, descent)

    def _run(self, part: _Part, x: float, rtl: bool) -> Run:
        face, glyphs, _, edges, origins, ups, clusters, start, stop = part
        scale = unit = self._size / face.units
        places: tuple[tuple[float, ...], tuple[float, ...]] = (origins, edges)
        if self._snap or self._spacing:
            places, unit = self._stepped(part, scale), 1.0
        ys = tuple([-up * scale for up in ups]) if ups else None
        return Run(face, self._size, glyphs, x, unit, *places, ys, clusters, start, stop, rtl)

    def _stepped(self, part: _Part, scale: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return origins and edges in pixels where advances are rounded, or clusters stand apart."""
        steps = [advance * scale for advance in part.advances]
        if self._snap:
            steps = [float(round(step)) for step in steps]
        if self._spacing:
            after = (*part.clusters[1:], None)
            ends = [here != later for here, later in zip(part.clusters, after, strict=True)]
            steps = [step + self._spacing * end for step, end in zip(steps, ends, strict=True)]
        edges = tuple(itertools.accumulate(steps))
        aside = [
            (origin - edge + advance) * scale
            for origin, edge, advance in zip(part.origins, part.edges, part.advances, strict=True)
        ]
        begins = (0.0, *edges[:-1])
        return tuple([begin + by for begin, by in zip(begins, aside, strict=True)]), edges


def _shape_span(text: str, start: int, stop: int, face: Face, rtl: bool, language: str) -> _Part:
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text, start, stop - start)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if rtl else "ltr"
    if language:
        buffer.language = language
    uharfbuzz.shape(face.shaper, buffer)
    glyphs, clusters = [], []
    for info in buffer.glyph_infos:
        glyphs.append(info.codepoint)
        clusters.append(info.cluster)
    x, edges, origins, ups, advances = 0, [], [], [], []
    for aside, up, advance, _ in [position.position for position in buffer.glyph_positions]:
        origins.append(x + aside)
        ups.append(up)
        advances.append(advance)
        x += advance
        edges.append(x)
    return _Part(
        face,
        tuple(glyphs),
        tuple(advances),
        tuple(edges),
        tuple(origins),
        tuple(ups) if any(ups) else None,
        tuple(clusters),
        start,
        stop,
    )

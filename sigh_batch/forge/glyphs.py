"""Setting new words out of letters that stand elsewhere on the same picture, as patient forgers do.

A letter brings its own anti-aliasing along. Of all places where a letter stands, the one is taken whose
part of a pixel is nearest to that of its new place and whose edges cut through the least ink; longer
runs of letters are taken before shorter ones, because nothing between them has to be cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sigh_batch.forge import easel
from sigh_batch.forge.box import Box, box_of
from sigh_batch.forge.case import Case
from sigh_batch.forge.lettering import Lettering, worst
from sigh_batch.forge.passage import Passage, is_joined, lettering_at, passages
from sigh_batch.forge.retouch import Retouch
from sigh_batch.render.breaking import graphemes
from sigh_batch.render.typeset import Word

_LINES = 7
"""So many lines of the picture are searched, those with the most of the wanted letters first."""
_ENOUGH = 3
"""So many, once they have all of them."""
_DIRTY = 40
"""Levels of ink on both sides of a cut from which on it cuts through a stroke."""
_HUE = 14
"""Hundredths by which the channels of a word's ink may be out of proportion."""
_LIKE, _INKS = 4, 10
"""Levels by which the ground and the ink of a line may differ from those of the new place; the ink of thin
strokes is told less exactly."""

Levels = NDArray[np.int16]


class _Source(NamedTuple):
    """A line that letters are taken from: what differs from the ground, and its words."""

    ink: Levels
    """The rows of the line, less its ground: height x width x 3."""
    left: int
    top: int
    baseline: int
    x: float
    words: tuple[Word, ...]


class _Cut(NamedTuple):
    """A run of letters on a source line."""

    source: _Source
    first: int
    last: int
    """Columns of the picture, the last one not in it."""
    left: float
    """Where its advance begins."""
    cost: float


class Placing(NamedTuple):
    """How a text was set: how many letters were copied, and which ones had to be left to a pen."""

    copied: int
    missing: tuple[tuple[str, float], ...]
    """Stretches of text and their left edges."""


def set_copied(retouch: Retouch, passage: Passage, text: str, left: float) -> Placing:
    """Write a text with letters of the picture, as far as it has them, over ground that is already empty."""
    lettering = passage.lettering
    paragraph = lettering.set(text)
    sources = list(_sources(retouch, passage, text))
    missing = list[tuple[str, float]]()
    copied = 0
    for word in easel.words_in(paragraph):
        parts = _parts(word.text)
        at = 0
        while at < len(parts):
            start = len("".join(parts[:at]))
            cut, count = None, 1
            for length in range(len(parts) - at, 0, -1):
                if is_joined(word.text) and length < len(parts):
                    break
                run = "".join(parts[at : at + length])
                place = left + word.span(start, start + len(run))[0]
                cut = _best(sources, run, place)
                if cut is not None:
                    count = length
                    break
            run = "".join(parts[at : at + count]) if not is_joined(word.text) else word.text
            place = left + word.span(start, start + len(run))[0]
            if cut is None:
                missing.append((run, place))
                count = len(parts) if is_joined(word.text) else 1
            else:
                _copy(retouch, cut, place, lettering.baseline)
                copied += len(run)
            at += count
    return Placing(copied, tuple(_joined(missing, lettering.rtl)))


def _parts(text: str) -> list[str]:
    return [text] if is_joined(text) else list(graphemes(text))


def _joined(missing: list[tuple[str, float]], rtl: bool) -> list[tuple[str, float]]:
    """Return missing stretches; only from right to left they are all kept apart."""
    return sorted(missing, key=lambda part: part[1], reverse=rtl)


def _sources(retouch: Retouch, passage: Passage, text: str) -> Iterator[_Source]:
    """Yield lines set like the passage that hold letters of the text, the most promising first."""
    case, known = retouch.case, retouch.letters
    kind = case.elements[passage.target].kind
    wanted = frozenset(text) - {" "}
    ranked = sorted(
        passages(case, (kind,)),
        key=lambda number: (
            number != passage.target,
            -len(wanted & frozenset(case.elements[number].text or "")),
        ),
    )
    found, lacking = 0, set(wanted)
    for number in ranked[: 3 * _LINES]:
        if found >= (_LINES if lacking else _ENOUGH):
            return
        if not wanted & frozenset(case.elements[number].text or ""):
            continue
        if number not in known:
            own = number == passage.target
            lettering = passage.lettering if own else lettering_at(case, number)
            source = _source(case, number, lettering) if lettering is not None else None
            known[number] = (lettering, source) if source is not None else None
        kept = known[number]
        if kept is not None and _alike(kept[0], passage.lettering):
            found += 1
            lacking -= set(case.elements[number].text or "")
            yield kept[1]


def _alike(a: Lettering, b: Lettering) -> bool:
    near = all(abs(x - y) <= _LIKE for x, y in zip(a.ground, b.ground, strict=True)) and all(
        abs(x - y) <= _INKS for x, y in zip(a.ink, b.ink, strict=True)
    )
    return near and (a.family, a.weight, a.size, a.snap) == (b.family, b.weight, b.size, b.snap)


def _source(case: Case, number: int, lettering: Lettering) -> _Source | None:
    """Return a line to cut letters from; None where its ground is not plain."""
    box = box_of(case.elements[number]).grown(2, int(0.1 * lettering.size)).inside(case.width, case.height)
    ink = case.pixels[box.window].astype(np.int16) - np.array(lettering.ground, np.int16)
    if float((worst(np.abs(ink)) > _DIRTY // 4).mean()) > 0.6:
        return None
    words = [
        word
        for word in easel.words_in(lettering.set(case.elements[number].text or ""))
        if _in_ink(ink, lettering, word, box.x)
    ]
    return _Source(ink, box.x, box.y, lettering.baseline, lettering.x, tuple(words))


def _in_ink(ink: Levels, lettering: Lettering, word: Word, left: int) -> bool:
    """Say whether a word has the colour of its line, which addresses have not."""
    first = int(lettering.x + word.x) - left
    part = ink[:, max(0, first) : first + int(word.width) + 2]
    said = part.sum(axis=(0, 1), dtype=np.int64)
    meant = np.array(lettering.ink, np.int64) - np.array(lettering.ground, np.int64)
    most = int(np.abs(meant).argmax())
    if said[most] == 0 or meant[most] == 0:
        return False
    apart = np.abs(said * meant[most] - meant * said[most]) * 100
    return bool((apart <= _HUE * abs(int(said[most]) * int(meant[most]))).all())


def _best(sources: list[_Source], run: str, place: float) -> _Cut | None:
    """Return the cleanest place where a run of letters stands, the nearest in its part of a pixel."""
    best: _Cut | None = None
    for rank, source in enumerate(sources):
        for word in source.words:
            at = word.text.find(run)
            while at >= 0:
                whole = at == 0 and len(run) == len(word.text)
                if whole or not is_joined(word.text):
                    cut = _cut(source, word, at, at + len(run), place, rank)
                    if cut is not None and (best is None or cut.cost < best.cost):
                        best = cut
                at = word.text.find(run, at + 1)
    return best


def _cut(source: _Source, word: Word, start: int, end: int, place: float, rank: int) -> _Cut | None:
    x, width = word.span(start, end)
    left = source.x + x
    first, last = round(left), round(left + width)
    if last <= first:
        return None
    if start == 0:
        first -= 1  # what a first letter's anti-aliasing spills over its edge is space
    if end == len(word.text):
        last += 1
    phase = abs((place - left) - round(place - left))
    dirt = _dirt(source, first) * (start > 0) + _dirt(source, last) * (end < len(word.text))
    if dirt > 2 * _DIRTY:
        return None
    return _Cut(source, first, last, left, phase + dirt / 100 + rank / 1000)


def _dirt(source: _Source, column: int) -> int:
    """Return how strong the strokes are that a cut before this column goes through."""
    at = column - source.left
    if not 0 < at < source.ink.shape[1]:
        return 0
    sides = np.abs(source.ink[:, at - 1 : at + 1]).max(axis=2)
    return int(sides.min(axis=1).max())


def _copy(retouch: Retouch, cut: _Cut, place: float, baseline: int) -> None:
    """Put a run of letters where it belongs; where others already stand, the stronger ink wins."""
    source, case = cut.source, retouch.case
    across, down = round(place - cut.left), baseline - source.baseline
    first = max(cut.first, source.left, -across)
    last = min(cut.last, source.left + source.ink.shape[1], case.width - across)
    rows = min(source.ink.shape[0], case.height - source.top - down)
    if first >= last or rows <= 0 or source.top + down < 0:
        return
    ink = source.ink[:rows, first - source.left : last - source.left]
    box = Box(first + across, source.top + down, last - first, rows)
    inked = worst(np.abs(ink)) > 1
    if not inked.any():
        return
    used = np.flatnonzero(inked.any(axis=1))
    ink, inked = ink[used[0] : used[-1] + 1], inked[used[0] : used[-1] + 1]
    box = Box(box.x, box.y + int(used[0]), box.width, len(ink))
    below = retouch.pixels[box.window].astype(np.int16)
    made = np.clip(below + ink, 0, 255).astype(np.uint8)
    retouch.pixels[box.window] = np.where(inked[:, :, None], made, retouch.pixels[box.window])
    retouch.touch(box)
    if across or down:
        retouch.copied(box.moved(-across, -down))

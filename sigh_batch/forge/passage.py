"""A line of text on a picture that may be written anew, and the stretch of it that a change concerns."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from sigh_batch.data.sample import Element
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case
from sigh_batch.forge.lettering import Lettering, distance, read_lettering
from sigh_batch.render.bidi import first_strong
from sigh_batch.render.breaking import graphemes
from sigh_batch.render.painter import Pixels
from sigh_batch.render.typeset import Paragraph

_LABELS = ("time", "separator", "header", "input")
"""Kinds whose direction is the page's; the direction of all others is that of their words."""
_JOINED = re.compile("[\u0600-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc]")
"""Scripts whose letters change with their neighbours, so that a part of a word cannot be exchanged."""
_SAME = 12
"""Levels by which empty ground may differ from its commonest colour."""


Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One line, how it is set, and how far it may grow at its end."""

    target: int
    """Number of the element."""
    text: str
    y: float
    width: float
    height: float
    lettering: Lettering
    room: float
    """Empty pixels after the end of the line, less what keeps it off its surroundings."""
    tail: float = 0.0
    """Width of what stands in the same row after the line and belongs to it, with the gap before it."""
    anchor: Anchor = "start"
    """What stays where it is when the line grows."""

    @property
    def right(self) -> float:
        """Right edge of the line."""
        return self.lettering.x + self.width

    @property
    def rows(self) -> tuple[int, int]:
        """First and last row of its box, the last one not in it."""
        return math.floor(self.y), math.ceil(self.y + self.height)

    def set(self) -> Paragraph:
        """Return the line as it is set."""
        return self.lettering.set(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Part of a line, from one edge to the other, and what shall stand there."""

    old: str
    new: str
    left: float
    right: float


def passages(case: Case, kinds: Iterable[str]) -> Iterator[int]:
    """Yield the numbers of the elements of these kinds whose text can be read on the picture.

    Messages with addresses are left out: they are set in two colours.
    """
    wanted = frozenset(kinds)
    for number, element in enumerate(case.elements):
        if element.kind not in wanted or not element.text or element.width < 4 or element.height < 6:
            continue
        above = case.elements[element.parent].text if element.parent is not None else None
        if "://" not in element.text and "://" not in (above or ""):
            yield number


def passage_of(case: Case, target: int) -> Passage | None:
    """Return an element as a passage; None where it cannot be told how it is set, such as where it is cut."""
    lettering = lettering_at(case, target)
    if lettering is None:
        return None
    element = case.elements[target]
    tail = _tail(case, element, lettering)
    before, after = _empty_beside(case, element, lettering, tail)
    em = lettering.size
    anchor: Anchor = "start"
    room = after - max(0.3 * em, min(before, 0.8 * em))
    middle = abs(2 * element.x + element.width - case.width) <= 3
    if element.kind == "time" and after < 1.2 * em:
        anchor, room = "end", before - 0.4 * em
    elif _is_label(element) and not tail and middle:
        anchor = "middle"
    return Passage(
        target=target,
        text=element.text or "",
        y=element.y,
        width=element.width,
        height=element.height,
        lettering=lettering,
        room=float(room),
        tail=tail,
        anchor=anchor,
    )


def _is_label(element: Element) -> bool:
    return element.kind not in ("line", "word")


def lettering_at(case: Case, target: int) -> Lettering | None:
    """Return how the text of an element is set; None where that cannot be told."""
    element = case.elements[target]
    if not element.text or element.height < 6 or _mixed(case, target):
        return None
    whole = element
    while whole.kind in ("word", "line") and whole.parent is not None:
        whole = case.elements[whole.parent]
    words = whole.text or element.text
    rtl = case.rtl if element.kind in _LABELS else first_strong(words) == "rtl"
    x, y, width, height = element.x, element.y, element.width, element.height
    lettering = read_lettering(case, element.text, x, y, width, height, rtl=rtl, bold=_is_label(element))
    if lettering is None or abs(lettering.set(element.text).width - width) > 0.25 + 0.01 * width:
        return None
    return lettering


def _mixed(case: Case, target: int) -> bool:
    """Say whether a part of the element is set in another way, as a time is after its day."""
    return case.elements[target].kind == "separator" and any(
        other.kind == "time" and other.parent == target for other in case.elements
    )


def _tail(case: Case, element: Element, lettering: Lettering) -> float:
    """Return how far what follows a name in its row reaches: its time, where clients put it there."""
    if element.kind != "author" or element.parent is None:
        return 0.0
    for other in case.elements:
        same = other.kind == "time" and other.parent == element.parent
        if not same or abs(other.y + other.height / 2 - element.y - element.height / 2) > lettering.size / 2:
            continue
        gap = element.x - other.x - other.width if lettering.rtl else other.x - element.x - element.width
        if 0 <= gap < 2 * lettering.size:
            return gap + other.width
    return 0.0


def _empty_beside(case: Case, element: Element, lettering: Lettering, tail: float) -> tuple[int, int]:
    """Return how many empty pixels lie before the line and after it with its tail."""
    top = max(0, lettering.baseline - int(0.75 * lettering.size))
    bottom = min(case.height, lettering.baseline + max(1, int(0.2 * lettering.size)))
    left, right = math.floor(element.x) - 1, math.ceil(element.x + element.width) + 1
    if lettering.rtl:
        left -= math.ceil(tail)
    else:
        right += math.ceil(tail)
    one = _empty(case.pixels[top:bottom, : max(0, left)][:, ::-1], lettering)
    other = _empty(case.pixels[top:bottom, right:], lettering)
    return (other, one) if lettering.rtl else (one, other)


def _empty(pixels: Pixels, lettering: Lettering) -> int:
    """Return how many columns from the left on hold nothing but the ground."""
    if not pixels.size:
        return 0
    apart = distance(np.ascontiguousarray(pixels), lettering.ground)
    busy = cv2.reduce(apart, 0, cv2.REDUCE_MAX)[0] > _SAME
    return int(busy.argmax()) if busy.any() else pixels.shape[1]


def stretch_of(passage: Passage, text: str) -> Stretch | None:
    """Return the part of a line that must be written anew so that it says another text.

    Whole words are written anew, but single characters of scripts that have no spaces. None where the
    part is torn apart by what is written the other way round.
    """
    old = passage.text
    start, stop = _difference(old, text)
    end = len(old) - stop
    whole = _words(old, start, end)
    spaced = not _unspaced(old[whole[0] : whole[1]])
    start, end = whole if spaced else _grown(old, start, end)
    while not old[start:end].strip() or not text[start : len(text) - len(old) + end].strip():
        if (start, end) == (0, len(old)):
            return None
        before, after = (start - 1, end) if start else (start, end + 1)
        start, end = _words(old, before, after) if spaced else _grown(old, before, after)
    fresh = text[start : len(text) - len(old) + end]
    edges = _edges(passage.set(), start, end)
    if edges is None:
        return None
    x = passage.lettering.x
    return Stretch(old=old[start:end], new=fresh, left=x + edges[0], right=x + edges[1])


def _difference(old: str, new: str) -> tuple[int, int]:
    """Return how many characters two texts share at their beginning and, beyond that, at their end."""
    start = 0
    most = min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    stop = 0
    while stop < most - start and old[-1 - stop] == new[-1 - stop]:
        stop += 1
    return start, stop


def _unspaced(text: str) -> bool:
    return any("\u3040" <= letter <= "\u30ff" or "\u3400" <= letter <= "\u9fff" for letter in text)


def _words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch that tears no word."""
    space = text.find(" ", end)
    return text.rfind(" ", 0, start) + 1, space if space >= 0 else len(text)


def _grown(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch that tears no grapheme, number or Latin word."""
    at = 0
    for part in graphemes(text):
        if at < start < at + len(part):
            start = at
        if at < end < at + len(part):
            end = at + len(part)
        at += len(part)
    while start > 0 and _held(text[start - 1 : start + 1]):
        start -= 1
    while 0 < end < len(text) and _held(text[end - 1 : end + 1]):
        end += 1
    return start, end


def _held(pair: str) -> bool:
    return len(pair) == 2 and all(letter.isalnum() and not _unspaced(letter) for letter in pair)


def _edges(paragraph: Paragraph, start: int, end: int) -> tuple[float, float] | None:
    """Return left and right edge of the characters start to end; None where something else stands between."""
    left, right = math.inf, -math.inf
    apart = []
    for word in paragraph.lines[0].words:
        first, last = max(start, word.start), min(end, word.start + len(word.text))
        if first >= last:
            apart.append((word.x, word.x + word.width))
            continue
        if (first, last) == (word.start, word.start + len(word.text)):
            x, width = word.x, word.width
        elif _JOINED.search(word.text):
            return None
        else:
            x, width = word.span(first - word.start, last - word.start)
        left, right = min(left, x), max(right, x + width)
    if left >= right or any(a < right - 0.5 and left + 0.5 < b for a, b in apart):
        return None
    return left, right


def line_box(passage: Passage) -> Box:
    """Return the whole pixels of a passage's box."""
    top, bottom = passage.rows
    left = math.floor(passage.lettering.x)
    return Box(left, top, max(1, math.ceil(passage.right) - left), max(1, bottom - top))


def is_joined(text: str) -> bool:
    """Say whether its letters change with their neighbours."""
    return _JOINED.search(text) is not None

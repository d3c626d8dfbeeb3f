"""Finding the pixels of single digits: where a word falls into as many pieces of ink as it has characters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case
from sigh_batch.forge.ground import ink_of
from sigh_batch.forge.places import boxes

_KINDS = ("word", "time", "separator")
_FAINT = 10
"""Levels off the ground from which a pixel belongs to a glyph: its soft edge does."""


class Digit(NamedTuple):
    """One digit of a picture."""

    digit: str
    element: int
    at: int
    """Its place in the element's string."""
    box: Box
    """Around its ink."""


def digit_boxes(case: Case) -> list[Digit]:
    """Return the digits whose pixels can be told apart from their neighbours'."""
    found = list[Digit]()
    for number, box in boxes(case, _KINDS):
        text = case.elements[number].text or ""
        if not text.isascii() or not any(char.isdigit() for char in text):
            continue
        ink = ink_of(case.pixels, box, _FAINT)
        pieces = _pieces(np.asarray(ink.any(axis=0)))
        places = [at for at, char in enumerate(text) if not char.isspace()]
        if len(pieces) != len(places) or not _in_order(text, places, pieces):
            continue
        for at, (start, end) in zip(places, pieces, strict=True):
            if text[at].isdigit():
                rows = np.flatnonzero(ink[:, start:end].any(axis=1))
                top, bottom = int(rows[0]), int(rows[-1]) + 1
                place = Box(box.x + start, box.y + top, end - start, bottom - top)
                found.append(Digit(text[at], number, at, place))
    return found


def _in_order(text: str, places: list[int], pieces: list[tuple[int, int]]) -> bool:
    """Say whether every mark is narrower than every digit: two wrong cuts may give a right number."""
    widths = {at: end - start for at, (start, end) in zip(places, pieces, strict=True)}
    marks = [width for at, width in widths.items() if text[at] in ":.,'-/"]
    digits = [width for at, width in widths.items() if text[at].isdigit()]
    return not marks or (max(marks) <= max(digits) and min(marks) < min(digits))


def _pieces(said: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return start and end of every run of columns that hold ink."""
    steps = np.flatnonzero(np.diff(np.concatenate([[False], said, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in zip(steps[::2], steps[1::2], strict=True)]

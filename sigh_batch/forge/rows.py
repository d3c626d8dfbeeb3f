"""A conversation as rows that can be taken out and put elsewhere: its messages, and the dates between."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.sample import Element
from sigh_batch.forge.box import Box, box_of, united
from sigh_batch.forge.case import Case
from sigh_batch.forge.wall import Wall, wall_of

_ROOTS = ("message", "separator", "system")
_NEAR = 28
"""Levels by which a wallpaper may vary and still be one."""
_TAIL = 12
"""Logical pixels by which bubbles reach out of their boxes."""


class Row(NamedTuple):
    """One message with all that belongs to it, or one date."""

    root: int
    """Number of the element that the others belong to."""
    elements: tuple[int, ...]
    top: int
    """Its band begins here, in the middle of the gap above it."""
    bottom: int
    """Its band ends before here."""
    content: Box
    """Around what is to be seen of it."""


class Sheet(NamedTuple):
    """The rows of a conversation, and the column that they stand in."""

    rows: tuple[Row, ...]
    column: Box
    """From the first row's band to the last one's, as wide as the wall behind them."""
    wall: Wall
    whole_above: bool
    """Whether the first row is wholly seen."""
    whole_below: bool


def sheet_of(case: Case) -> Sheet | None:
    """Return the rows of a conversation from top to bottom; None where they cannot be told apart."""
    groups = _groups(case.elements)
    found = [(root, group, _content(case, group)) for root, group in groups.items()]
    found.sort(key=lambda item: (item[2].y, item[0]))
    if len(found) < 3:
        return None
    slack = round(2 * case.scale)
    if any(after[2].y < before[2].bottom - 2 * slack for before, after in itertools.pairwise(found)):
        return None
    whole = Box(0, 0, case.width, case.height)
    contents = [item[2] for item in found]
    column = _column(case, united(contents))
    wall = wall_of(case.pixels, column, [box.grown(round(_TAIL * case.scale), 2 * slack) for box in contents])
    above = _free(case, wall, contents[0], contents[0].y - slack, contents[0].y)
    below = _free(case, wall, contents[-1], contents[-1].bottom + slack, contents[-1].bottom + 2 * slack)
    cuts = [contents[0].y - (slack if above else 0)]
    cuts += [(one.bottom + other.y + 1) // 2 for one, other in itertools.pairwise(contents)]
    cuts.append(contents[-1].bottom + (2 * slack if below else 0))
    column = Box(column.x, cuts[0], column.width, cuts[-1] - cuts[0])
    if not column.within(whole):
        return None
    rows = tuple(
        Row(root, (*group, *_strays(case, groups, column, top, bottom)), top, bottom, content)
        for (root, group, content), top, bottom in zip(found, cuts, cuts[1:], strict=False)
    )
    return Sheet(rows, column, wall, above, below)


def has_own(case: Case, row: Row, kind: str) -> bool:
    """Say whether an element of this kind stands in a row."""
    return any(case.elements[number].kind == kind for number in row.elements)


def moved(
    elements: Iterable[Element], rows: Iterable[tuple[Row, int]], gone: Row | None
) -> tuple[Element, ...]:
    """Return the elements with rows moved down by so many pixels, and one row gone."""
    changed = list(elements)
    for row, down in rows:
        for number in row.elements:
            changed[number] = changed[number]._replace(y=round(changed[number].y + down, 2))
    if gone is not None:
        for number in gone.elements:
            changed[number] = changed[number]._replace(width=0.0, height=0.0)
    return tuple(changed)


def _groups(elements: tuple[Element, ...]) -> dict[int, tuple[int, ...]]:
    """Return the numbers of the elements under each root; elements of one message go together."""
    roots: dict[int | None, int] = {}
    groups: dict[int, list[int]] = {}
    for number, _element in enumerate(elements):
        root = number
        while (parent := elements[root].parent) is not None:
            root = parent
        first = roots.get(elements[root].message) if elements[root].message is not None else None
        if first is not None:
            root = first
        if elements[root].kind not in _ROOTS:
            continue
        if elements[root].message is not None:
            roots[elements[root].message] = root
        groups.setdefault(root, []).append(number)
    return {root: tuple(group) for root, group in groups.items()}


def _strays(
    case: Case, groups: dict[int, tuple[int, ...]], column: Box, top: int, bottom: int
) -> tuple[int, ...]:
    """Return what stands in a band and belongs to nothing, such as the faces of those who answered."""
    known = {number for group in groups.values() for number in group}
    return tuple(
        number
        for number, element in enumerate(case.elements)
        if number not in known
        and top <= element.y + element.height / 2 < bottom
        and column.x <= element.x
        and element.x + element.width <= column.right
    )


def _content(case: Case, group: tuple[int, ...]) -> Box:
    """Return the box around a row; a message's own box may be as wide as the page, so its parts count."""
    parts = [number for number in group if case.elements[number].kind != "message"]
    if not parts:
        return box_of(case.elements[group[0]])
    tight = united(box_of(case.elements[number]) for number in parts)
    tall = united(box_of(case.elements[number]) for number in group)
    return Box(tight.x, tall.y, tight.width, tall.height)


def _column(case: Case, content: Box) -> Box:
    """Return the column around all rows, widened to both sides as far as one wall reaches."""
    step = max(1, content.height // 256)
    pixels = case.pixels[content.y : content.bottom : step].astype(np.int16)
    tail = round(_TAIL * case.scale)
    start = case.width - _reach(pixels[:, ::-1], case.width - content.x + tail)
    end = _reach(pixels, content.right + tail)
    return Box(start, content.y, end - start, content.height)


def _reach(pixels: NDArray[np.int16], start: int) -> int:
    """Return how far to the right the wall that is seen at a column goes on: mostly alike, never far off."""
    if start >= pixels.shape[1]:
        return int(pixels.shape[1])
    apart = np.abs(pixels[:, start:] - pixels[:, start - 1 : start]).max(axis=2)
    same = ((apart <= 3).mean(axis=0) >= 0.6) & ((apart <= _NEAR).mean(axis=0) >= 0.97)
    strange: list[int] = np.flatnonzero(~same).tolist()
    width = int(pixels.shape[1])
    return start + strange[0] if strange else width


def _free(case: Case, wall: Wall, content: Box, top: int, bottom: int) -> bool:
    """Say whether rows above or below the conversation show its wall and nothing else."""
    if top < 0 or bottom > case.height:
        return False
    at = min(max(top - wall.top, 0), len(wall.colors) - 1)
    part = case.pixels[top:bottom, content.x : content.right].astype(np.int16)
    apart = np.abs(part - wall.colors[at]).max(axis=2)
    return bool((apart <= 3).mean() >= 0.8 and (apart <= _NEAR).mean() >= 0.97)

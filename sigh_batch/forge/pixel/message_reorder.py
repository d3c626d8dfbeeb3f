"""Who said what first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sigh_batch.data.sample import Element, Json
from sigh_batch.errors import ConfigError
from sigh_batch.forge.box import Box, united
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.ground import fill, ground_color
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.pasting import feathered, paste, shifted
from sigh_batch.forge.places import element_box, shows
from sigh_batch.forge.rows import Row, has_own, moved, sheet_of
from sigh_batch.forge.stacking import Move, restack
from sigh_batch.rng import Draws

_WAYS = ("texts", "rows")
_TRIES = 30
_APART = {"careless": 60, "careful": 4, "expert": 0}


@pixel_forgery("message_reorder")
class MessageReorder(PixelForgery):
    """Two messages in each other's place: their words alone, or all of both with what stands between."""

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Draw the two messages, and whether names and times go along."""
        for way in draws.shuffled(_WAYS):
            pair = _texts(draws, case, hand) if way == "texts" else _rows(draws, case, hand)
            if pair is not None:
                careful = hand.skill == "careful" and draws.chance(0.3)
                return {
                    "target": pair[0],
                    "other": pair[1],
                    "way": way,
                    "lift": hand.skill != "careless",
                    "how": hand.fill,
                    "error": list(hand.fill_error),
                    "shift": _shift(hand) if hand.skill == "careless" or careful else [0.0, 0.0],
                    "feather": 0.0 if hand.skill == "expert" else min(hand.feather, 1.0),
                }
        return None

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Swap the two."""
        for number in (params["target"], params["other"]):
            element_box(case, number)
        if params["way"] == "texts":
            return self._swap_texts(case, params, hand)
        return self._swap_rows(case, params, hand)

    def _swap_texts(self, case: Case, params: Mapping[str, Any], hand: Hand) -> Edit:
        one, other = params["target"], params["other"]
        first, second = element_box(case, one), element_box(case, other)
        pixels = case.pixels.copy()
        for box in (first, second):
            pixels[box.window] = fill(case.pixels, box, params["how"], params["error"])
        across, down = params["shift"]
        touched = [first, second]
        for taken, place in ((second, first), (first, second)):
            patch = case.pixels[taken.window]
            if across % 1 or down % 1:
                patch = shifted(patch, across % 1, down % 1)
            x = place.right - taken.width if case.rtl else place.x
            cover = feathered(taken.width, taken.height, params["feather"])
            pasted = paste(pixels, patch, int(x + across // 1), int(place.y + down // 1), cover)
            touched += [pasted] if pasted else []
        source = np.zeros(case.pixels.shape[:2], np.bool_)
        source[first.window] = source[second.window] = True
        old, new = case.elements[one].text, case.elements[other].text
        entry = self.entry(params, hand, united(touched), source=united((first, second)), old=old, new=new)
        return Edit(pixels=pixels, entry=entry, source=source, elements=_swapped(case, one, other))

    def _swap_rows(self, case: Case, params: Mapping[str, Any], hand: Hand) -> Edit:
        sheet = sheet_of(case)
        known = {row.root: row for row in sheet.rows} if sheet else {}
        if sheet is None or params["target"] not in known or params["other"] not in known:
            raise ConfigError(
                f"{params['target']} and {params['other']} are not two messages of this picture"
            )
        upper, lower = sorted((known[params["target"]], known[params["other"]]), key=lambda row: row.top)
        between = [row for row in sheet.rows if upper.top < row.top < lower.top]
        at, moves, gone = upper.top, list[Move](), list[tuple[Row, int]]()
        for row in (lower, *between, upper):
            moves.append(Move(row.top, row.bottom, at))
            gone.append((row, at - row.top))
            at += row.bottom - row.top
        part = Box(sheet.column.x, upper.top, sheet.column.width, lower.bottom - upper.top)
        pixels = case.pixels.copy()
        lift = params["lift"] and sheet.wall.kind != "flat"
        source = restack(pixels, sheet, moves, part, lift=lift, error=params["error"])
        old, new = (case.elements[params[name]].text for name in ("target", "other"))
        entry = self.entry(params, hand, part, source=part, old=old, new=new)
        elements = moved(case.elements, gone, None)
        return Edit(pixels=pixels, entry=entry, source=source, elements=elements)


def _shift(hand: Hand) -> list[float]:
    if hand.skill == "careless":
        return [float(round(hand.shift_x)), float(round(hand.shift_y))]
    return [round(hand.shift_x, 3), round(hand.shift_y, 3)]


def _rows(draws: Draws, case: Case, hand: Hand) -> tuple[int, int] | None:
    """Return two messages near each other; who takes care keeps heads with heads, and cuts nothing off."""
    sheet = sheet_of(case)
    if sheet is None:
        return None
    first, last = (0 if sheet.whole_above else 1), len(sheet.rows) - (1 if sheet.whole_below else 2)
    rows = [row for row in sheet.rows[first : last + 1] if case.elements[row.root].kind == "message"]
    careless = hand.skill == "careless"
    pairs = [
        (one.root, other.root)
        for at, one in enumerate(rows)
        for other in rows[at + 1 : at + 4]
        if careless
        or all(has_own(case, one, kind) == has_own(case, other, kind) for kind in ("author", "avatar"))
    ]
    return draws.choice(pairs) if pairs else None


def _texts(draws: Draws, case: Case, hand: Hand) -> tuple[int, int] | None:
    """Return two texts that fit into each other's place, on one ground."""
    known = [
        number for number, element in enumerate(case.elements) if element.kind == "text" and element.text
    ]
    if len(known) < 2:
        return None
    for _ in range(_TRIES):
        one, other = draws.sample(known, 2)
        first, second = case.elements[one], case.elements[other]
        if first.text == second.text or abs(first.height - second.height) > 1:
            continue
        if hand.skill == "expert" and abs(first.y % 1 - second.y % 1) > 0.01:
            continue
        boxes = element_box(case, one), element_box(case, other)
        grounds = (ground_color(case.pixels, box) for box in boxes)
        if max(abs(a - b) for a, b in zip(*grounds, strict=True)) > _APART[hand.skill]:
            continue
        wide, narrow = sorted(boxes, key=lambda box: -box.width)
        if _roomy(case, narrow, wide.width - narrow.width):
            return one, other
    return None


def _roomy(case: Case, box: Box, more: int) -> bool:
    """Say whether a text could be wider by so many pixels: nothing stands there, not even a bubble's edge."""
    if more <= 0:
        return True
    room = round(4 * case.scale)
    x = box.x - more - room if case.rtl else box.right
    beside = Box(x, box.y, more + room, box.height)
    if not beside.within(Box(0, 0, case.width, case.height)) or shows(case.pixels, beside):
        return False
    return ground_color(case.pixels, beside) == ground_color(case.pixels, box)


def _swapped(case: Case, one: int, other: int) -> tuple[Element, ...]:
    """Return the elements with two texts, their lines and words in each other's place."""
    elements = list(case.elements)
    for start, end in ((one, other), (other, one)):
        source, place = case.elements[start], case.elements[end]
        x = place.x + place.width - source.width if case.rtl else place.x
        across, down = x - source.x, place.y - source.y
        elements[end] = place._replace(text=source.text, x=round(x, 2), width=source.width)
        for number, element in enumerate(case.elements):
            if number != start and _under(case, number, start):
                parent = end if element.parent == start else element.parent
                elements[number] = element._replace(
                    x=round(element.x + across, 2),
                    y=round(element.y + down, 2),
                    message=place.message,
                    parent=parent,
                )
        if place.parent is not None and case.elements[place.parent].kind == "message":
            elements[place.parent] = elements[place.parent]._replace(text=source.text)
    return tuple(elements)


def _under(case: Case, number: int, root: int) -> bool:
    parent = case.elements[number].parent
    while parent is not None and parent != root:
        parent = case.elements[parent].parent
    return parent == root

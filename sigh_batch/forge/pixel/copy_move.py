"""Something of a picture that stands on it twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.forge.box import Box, united
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.digits import digit_boxes
from sigh_batch.forge.ground import around, fill, ground_color, ink_color
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.pasting import FILTERS, feathered, paste, shifted, zoom_out
from sigh_batch.forge.places import TEXTS, boxes, element_box, likest_spot, shows, spot, told_box
from sigh_batch.rng import Draws

_WAYS = ("digit", "element", "region")
_SHARES = {"careless": (2, 3, 2), "careful": (3, 4, 1), "expert": (4, 4, 1)}
_APART = {"careless": 60, "careful": 6, "expert": 0}
"""By how many levels the grounds of what is copied and what it covers may differ."""
_WIDTHS = {"careless": 0.6, "careful": 0.75, "expert": 0.9}
"""The least width of a copy as a part of what it covers: what is narrower leaves a gap."""
_INK = 40
"""By how many levels the colours of both texts may differ, unless the forger does not care."""
_TRIES = 12
_CLOCK = re.compile(r"(\d+):(\d\d)")


@pixel_forgery("copy_move")
class CopyMove(PixelForgery):
    """A digit, a word, a time or any region copied over another place of the same picture."""

    foreign = True

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Draw what is copied, over what, and how exactly it is laid there."""
        ways = dict(zip(_WAYS, _SHARES[hand.skill], strict=True))
        while ways:
            way = draws.weighted(list(ways), list(ways.values()))
            del ways[way]
            found = {"digit": _digit, "element": _element, "region": _region}[way](draws, case, hand)
            if found is None:
                continue
            shift = [0.0, 0.0]
            if hand.skill == "careless":
                shift = [float(round(hand.shift_x)), float(round(hand.shift_y))]
            elif hand.skill == "careful" and draws.chance(0.4):
                shift = [round(hand.shift_x, 3), round(hand.shift_y, 3)]
            return {
                **found,
                "way": way,
                "shift": shift,
                "filter": draws.choice(FILTERS[1:3]),
                "how": hand.fill,
                "error": list(hand.fill_error),
                "zoom": hand.zoom,
                "feather": 0.0 if way != "region" and hand.skill == "expert" else min(hand.feather, 1.5),
            }
        return None

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Clear what is to be covered and paste the copy."""
        taken, cleared = told_box(case, params, "from"), told_box(case, params, "over")
        across, down = params["shift"]
        patch = case.pixels[taken.window]
        if across % 1 or down % 1:
            patch = shifted(patch, across % 1, down % 1, params["filter"])
        pixels = case.pixels.copy()
        if params["way"] != "region":
            pixels[cleared.window] = fill(case.pixels, cleared, params["how"], params["error"])
        x, y = params["to"]
        cover = feathered(taken.width, taken.height, params["feather"])
        pasted = paste(pixels, patch, int(x + across // 1), int(y + down // 1), cover)
        box = cleared if pasted is None else united((cleared, pasted))
        zoom_out(pixels, box, params["zoom"])
        source = np.zeros(case.pixels.shape[:2], np.bool_)
        source[taken.window] = True
        old, new = params["old"], params["new"]
        return Edit(
            pixels=pixels, entry=self.entry(params, hand, box, source=taken, old=old, new=new), source=source
        )


def _digit(draws: Draws, case: Case, hand: Hand) -> Json | None:
    """Return a digit over another one of the same size on the same ground."""
    found = [item for item in digit_boxes(case) if shows(case.pixels, item.box)]
    if len(found) < 2:
        return None
    wholes = {item.element: element_box(case, item.element) for item in found}
    for _ in range(_TRIES):
        over = draws.choice(found)
        near = [
            item
            for item in found
            if item.digit != over.digit
            and abs(item.box.height - over.box.height) <= 1
            and item.box.width <= over.box.width + 2 * round(case.scale)
            and _alike(case, wholes[item.element], wholes[over.element], hand.skill)
        ]
        beside = [item for item in near if item.element == over.element]
        if near:
            taken = draws.choice(beside if beside and draws.chance(0.6) else near)
            x = over.box.x + (over.box.width - taken.box.width) // 2
            y = over.box.y + (over.box.height - taken.box.height) // 2
            old = case.elements[over.element].text or ""
            new = old[: over.at] + taken.digit + old[over.at + 1 :]
            if not _is_time(new):
                continue
            return _told(taken.box, over.box, (x, y), over.element, old, new)
    return None


def _element(draws: Draws, case: Case, hand: Hand) -> Json | None:
    """Return a text over another of about its size: a word over a word, a time over a time."""
    known = [(number, box) for number, box in boxes(case, TEXTS) if box.width <= case.width // 2]
    if len(known) < 2:
        return None
    for _ in range(_TRIES):
        number, over = draws.choice(known)
        kind, said = case.elements[number].kind, case.elements[number].text
        part = case.elements[number].y % 1
        near = [
            (other, box)
            for other, box in known
            if case.elements[other].kind == kind
            and other != number
            and (said is None or case.elements[other].text != said)
            and not box.meets(over)
            and _WIDTHS[hand.skill] * over.width <= box.width <= 1.04 * over.width + 2
            and abs(box.height - over.height) <= (0.3 * over.height if hand.skill == "careless" else 1)
            and (hand.skill != "expert" or abs(case.elements[other].y % 1 - part) < 0.01)
        ]
        if not near:
            continue
        other, taken = draws.choice(near)
        if not (shows(case.pixels, over) and shows(case.pixels, taken)):
            continue
        if np.array_equal(case.pixels[over.window], case.pixels[taken.window]):
            continue
        if not _alike(case, taken, over, hand.skill):
            continue
        height = round(case.elements[number].y) - round(case.elements[other].y)
        x = over.right - taken.width if case.rtl else over.x
        return _told(taken, over, (x, taken.y + height), number, said, case.elements[other].text)
    return None


def _region(draws: Draws, case: Case, hand: Hand) -> Json | None:
    """Return a part of the picture over another; who takes care looks for a place that is alike around."""
    careless = hand.skill == "careless"
    if not careless and (case.font or boxes(case, TEXTS)):
        return None
    taken = spot(draws, case, 0.05, 0.3 if careless else 0.15)
    if taken is None:
        return None
    ring = around(case.pixels, taken, 1)
    tries = 2 if careless else 4 * _TRIES
    over = likest_spot(draws, case, ring, taken.width, taken.height, tries, taken)
    return None if over is None else _told(taken, over, (over.x, over.y), None, None, None)


def _alike(case: Case, one: Box, other: Box, skill: str) -> bool:
    """Say whether two texts have one ground and one colour, as far as this forger minds."""
    if _apart(ground_color(case.pixels, one), ground_color(case.pixels, other)) > _APART[skill]:
        return False
    return skill == "careless" or _apart(ink_color(case.pixels, one), ink_color(case.pixels, other)) <= _INK


def _apart(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def _is_time(text: str) -> bool:
    """Say whether every clock time in a text is one."""
    return all(int(hour) < 24 and int(minute) < 60 for hour, minute in _CLOCK.findall(text))


def _told(
    taken: Box, over: Box, to: tuple[int, int], target: int | None, old: str | None, new: str | None
) -> Json:
    return {"target": target, "from": list(taken), "over": list(over), "to": list(to), "old": old, "new": new}

"""Where a forger works: elements that are large enough and hold ink, or any spot of a picture that does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from sigh_batch.errors import ConfigError
from sigh_batch.forge.box import Box, box_of
from sigh_batch.forge.case import Case
from sigh_batch.forge.ground import around, ink_of
from sigh_batch.render.painter import Pixels
from sigh_batch.rng import Draws

WORDS = ("word",)
TEXTS = ("word", "line", "time", "author", "separator", "system")
"""Kinds of elements that are a run of text and little else."""
_LEAST = 5
"""Neither side of a target is shorter."""
_TRIES = 10


def element_box(case: Case, number: int) -> Box:
    """Return the pixels of an element.

    Raises ConfigError where the picture has no such element.
    """
    if not 0 <= number < len(case.elements):
        raise ConfigError(f"target {number} is not one of the {len(case.elements)} elements of the picture")
    return box_of(case.elements[number]).inside(case.width, case.height)


def boxes(case: Case, kinds: Collection[str]) -> list[tuple[int, Box]]:
    """Return number and box of the elements of these kinds that are wholly seen and not tiny."""
    found = []
    for number, element in enumerate(case.elements):
        if element.kind in kinds and element.width >= _LEAST and element.height >= _LEAST:
            box = box_of(element)
            if box.x >= 0 and box.y >= 0 and box.right <= case.width and box.bottom <= case.height:
                found.append((number, box))
    return found


def pick(
    draws: Draws, case: Case, kinds: Collection[str], fits: Callable[[Box], bool] = lambda _box: True
) -> tuple[int, Box] | None:
    """Return a random element of these kinds that fits and shows something, or None."""
    known = [item for item in boxes(case, kinds) if fits(item[1])]
    for number, box in draws.sample(known, min(_TRIES, len(known))):
        if shows(case.pixels, box):
            return number, box
    return None


def spot(draws: Draws, case: Case, least: float = 0.05, most: float = 0.35) -> Box | None:
    """Return a random rectangle that shows something; its sides are shares of the short side."""
    side = min(case.width, case.height)
    for _ in range(_TRIES):
        width = max(_LEAST, round(side * draws.uniform(least, most)))
        height = max(_LEAST, round(width * draws.uniform(0.2, 0.8)))
        if width >= case.width or height >= case.height:
            continue
        box = Box(draws.integer(0, case.width - width), draws.integer(0, case.height - height), width, height)
        if shows(case.pixels, box):
            return box
    return None


def likest_spot(
    draws: Draws, case: Case, ring: Pixels, width: int, height: int, tries: int, apart: Box | None = None
) -> Box | None:
    """Return of some random places the one whose surroundings are most like a ring of pixels around it.

    The ring is as `ground.around` gives it, one pixel deep; no place meets the box `apart`.
    """
    best: tuple[int, Box] | None = None
    for _ in range(tries):
        x, y = draws.integer(0, case.width - width), draws.integer(0, case.height - height)
        place = Box(x, y, width, height)
        if apart is not None and place.meets(apart):
            continue
        there = around(case.pixels, place, 1).astype(np.int32)
        cost = int(np.abs(there - ring).sum()) if there.shape == ring.shape else 1 << 40
        if best is None or cost < best[0]:
            best = cost, place
    return best[1] if best else None


def shows(pixels: Pixels, box: Box) -> bool:
    """Say whether something is to be seen in a box: more than a hundredth of it is not its ground."""
    step = max(1, int((box.area / 16_000) ** 0.5))
    part = pixels[box.y : box.bottom : step, box.x : box.right : step]
    ink = ink_of(part, Box(0, 0, part.shape[1], part.shape[0]))
    return int(np.count_nonzero(ink)) * 100 > ink.size


def ink_box(pixels: Pixels, box: Box) -> Box:
    """Return the smallest box around what is to be seen in a box; the whole box where that is nothing."""
    ink = ink_of(pixels, box, 10)
    columns, rows = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    if not len(columns):
        return box
    left, top = int(columns[0]), int(rows[0])
    return Box(box.x + left, box.y + top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1)


def said(case: Case, params: Mapping[str, Any]) -> str | None:
    """Return what the target of these parameters says, where there is a target and it is known.

    Raises ConfigError where the picture has no such element.
    """
    target: int | None = params["target"]
    if target is None:
        return None
    element_box(case, target)
    return case.elements[target].text


def told_box(case: Case, params: Mapping[str, Any], name: str = "box") -> Box:
    """Return the box that the parameters tell.

    Raises ConfigError where it does not lie in the picture.
    """
    box = Box(*(int(side) for side in params[name]))
    if box.width < 1 or box.height < 1 or not box.within(Box(0, 0, case.width, case.height)):
        raise ConfigError(
            f"{name} {list(box)} does not lie in the picture of {case.width}x{case.height}; "
            "give x, y, width and height in pixels"
        )
    return box

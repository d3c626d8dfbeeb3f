"""Somebody else's face."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError
from sigh_batch.forge.box import Box, united
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.ground import around, common_color, fill
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.pasting import FILTERS, Coverage, paste, rounded, scaled
from sigh_batch.forge.places import boxes, shows, told_box
from sigh_batch.forge.roundness import roundness
from sigh_batch.render.avatars import PORTRAITS, paint_portrait
from sigh_batch.render.painter import Painter, Pixels, painters
from sigh_batch.rng import Draws

_LEAST = 12
_ORIGINS = ("other", "donor", "new")


@pixel_forgery("avatar_swap")
class AvatarSwap(PixelForgery):
    """A person's avatar replaced: by another person's, by one from another screenshot, or by a new one."""

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Draw whose avatar goes, what comes in its place, and how its edge is cut."""
        known = [item for item in _avatars(case) if shows(case.pixels, item[1])]
        if not known:
            return None
        target, over = draws.choice(known)
        person = case.elements[target].value
        careless = hand.skill == "careless"
        others = [box for number, box in known if case.elements[number].value != person]
        same = [box for number, box in known if case.elements[number].value == person]
        everywhere = person is not None and not (careless and draws.chance(0.5))
        ways = [way for way in _ORIGINS if way != "other" or others]
        shape = roundness(case.pixels, over)
        params: Json = {
            "target": target,
            "over": [list(box) for box in (same if everywhere else [over])],
            "roundness": 0.0 if careless and draws.chance(0.6) else shape,
            "shift": [round(hand.shift_x), round(hand.shift_y)] if careless else [0, 0],
            "filter": draws.choice(FILTERS if careless else FILTERS[1:]),
            "how": hand.fill,
            "seed": draws.integer(0, (1 << 31) - 1),
            "kind": draws.choice(PORTRAITS[:-1]),
            "same_look": draws.chance(0.5),
        }
        for way in draws.shuffled(ways):
            if way == "new":
                return {**params, "origin": way, "from": None}
            if way == "other":
                taken = draws.choice(others)
                if hand.skill == "expert" and all(
                    _same_corners(case, taken, Box(*place)) for place in params["over"]
                ):
                    params["roundness"] = 0.0  # what stands in the corners is right already
                return {**params, "origin": way, "from": list(taken)}
            donor = kit.donor(_donor_draws(params), params["same_look"])
            lent = [box for _, box in _avatars(donor)] if donor is not None else []
            if lent:
                return {**params, "origin": way, "from": list(draws.choice(lent))}
        return None

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Paste the new picture over every one of the person's that is named."""
        places = [told_box(case, {"box": place}) for place in params["over"]]
        portrait, taken = _portrait(case, params, kit)
        pixels = case.pixels.copy()
        touched = list[Box]()
        across, down = params["shift"]
        for place in places:
            cover = _coverage(place, params["roundness"])
            if params["roundness"] and (across or down):
                pixels[place.window] = fill(case.pixels, place, params["how"])
                touched.append(place)
            patch = scaled(portrait, place.width, place.height, params["filter"])
            box = paste(pixels, patch, place.x + across, place.y + down, cover)
            touched += [place] if box is None else [box]
        source = None
        if taken is not None:
            source = np.zeros(case.pixels.shape[:2], np.bool_)
            source[taken.window] = True
        old = case.elements[params["target"]].value
        entry = self.entry(params, hand, united(touched), source=taken, old=old)
        return Edit(pixels=pixels, entry=entry, source=source)


def _avatars(case: Case) -> list[tuple[int, Box]]:
    """Return the avatars that are wholly seen: what is cut off at the edge of a view is not square."""
    return [
        (number, box)
        for number, box in boxes(case, ("avatar",))
        if abs(box.width - box.height) <= 1 and box.width >= _LEAST
    ]


def _same_corners(case: Case, one: Box, other: Box) -> bool:
    first, second = (common_color(around(case.pixels, box, 1)).tolist() for box in (one, other))
    return (one.width, one.height, first) == (other.width, other.height, second)


def _donor_draws(params: Mapping[str, Any]) -> Draws:
    return Draws(f"donor/{params['seed']}", 0)


def _portrait(case: Case, params: Mapping[str, Any], kit: Kit) -> tuple[Pixels, Box | None]:
    """Return the new picture without its round corners, and its place, where that is in this picture."""
    origin, size = params["origin"], max(place[2] for place in params["over"])
    if origin == "new":
        return _painted(params["kind"], params["seed"], size), None
    lender = case if origin == "other" else kit.donor(_donor_draws(params), params["same_look"])
    if lender is None:
        raise ConfigError(
            f"there is no donor of seed {params['seed']}; use the kit that the parameters were drawn with"
        )
    taken = told_box(lender, params, "from")
    inner = taken
    if params["roundness"]:
        sharper = params["roundness"] < roundness(lender.pixels, taken) - 0.05
        # The largest square inside a disc, or all but the soft edge, which holds the lender's ground.
        inner = taken.grown(-round(taken.width * 0.14) if sharper else -1)
    return lender.pixels[inner.window], (inner if origin == "other" else None)


def _coverage(place: Box, shape: float) -> Coverage | None:
    return rounded(place.width, place.height, shape * min(place.width, place.height)) if shape else None


@functools.lru_cache(maxsize=1)
def _painter() -> Painter:
    return painters.get("skia")()


def _painted(kind: str, seed: int, size: int) -> Pixels:
    canvas = _painter().begin(size, size, (255, 255, 255))
    paint_portrait(canvas, kind, seed, size)
    return canvas.pixels()

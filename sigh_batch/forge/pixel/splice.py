"""Something from another screenshot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError
from sigh_batch.forge.box import Box, united
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.ground import around, fill, ground_color, ink_color
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.pasting import FILTERS, feathered, paste, scaled, zoom_out
from sigh_batch.forge.places import TEXTS, boxes, likest_spot, pick, shows, spot, told_box
from sigh_batch.render.painter import Pixels
from sigh_batch.rng import Draws

_ALIKE = {"careless": 0.3, "careful": 0.75, "expert": 1.0}
"""How often the forger takes a screenshot of the same look."""
_GROUNDS = {"careless": 80, "careful": 48, "expert": 12}
"""By how many levels the two grounds may differ at most; what is left is evened out, unless careless."""
_TRIES = 12
_DONORS = 3
"""So many other screenshots are looked at before the forger gives up."""


@pixel_forgery("splice")
class Splice(PixelForgery):
    """A word, a line, a time or a region out of another screenshot, scaled to fit or not."""

    foreign = True
    borrows = True

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Draw the other screenshot, what is taken from it, and what it replaces."""
        for _ in range(_DONORS):
            seed, same = draws.integer(0, (1 << 31) - 1), draws.chance(_ALIKE[hand.skill])
            donor = _donor(kit, seed, same)
            if donor is None:
                continue
            found = _texts(draws, case, donor, hand) or _regions(draws, case, donor, hand)
            if found is not None:
                break
        else:
            return None
        careless = hand.skill == "careless"
        return {
            **found,
            "seed": seed,
            "same_look": same,
            "even": not careless and found["target"] is not None,
            "shift": [round(hand.shift_x), round(hand.shift_y)] if careless else [0, 0],
            "filter": draws.choice(FILTERS if careless else FILTERS[1:]),
            "how": hand.fill,
            "error": list(hand.fill_error),
            "zoom": hand.zoom,
            "feather": 0.0 if hand.skill == "expert" and found["target"] is not None else hand.feather,
        }

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Clear what is replaced, and paste what was taken."""
        donor = _donor(kit, params["seed"], params["same_look"])
        if donor is None:
            raise ConfigError(f"there is no donor of seed {params['seed']}; use the kit it was drawn with")
        taken, over = told_box(donor, params, "from"), told_box(case, params, "over")
        across, down = params["shift"]
        x, y, width, height = params["to"]
        pixels = case.pixels.copy()
        touched = [over]
        if params["target"] is not None:
            pixels[over.window] = fill(case.pixels, over, params["how"], params["error"])
        patch = scaled(donor.pixels[taken.window], width, height, params["filter"])
        place = Box(x + across, y + down, width, height).inside(case.width, case.height)
        if params["even"]:
            patch = _evened(patch, ground_color(donor.pixels, taken), pixels, place)
        pasted = paste(pixels, patch, place.x, place.y, feathered(width, height, params["feather"]))
        touched += [pasted] if pasted else []
        box = united(touched) if params["target"] is not None else (pasted or over)
        zoom_out(pixels, box, params["zoom"])
        entry = self.entry(params, hand, box, old=params["old"], new=params["new"])
        return Edit(pixels=pixels, entry=entry)


def _donor(kit: Kit, seed: int, same: bool) -> Case | None:
    return kit.donor(Draws(f"donor/{seed}", 0), same)


def _texts(draws: Draws, case: Case, donor: Case, hand: Hand) -> Json | None:
    """Return a text of the donor over one of the picture, of its kind, on ground that is like it."""
    lent = [(number, box) for number, box in boxes(donor, TEXTS) if box.width <= case.width]
    if hand.skill != "careless" and donor.locale != case.locale:
        lent = [item for item in lent if not any(map(str.isalpha, donor.elements[item[0]].text or ""))]
    fits = draws.chance({"careless": 0.5, "careful": 1.0, "expert": 1.0}[hand.skill])
    for _ in range(_TRIES if lent else 0):
        found = pick(draws, case, TEXTS)
        if found is None:
            return None
        target, over = found
        kind, said = case.elements[target].kind, case.elements[target].text
        able = []
        for number, box in lent:
            factor = over.height / box.height if fits else 1.0
            wide = box.width * factor
            near = 0.9 <= factor <= 1.11 if hand.skill == "expert" else 0.3 <= factor <= 3.5
            same = donor.elements[number].kind == kind and (
                said is None or donor.elements[number].text != said
            )
            if same and near and 0.5 * over.width <= wide <= 1.05 * over.width + 2:
                able.append((number, box, 1.0 if 0.97 <= factor <= 1.03 else factor))
        if not able:
            continue
        number, taken, factor = draws.choice(able)
        if not shows(donor.pixels, taken) or not _like(case, over, donor, taken, hand.skill):
            continue
        width, height = max(1, round(taken.width * factor)), max(1, round(taken.height * factor))
        x = over.right - width if case.rtl else over.x
        y = over.y + (over.height - height) // 2
        return _told(taken, over, (x, y, width, height), target, said, donor.elements[number].text)
    return None


def _regions(draws: Draws, case: Case, donor: Case, hand: Hand) -> Json | None:
    """Return a part of the donor over any of the picture.

    Forgers who take care find nothing worth it on a screenshot whose texts are known.
    """
    if hand.skill != "careless" and (case.font or boxes(case, TEXTS)):
        return None
    taken = spot(draws, donor, 0.06, 0.3)
    if taken is None:
        return None
    factor = draws.uniform(0.7, 1.4) if draws.chance(0.5) else 1.0
    width = min(max(4, round(taken.width * factor)), case.width)
    height = min(max(4, round(taken.height * factor)), case.height)
    ring = around(scaled(donor.pixels[taken.window], width, height), Box(0, 0, width, height), 1)
    place = likest_spot(draws, case, ring, width, height, 1 if hand.skill == "careless" else 4 * _TRIES)
    return None if place is None else _told(taken, place, place, None, None, None)


def _like(case: Case, over: Box, donor: Case, taken: Box, skill: str) -> bool:
    """Say whether two texts are both dark on light, or light on dark, and their colours not far apart."""
    here, there = ground_color(case.pixels, over), ground_color(donor.pixels, taken)
    if skill == "careless":
        return max(abs(a - b) for a, b in zip(here, there, strict=True)) <= _GROUNDS[skill]
    ink, lent = ink_color(case.pixels, over), ink_color(donor.pixels, taken)
    apart = max(abs(a - b) for a, b in zip(here, there, strict=True))
    contrast = [(a - b) * (c - d) for a, b, c, d in zip(here, ink, there, lent, strict=True)]
    near = max(abs(a - b) for a, b in zip(ink, lent, strict=True)) <= 64
    return apart <= _GROUNDS[skill] and min(contrast) >= 0 and near


def _evened(patch: Pixels, ground: tuple[int, int, int], pixels: Pixels, place: Box) -> Pixels:
    """Return what a patch adds to its own ground, added to what stands in the picture at its place."""
    size = patch.shape[:2]
    if (place.height, place.width) != size:
        return patch
    below = pixels[place.window].astype(np.int16)
    return np.asarray(np.clip(below + patch - np.array(ground, np.int16), 0, 255), np.uint8)


def _told(
    taken: Box, over: Box, to: tuple[int, int, int, int], target: int | None, old: str | None, new: str | None
) -> Json:
    return {"target": target, "from": list(taken), "over": list(over), "to": list(to), "old": old, "new": new}

"""One forger at work on one picture: who it is, what is edited, and what is true of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sigh_batch.config.distort import DistortConfig
from sigh_batch.data.sample import Element, Json
from sigh_batch.degrade.picture import Pixels
from sigh_batch.degrade.twins import differing
from sigh_batch.errors import ConfigError, NothingToForge
from sigh_batch.forge.case import Case, Edit, Kit, Mask
from sigh_batch.forge.hand import CHAINS, SKILLS, Hand, draw_hand
from sigh_batch.forge.operation import pixel_forgeries, scene_forgeries
from sigh_batch.rng import Draws
from sigh_batch.stages.annotations import elements_after
from sigh_batch.stages.shares import check_held, check_names, divided, held_out, pick

_TRIES = 24
"""Operations tried for the first edit before a picture is given up."""
_FURTHER_TRIES = 4
MOVING = frozenset({"message_delete", "message_insert", "message_reorder"})
"""Edits that move the rest of the picture: at most one of them, before all others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forged:
    """A forged picture, before anything else befalls it."""

    pixels: Pixels
    elements: tuple[Element, ...]
    """What stands where and what it says; one that is gone has no size."""
    ops: tuple[Json, ...]
    mask: Mask
    """Pixels that differ from the picture as it was."""
    source: Mask | None = None
    """Pixels that forged content was copied from."""


class Plan:
    """What forgers of each split do, how often, and with which skill and tools.

    Raises UnknownName and ConfigError for settings that name what there is not, or leave nothing to draw.
    """

    def __init__(self, config: DistortConfig, *, foreign: bool) -> None:
        held, where = config.hold_out, "distort.hold_out"
        check_names("forgery", config.operations, pixel_forgeries.names())
        check_names("scene forgery", config.scene_operations, scene_forgeries.names())
        check_names("skill", config.skills, SKILLS)
        check_names("tool chain", config.chains, CHAINS)
        operations = foreign_only(config.operations) if foreign else config.operations
        both = {**config.scene_operations, **operations}
        check_held("forgery", both, held.operations, f"{where}.operations")
        self.operations = divided("forgery", operations, held.operations, f"{where}.operations")
        self.scene_operations = (
            divided("scene forgery", config.scene_operations, held.operations, f"{where}.operations")
            if config.scene and not foreign
            else {}
        )
        self._skills = held_out("skill", config.skills, held.skills, f"{where}.skills")
        self._chains = held_out("tool chain", config.chains, held.chains, f"{where}.chains")
        self._edits = config.edits

    def hand(self, draws: Draws, split: str) -> Hand:
        """Return a forger."""
        skill = pick(draws, self._skills[split])
        return draw_hand(draws, skill, pick(draws, self._chains[split]))

    def count(self, draws: Draws) -> int:
        """Return how many edits the forger makes."""
        return int(pick(draws, self._edits))


def foreign_only(weights: Mapping[str, float]) -> dict[str, float]:
    """Return the operations that need no strings; raises ConfigError when no weight is left."""
    found = {name: weight for name, weight in weights.items() if weight and pixel_forgeries.get(name).foreign}
    if not found:
        able = [name for name in pixel_forgeries.names() if pixel_forgeries.get(name).foreign]
        raise ConfigError(
            f"no operation of distort.operations works on foreign pictures; add one of {', '.join(able)}"
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Forger:
    """One forger with a kit, and what to choose from."""

    hand: Hand
    kit: Kit
    weights: Mapping[str, float]
    """Operations by weight."""
    least: int
    """Every edit changes at least so many pixels."""

    def work_on(self, draws: Draws, case: Case, count: int) -> Forged:
        """Return the picture after `count` edits, or fewer where it offers no more.

        Raises NothingToForge when not one can be made.
        """
        names = [pick(draws, self.weights) for _ in range(count)]
        moving = [name for name in names if name in MOVING][:1]
        names = moving + [name for name in names if name not in MOVING]
        ops: list[Json] = []
        mask: Mask | None = None
        source: Mask | None = None
        now = case
        for number, name in enumerate(names):
            found = self._edit(draws.fork(f"edit{number}"), now, name, again=not ops)
            if found is None:
                continue
            edit, changed = found
            total = differing(case.pixels, edit.pixels) if ops else changed
            if np.count_nonzero(total) < self.least:
                # It takes back what the others did, and a forgery that shows nothing is none.
                continue
            mask = total
            ops.append(edit.entry)
            now = replace(now, pixels=edit.pixels, elements=elements_after(now.elements, edit))
            if edit.source is not None:
                source = edit.source if source is None else source | edit.source
        if mask is None:
            raise NothingToForge(
                f"none of {_TRIES} drawn edits finds a target of {self.least} pixels on it; "
                "give other distort.operations, or lower distort.min_pixels"
            )
        return Forged(pixels=now.pixels, elements=now.elements, ops=tuple(ops), mask=mask, source=source)

    def _edit(self, draws: Draws, case: Case, name: str, *, again: bool) -> tuple[Edit, Mask] | None:
        """Return one edit and what it changes; where it cannot be made, a second draw, and then others."""
        for attempt in range(_TRIES if again else _FURTHER_TRIES):
            own = draws.fork(str(attempt))
            if attempt > 1:
                name = pick(
                    own, {key: weight for key, weight in self.weights.items() if again or key not in MOVING}
                )
            operation = pixel_forgeries.get(name)
            params = operation.draw(own, case, self.hand, self.kit)
            if params is None:
                continue
            try:
                edit = operation.carry_out(case, params, self.hand, self.kit)
            except ConfigError as error:
                # Nobody but itself has given it these: a defect, which costs this picture and not the run.
                raise RuntimeError(f"{name} refuses what it has drawn itself: {error}") from error
            changed = differing(case.pixels, edit.pixels)
            if np.count_nonzero(changed) >= self.least:
                return edit, changed
        return None

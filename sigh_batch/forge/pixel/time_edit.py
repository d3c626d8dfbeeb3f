"""Another time or day where one stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.forge import exchange, planning
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.hand import Hand
from sigh_batch.forge.operation import PixelForgery, pixel_forgery
from sigh_batch.forge.passage import passage_of, passages
from sigh_batch.forge.wording import shifted_clock, shifted_day
from sigh_batch.rng import Draws
from sigh_batch.scene.locale import locale

_TRIES = 8


@pixel_forgery("time_edit")
class TimeEdit(PixelForgery):
    """A message was sent earlier or later, or on another day, than it says."""

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json | None:
        """Return which time says what afterwards."""
        here = locale(case.locale)
        seed = draws.integer(0, (1 << 31) - 1)
        for target in draws.shuffled(list(passages(case, ("time", "separator"))))[:_TRIES]:
            element = case.elements[target]
            told = _other(draws, element.text or "", element.value or "", case.locale)
            passage = passage_of(case, target) if told else None
            if told is None or passage is None:
                continue
            for _ in range(_TRIES):
                planned = planning.plan(passage, told[0], hand, kit, seed)
                if planned is not None:
                    return {"target": target, "value": told[1], **planned}
                told = _other(draws, passage.text, element.value or "", here.code) or told
        return None

    def carry_out(self, case: Case, params: Mapping[str, Any], hand: Hand, kit: Kit) -> Edit:
        """Return the picture with the time written anew."""
        return exchange.edit(self, case, params, hand, kit)


def _other(draws: Draws, text: str, value: str, code: str) -> tuple[str, str] | None:
    """Return another text for a time or day, and its machine-readable form."""
    here = locale(code)
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    if len(value) > 10:
        clock = shifted_clock(draws, text, moment, here)
        if clock is not None:
            return clock[0], clock[1].isoformat(timespec="seconds")
    day = shifted_day(draws, text, moment.date(), here)
    if day is None:
        return None
    tail = value[10:]
    return day[0], day[1].isoformat() + tail

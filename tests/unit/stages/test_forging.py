"""Several edits of one picture: what they leave is a forgery, however they meet."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError
from sigh_batch.forge.case import Case, Edit, Kit
from sigh_batch.forge.hand import Hand, draw_hand
from sigh_batch.rng import Draws, for_sample
from sigh_batch.stages import forging
from sigh_batch.stages.forging import Forger


class Inversion:
    """Inverts one square; a second time takes that back."""

    def draw(self, draws: Draws, case: Case, hand: Hand, kit: Kit) -> Json:
        return {}

    def carry_out(self, case: Case, params: Json, hand: Hand, kit: Kit) -> Edit:
        pixels = case.pixels.copy()
        pixels[8:16, 8:16] = 255 - pixels[8:16, 8:16]
        return Edit(pixels=pixels, entry={"type": "inversion"})


class Operations:
    def get(self, name: str) -> Any:
        return Inversion()


def test_an_edit_that_takes_back_what_was_done_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forging, "pixel_forgeries", Operations())
    hand = draw_hand(for_sample(0, "hand", 0), "careful", "script")
    forger = Forger(hand=hand, kit=Kit(), weights={"inversion": 1.0}, least=24)
    case = Case(pixels=np.full((32, 32, 3), 200, np.uint8))
    for count in (1, 2, 3):
        forged = forger.work_on(for_sample(0, "work", count), case, count)
        assert [op["type"] for op in forged.ops] == ["inversion"]
        assert np.array_equal(forged.mask, (forged.pixels != case.pixels).any(2))
        assert np.count_nonzero(forged.mask) == 64


def test_what_refuses_its_own_parameters_costs_the_picture_and_not_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> Edit:
        raise ConfigError("a message moved by -416 pixels does not lie on this picture")

    monkeypatch.setattr(forging, "pixel_forgeries", Operations())
    monkeypatch.setattr(Inversion, "carry_out", refuse)
    hand = draw_hand(for_sample(0, "hand", 0), "careful", "script")
    forger = Forger(hand=hand, kit=Kit(), weights={"inversion": 1.0}, least=24)
    case = Case(pixels=np.full((32, 32, 3), 200, np.uint8))
    with pytest.raises(RuntimeError, match="inversion refuses what it has drawn itself: a message moved"):
        forger.work_on(for_sample(0, "work", 1), case, 1)

"""Pairs made on the spot: whole, the same again, and without what is held out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec
from sigh_batch.runners import local
from sigh_batch.training import crops
from sigh_batch.training.fresh import Fresh, settings_beside
from sigh_batch.training.plan import plan_training
from sigh_batch.training.task import Assignment
from sigh_batch.training.tasks import make_task
from sigh_batch.training.tiles import TilesTask
from tests.unit.stages.test_generate import SMALL
from tests.unit.training.test_tiles import TILES, same

SETS = [f"generate.{entry}" for entry in SMALL]


def settings_of(*sets: str) -> Settings:
    return resolve([read_sets([*SETS, *sets])]).settings


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a set of pairs of a set, either of which holds something out."""
    top = tmp_path_factory.mktemp("fresh")
    whole = ["generate.hold_out.skins=[sms]", "generate.splits={train: 1, validation: 1, test: 1}", "count=8"]
    held = ["distort.hold_out={operations: [splice], chains: [script]}", "distort.scene=0", "count=16"]
    for kind, source, sets in (("generate", None, whole), ("distort", str(top / "generate"), held)):
        settings = settings_of(*sets, "run.workers=1", "run.progress=none")
        local.run(RunSpec(kind=kind, source=source, out=str(top / kind), settings=settings))
    return str(top / "distort")


def test_twins_differ_where_the_mask_says_and_are_the_same_again() -> None:
    made, again = Fresh(settings_of("distort.formats=png")), Fresh(settings_of("distort.formats=png"))
    pairs = [made.make(0, number) for number in range(4)]
    assert sum(pair is not None for pair in pairs) > 2
    for number in reversed(range(4)):
        pair, other = pairs[number], again.make(0, number)
        if pair is None or other is None:
            assert pair is other is None
            continue
        assert np.array_equal(pair.forged, other.forged)
        assert np.array_equal(pair.clean, other.clean)
        assert np.array_equal((pair.forged != pair.clean).any(2), pair.mask)
        assert pair.mask.any()
        assert pair.edits


def test_every_number_of_every_epoch_is_another_pair() -> None:
    made = Fresh(settings_of())
    found = [made.make(epoch, number) for epoch in (0, 1) for number in (0, 1)]
    seen = {pair.clean.tobytes() for pair in found if pair is not None}
    assert len(seen) == sum(pair is not None for pair in found) > 2


def test_what_the_set_holds_out_is_held_out_here_too(data: str) -> None:
    settings = settings_beside(settings_of("generate.hold_out.locales=[ja-JP]"), data)
    assert settings.generate.hold_out.skins == ("sms",)
    assert settings.generate.hold_out.locales == ("ja-JP",)
    assert settings.distort.hold_out.operations == ("splice",)
    assert settings.distort.hold_out.chains == ("script",)
    # Nothing is drawn but for training, where the looks of the test have no share.
    assert Fresh(settings).make(0, 0) is not None


def test_batches_are_of_fresh_pairs_and_the_same_again(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def task(**changes: Any) -> TilesTask:
        settings = settings_of("seed=5", "train.epochs=2", "train.workers=1").model_dump()
        values = {**settings, "tiles": {**TILES, "easy": [], "retouched": 0.5, **changes}}
        made = make_task(Assignment(model="tiles", data=data, settings=Settings.model_validate(values)))
        assert isinstance(made, TilesTask)
        return made

    def refused(*_: Any) -> None:
        raise AssertionError("a picture of the set was read")

    stored = list(task().batches(0))
    with monkeypatch.context() as here:
        here.setattr(crops.Pairs, "clean_of", refused)
        with pytest.raises(AssertionError, match="of the set"):
            list(task().batches(0))
        whole = list(task(fresh=1.0).batches(0))
        rest = list(task(fresh=1.0).batches(0, 3))
    assert len(whole) == len(stored)
    assert len(rest) == len(whole) - 3
    assert all(same(one, other) for one, other in zip(whole[3:], rest, strict=True))
    assert not any(same(one, other) for one, other in zip(whole, stored, strict=True))


def test_what_decides_fresh_pairs_decides_the_training(data: str, tmp_path: Path) -> None:
    def identity(*sets: str) -> Any:
        settings = settings_of("train.model=tiles", *sets)
        return plan_training(
            RunSpec(kind="train", source=data, out=str(tmp_path), settings=settings)
        ).identity

    other = "distort.edits={1: 1.0}"
    assert identity().config_hash == identity(other).config_hash
    fresh = identity("tiles.fresh=0.5")
    assert fresh.config_hash != identity("tiles.fresh=0.5", other).config_hash
    assert fresh.values["generate"]["hold_out"]["skins"] == ["sms"]
    assert fresh.values["made_by"]["revision"].startswith("distort/")

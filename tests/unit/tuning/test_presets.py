from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec
from sigh_batch.training.optimiser import make_optimiser
from sigh_batch.training.plan import plan_training
from sigh_batch.training.schedule import Schedule
from sigh_batch.training.tasks import make_task
from sigh_batch.tuning.space import Space, value_at
from tests.studies import Lowest, settings_of


def test_any_one_value_of_the_preset_changes_the_settings() -> None:
    space = Space.of(settings_of(preset="seed0"))
    assert len(space.axes) == 7
    for axis in space.axes:
        low, high = (space.apply({axis.path: value}) for value in axis.ends())
        assert value_at(low, axis.path) != value_at(high, axis.path)
        changed = {name for name in Settings.model_fields if getattr(low, name) != getattr(high, name)}
        assert changed == {axis.path.partition(".")[0]}
    assert space.apply({}).train.schedule == "plateau"


def test_a_preset_can_be_changed_and_added_to() -> None:
    space = Space.of(settings_of({"train.lr": [0.1, 0.2], "train.ema": [None, 0.99]}, preset="seed0"))
    assert len(space.axes) == 8
    assert space.draw(Lowest())["train.lr"] == 0.1


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    draws = np.random.default_rng(0)
    for name in ("a", "b"):
        (folder / name).mkdir()
        for number in range(30):
            pixels = draws.integers(0, 256, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


def run_of(settings: Settings, data: Path) -> tuple[Any, ...]:
    """Return what training would do by settings: network, optimiser, updates an epoch, and a later rate."""
    spec = RunSpec(kind="train", source=str(data), out=str(data.parent / "model"), settings=settings)
    task = make_task(plan_training(spec).assignment)
    network = task.build()
    groups = make_optimiser(network, settings.train).param_groups
    rates = [(group["lr"], group["weight_decay"]) for group in groups]
    return str(network), rates, task.steps_per_epoch, Schedule(settings.train, 100, 10).share(50, 1)


def test_any_one_value_of_the_preset_changes_the_model_or_the_run(pictures: Path) -> None:
    base = settings_of(preset="seed0")
    space = Space.of(base.model_copy(update={"train": base.train.model_copy(update={"model": "resnet18"})}))
    drawn = space.draw(Lowest())
    before = run_of(space.apply(drawn), pictures)
    for axis in space.axes:
        assert run_of(space.apply({**drawn, axis.path: axis.ends()[-1]}), pictures) != before, axis.path

from __future__ import annotations

from sigh_batch.config.settings import Settings
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

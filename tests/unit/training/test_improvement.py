from __future__ import annotations

import json
import math

import pytest

from sigh_batch.config.train import TrainConfig
from sigh_batch.training.improvement import Improvement


def hear(values: list[float], config: TrainConfig, *, higher: bool) -> tuple[Improvement, list[bool]]:
    improvement = Improvement()
    bests = []
    for step, value in enumerate(values):
        bests.append(improvement.hear(value, config, higher_is_better=higher))
        if bests[-1]:
            improvement.keep(step, value, {"metric": value})
    return improvement, bests


@pytest.mark.parametrize(
    ("values", "higher", "bests"),
    [
        ([0.5, 0.6, 0.6, 0.55, 0.7], True, [True, True, False, False, True]),
        ([0.5, 0.6, 0.4, 0.4, 0.3], False, [True, False, True, False, True]),
        ([math.nan, 0.5, math.nan], True, [False, True, False]),
    ],
)
def test_the_best_is_the_best_in_the_right_direction(
    values: list[float], higher: bool, bests: list[bool]
) -> None:
    assert hear(values, TrainConfig(), higher=higher)[1] == bests


def test_small_gains_are_kept_and_do_not_keep_a_training_alive() -> None:
    config = TrainConfig(patience=2, min_delta=0.1)
    improvement, bests = hear([0.5, 0.51, 0.52], config, higher=True)
    assert bests == [True, True, True]
    assert improvement.best == 0.52
    assert improvement.has_ended(config)
    assert not hear([0.5, 0.51, 0.65], config, higher=True)[0].has_ended(config)
    assert not improvement.has_ended(TrainConfig())


def test_a_plateau_shrinks_again_and_again_while_nothing_improves() -> None:
    config = TrainConfig(schedule="plateau", plateau_patience=1)
    assert hear([0.5] * 6, config, higher=True)[0].shrinks == 2
    assert hear([0.5, 0.6, 0.7, 0.8], config, higher=True)[0].shrinks == 0


def test_it_goes_through_json() -> None:
    improvement, _ = hear([0.5, 0.4], TrainConfig(), higher=True)
    assert Improvement.restored(json.loads(json.dumps(improvement.as_json()))) == improvement

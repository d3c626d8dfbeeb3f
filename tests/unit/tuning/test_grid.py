from __future__ import annotations

import math

import pytest

from sigh_batch.errors import ConfigError
from sigh_batch.tuning.grid import axis_points, combinations, gather_cells, repeat_seed
from sigh_batch.tuning.space import Space
from tests.studies import settings_of


def space_of(space: object) -> Space:
    return Space.of(settings_of(space))


def test_every_combination_comes_once_and_conditions_hold() -> None:
    space = space_of(
        {
            "train.optimiser": ["adamw", "sgd"],
            "train.momentum": {"low": 0.8, "high": 0.9, "step": 0.05, "when": {"train.optimiser": "sgd"}},
            "train.batch": {"low": 16, "high": 64, "step": 16},
        }
    )
    cells = combinations(space)
    assert len(cells) == 4 + 3 * 4
    assert len({tuple(cell.items()) for cell in cells}) == len(cells)
    assert all(("train.momentum" in cell) == (cell["train.optimiser"] == "sgd") for cell in cells)
    assert {cell["train.batch"] for cell in cells} == {16, 32, 48, 64}


def test_points_are_spread_over_a_range_and_reach_its_end() -> None:
    lr, batch = space_of(
        {
            "train.lr": {"low": 1e-4, "high": 1e-2, "log": True, "points": 3},
            "train.batch": {"low": 1, "high": 8, "points": 3},
        }
    ).axes
    assert axis_points(lr) == pytest.approx((1e-4, 1e-3, 1e-2))
    assert axis_points(lr)[-1] == 1e-2
    assert axis_points(batch) == (1, 4, 8)


def test_a_range_without_points_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"points of train\.lr"):
        combinations(space_of({"train.lr": {"low": 1e-4, "high": 1e-2}}))
    with pytest.raises(ConfigError, match="more than 100,000"):
        combinations(
            space_of(
                {
                    f"train.{name}": {"low": 0.01, "high": 0.9, "points": 60}
                    for name in ("lr", "warmup", "final_lr")
                }
            )
        )


def test_cells_tell_every_score_and_the_best_of_each() -> None:
    cells = [{"train.lr": 0.1}, {"train.lr": 0.2}, {"train.lr": 0.3}]
    first, second = gather_cells(
        cells, [(0, 0, 0.5), (1, 1, 0.9), (2, 0, 0.7), (3, 1, 0.7)], higher_is_better=True
    )
    assert (first.number, first.scores, first.best) == (1, (0.9, 0.7), 1)
    assert (second.number, second.mean, second.best) == (0, 0.6, 2)
    assert second.deviation == pytest.approx(math.sqrt(0.02))
    assert gather_cells(cells, [(0, 0, 1.0)], higher_is_better=False)[0].deviation is None


def test_repeats_have_seeds_of_their_own() -> None:
    seeds = [repeat_seed(7, repeat) for repeat in range(4)]
    assert seeds[0] == 7
    assert len(set(seeds)) == 4

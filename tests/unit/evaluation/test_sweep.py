"""The sweep: which pairs, and that both of a pair meet the same fate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigh_batch.config.evaluate import SWEEP, CurveConfig, EvaluateConfig
from sigh_batch.degrade.twins import FORGED
from sigh_batch.evaluation.sets import SetSubject
from sigh_batch.evaluation.sweep import choose_pairs, degrade_pair, spots_of
from sigh_batch.store import open_store
from tests.evaluations import write_pairs


@pytest.fixture
def subject(tmp_path: Path) -> SetSubject:
    write_pairs(open_store(tmp_path), 20)
    return SetSubject(open_store(tmp_path), EvaluateConfig(split="all"))


def spot_of(operation: str, level: float, **params: Any) -> Any:
    return next(spots_of({"x": CurveConfig(operation=operation, levels=(level,), params=params)}))


def test_the_default_sweep_makes_sense() -> None:
    spots = list(spots_of(SWEEP))
    assert len({spot.key for spot in spots}) == len(spots)
    labels = [spot.label for spot in spots]
    assert {"jpeg 65", "webp 75", "resize 0.5", "jpeg tables 75 capped"} <= set(labels)
    shifts = {tuple(spot.params["shift"]) for spot in spots if spot.operation == "double_jpeg"}
    assert shifts == {(0, 0), (3, 5)}


def test_untouched_pairs_come_first_and_none_of_scene_depth(subject: SetSubject) -> None:
    facts = subject.facts
    pairs = choose_pairs(facts, 100)
    assert (facts.labels[pairs] == [0, 1]).all()
    assert (facts.pairs[pairs[:, 0]] == facts.pairs[pairs[:, 1]]).all()
    assert len(pairs) == 18
    assert not facts.scene_depth[pairs].any()
    touched = facts.touched[pairs].any(axis=1)
    assert touched.tolist() == sorted(touched)
    assert not facts.touched[choose_pairs(facts, 5)].any()
    assert len(choose_pairs(facts, 0)) == 0


@pytest.mark.parametrize(
    "spot",
    [spot_of("noise", 4), spot_of("screen_photo", 0.4), spot_of("resize", 0.5), spot_of("jpeg", 50)],
    ids=lambda spot: spot.operation,
)
def test_both_of_a_pair_meet_the_same(subject: SetSubject, spot: Any) -> None:
    pair = choose_pairs(subject.facts, 3)[1]
    found = degrade_pair(subject, pair, spot, EvaluateConfig(), seed=1)
    assert found is not None
    clean, forged = found
    assert clean.operations == forged.operations
    assert clean.pixels.shape == forged.pixels.shape
    assert not clean.mask.any()
    assert (forged.mask & FORGED).any()
    again = degrade_pair(subject, pair, spot, EvaluateConfig(), seed=1)
    assert again is not None
    assert np.array_equal(again[1].pixels, forged.pixels)
    other = degrade_pair(subject, choose_pairs(subject.facts, 3)[2], spot, EvaluateConfig(), seed=1)
    assert other is not None
    seeds = [each[0].operations[0]["params"].get("seed") for each in (found, other)]
    assert seeds == [None, None] or seeds[0] != seeds[1]


@pytest.mark.parametrize(
    ("spot", "flags"),
    [
        (spot_of("grid_crop", 0, left=50), {}),
        (spot_of("resize", 2.0), {"sweep_pixels": 5000}),
    ],
    ids=["it hides the edit", "it is too large"],
)
def test_pairs_that_a_point_would_spoil_are_left_out(subject: SetSubject, spot: Any, flags: Any) -> None:
    pair = choose_pairs(subject.facts, 1)[0]
    assert degrade_pair(subject, pair, spot, EvaluateConfig(**flags), seed=1) is None

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from sigh_batch.config.settings import Settings
from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.tuning.space import Space, searchable
from tests.studies import Lowest, settings_of


def test_ranges_choices_and_conditions_become_settings() -> None:
    space = Space.of(
        settings_of(
            {
                "train.momentum": {"low": 0.8, "high": 0.99, "when": {"train.optimiser": "sgd"}},
                "train.optimiser": ["sgd", "adamw"],
                "train.lr": {"low": 1e-5, "high": 1e-2, "log": True},
                "train.batch": {"low": 16, "high": 128, "step": 16},
                "train.beta2": {"low": 0.9, "high": 0.99, "when": {"train.optimiser": ["adamw"]}},
            }
        )
    )
    drawer = Lowest()
    values = space.draw(drawer)
    assert values == {"train.optimiser": "sgd", "train.momentum": 0.8, "train.lr": 1e-5, "train.batch": 16}
    assert drawer.asked["train.batch"] == (16, 128, {"step": 16, "log": False})
    assert drawer.asked["train.lr"] == (1e-5, 1e-2, {"step": None, "log": True})
    assert space.is_conditional
    train = space.apply(values).train
    assert (train.optimiser, train.momentum, train.lr, train.batch) == ("sgd", 0.8, 1e-5, 16)
    assert train.weight_decay == Settings().train.weight_decay
    assert space.baseline() == {"train.optimiser": "adamw", "train.lr": 1e-3, "train.batch": 32}


def test_the_baseline_has_no_value_that_the_space_lacks() -> None:
    space = Space.of(
        settings_of(
            {"train.batch": {"low": 20, "high": 60, "step": 20}, "train.lr": {"low": 1e-4, "high": 1e-2}}
        )
    )
    assert space.baseline() == {"train.lr": 1e-3}


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({}, "nothing is searched"),
        ({"train.batch": {"low": 0, "high": 8}}, "train.batch cannot be 0"),
        ({"train.batch": {"low": 1.5, "high": 8}}, "train.batch is a whole number, and its low 1.5 is none"),
        ({"train.optimiser": ["adamw", "lion"]}, "train.optimiser cannot be 'lion'"),
        ({"train.optimiser": {"low": 0, "high": 1}}, "train.optimiser is no number"),
        ({"train.workers": [0, 2]}, "train.workers cannot vary"),
        ({"generate.languages": ["en"]}, "cannot vary|unknown setting"),
        ({"train": [1]}, "unknown setting in tune.space 'train'"),
        (
            {"train.momentum": {"low": 0.1, "high": 0.9, "when": {"train.momentum": 0.5}}},
            "train.momentum depends on itself",
        ),
        (
            {"train.lr": [1, 2], "train.momentum": {"low": 0.1, "high": 0.9, "when": {"train.lr": 3}}},
            "train.momentum asks for train.lr = 3, which is never drawn",
        ),
    ],
)
def test_a_space_that_cannot_be_is_refused(space: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Space.of(settings_of(space))


def test_an_unknown_setting_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"'train\.learning_decay'; did you mean 'train\.weight_decay'"):
        Space.of(settings_of({"train.learning_decay": [1]}))
    with pytest.raises(UnknownName, match=r"condition of train\.lr"):
        Space.of(settings_of({"train.lr": {"low": 1, "high": 2, "when": {"train.optimiser": "sgd"}}}))
    assert "train.lr" in searchable()
    assert "train.device" not in searchable()


@pytest.mark.parametrize(
    ("dimension", "said"),
    [
        ({"low": 2, "high": 1}, "the range from 2 to 1 is empty"),
        ({"low": 1}, "give low and high, or choices"),
        ({"low": 0, "high": 1, "log": True}, "must begin above 0"),
        ({"low": 1, "high": 2, "log": True, "step": 1}, "either log or a step"),
        ({"low": 1, "high": 2, "step": 3}, "longer than the range"),
        ([], "at least 1 item"),
        ([1, 1], "twice"),
        ({"choices": [1], "log": True}, "choices have no low"),
        ({"low": 1, "hihg": 2}, "did you mean 'tune.space.train.lr.high'"),
    ],
)
def test_a_dimension_that_cannot_be_is_refused(dimension: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        settings_of({"train.lr": dimension})


def test_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigError, match="SIGH_STUDY_PASSWORD") as caught:
        settings_of(storage="postgresql://me:s3cr3t@host/db")
    assert "s3cr3t" not in str(caught.value)
    assert settings_of(storage="postgresql://me@host:5432/db").tune.storage


def test_a_space_loads_no_library() -> None:
    heavy = "[name for name in ('ray', 'optuna', 'torch') if name in sys.modules]"
    code = f"import sys, sigh_batch.tuning.space; print({heavy})"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"

"""Studies of the toy training, as several tests carry them out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import optuna

from sigh_batch.config.layers import Layer
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.tuning.job import tune
from sigh_batch.tuning.summary import Summary
from tests import toy

SPACE = {"train.lr": {"low": 1e-5, "high": 1e-1, "log": True}, "train.momentum": {"low": 0.5, "high": 0.9}}


def write_classes(folder: Path) -> Path:
    """Make a folder of two classes that nobody looks at."""
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "one.png").write_bytes(b"not looked at")
    return folder


def spec_of(
    out: Path | str, data: Path | str, epochs: int = 9, space: Any = None, retry: float = 60.0, **tune: Any
) -> RunSpec:
    told = {"space": space or SPACE, "objectives": {"auc": "max"}, "ray": "none", "trials": 8, **tune}
    layer = Layer({"tune": told, "train": {"epochs": epochs}, "store": {"retry_seconds": retry}})
    settings = resolve([layer]).settings
    return RunSpec(kind="tune", source=str(data), out=str(out), settings=settings)


def run(out: Path | str, data: Path | str, **told: Any) -> Summary:
    return tune(spec_of(out, data, **told), trainer=toy.train)


def study_in(folder: Path) -> optuna.Study:
    storage = optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(str(folder / "study.log"))
    )
    return optuna.load_study(study_name=None, storage=storage)

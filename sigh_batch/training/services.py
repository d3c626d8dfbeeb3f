"""Services that also get the numbers of a training, where the user asks for them: MLflow, W&B, Trackio.

None of their libraries is loaded before that. A training that is gone on with goes on in the same run of the
service, which is found again by the training's own name.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sigh_batch.config.resolve import leaves
from sigh_batch.data.sample import Json
from sigh_batch.registry import Registry
from sigh_batch.training.trackers import Tracker, Values

_TAG = "sigh.training"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The training that numbers are of."""

    project: str
    """What services file it under."""
    out: str
    """Where its model goes."""
    config_hash: str
    settings: Json
    """What it was told."""

    @property
    def id(self) -> str:
        """A name of this training alone, the same whenever it is gone on with."""
        return hashlib.sha256(f"{self.config_hash} {self.out}".encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """What people see."""
        return self.out.rstrip("/").rpartition("/")[2] or self.id

    def flat(self) -> dict[str, Any]:
        """Return the settings by dotted names."""
        return {".".join(path): value for path, value in leaves(self.settings)}


services: Registry[Callable[[Subject], Tracker]] = Registry("tracker", {})
"""A tracker a service."""


@services.register("mlflow")
class Mlflow:
    """A run of MLflow, on the server that its own variables name."""

    def __init__(self, subject: Subject) -> None:
        import mlflow

        self._mlflow = mlflow
        mlflow.set_experiment(subject.project)
        known = mlflow.search_runs(filter_string=f"tags.`{_TAG}` = '{subject.id}'", output_format="list")
        if known:
            mlflow.start_run(run_id=known[0].info.run_id)
        else:
            mlflow.start_run(run_name=subject.name, tags={_TAG: subject.id})
            mlflow.log_params(subject.flat())

    def row(self, step: int, values: Values) -> None:
        """Send a row."""
        self._mlflow.log_metrics(_finite(values), step=step)

    def flush(self) -> None:
        """Do nothing: rows are sent as they come."""

    def close(self) -> None:
        """End the run."""
        self._mlflow.end_run()


@services.register("wandb")
class Wandb:
    """A run of Weights & Biases."""

    def __init__(self, subject: Subject) -> None:
        import wandb

        self._run = wandb.init(
            project=subject.project, name=subject.name, id=subject.id, resume="allow", config=subject.flat()
        )

    def row(self, step: int, values: Values) -> None:
        """Send a row."""
        self._run.log(dict(values), step=step)

    def flush(self) -> None:
        """Do nothing: rows are sent as they come."""

    def close(self) -> None:
        """End the run."""
        self._run.finish()


@services.register("trackio")
class Trackio:
    """A run of Trackio."""

    def __init__(self, subject: Subject) -> None:
        import trackio

        self._trackio = trackio
        name = f"{subject.name}-{subject.id[:6]}"
        trackio.init(project=subject.project, name=name, resume="allow", config=subject.flat())

    def row(self, step: int, values: Values) -> None:
        """Send a row."""
        self._trackio.log(dict(values), step=step)

    def flush(self) -> None:
        """Do nothing: rows are sent as they come."""

    def close(self) -> None:
        """End the run."""
        self._trackio.finish()


def open_services(names: Iterable[str], subject: Subject, say: Callable[[str], None]) -> list[Tracker]:
    """Return the trackers of the services that answer; `say` hears of the others."""
    opened = []
    for name in names:
        try:
            opened.append(services.get(name)(subject))
        except ImportError:
            say(f"{name} is not installed and gets no numbers; pip install {name}")
        except Exception as error:
            say(f"{name} does not answer and gets no numbers: {type(error).__name__}: {error}")
    return opened


def _finite(values: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in values.items() if math.isfinite(value)}

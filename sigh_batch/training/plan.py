"""What a training would do: its task, what decides its result, the weights it begins with."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from typing import Any

import torch

from sigh_batch.config.identity import config_hash, whole_values
from sigh_batch.config.spec import HOW as SECTIONS_HOW
from sigh_batch.config.spec import RunSpec
from sigh_batch.config.train import HOW, TrainConfig
from sigh_batch.data.identity import Identity
from sigh_batch.data.trained import absolute_model
from sigh_batch.errors import ConfigError, NotFound, Unreachable
from sigh_batch.models.document import ModelDocument
from sigh_batch.models.file import read_model
from sigh_batch.models.opening import model_store
from sigh_batch.sources.opening import open_source
from sigh_batch.store import absolute_url
from sigh_batch.training.fresh import fresh_values
from sigh_batch.training.honest import Honest
from sigh_batch.training.machine import choose_machine, count_ranks
from sigh_batch.training.naming import is_model_url
from sigh_batch.training.task import Assignment
from sigh_batch.training.tasks import sections_of

REVISION = 3
"""Raised whenever the same settings would train another model than before."""
_PACKAGES = ("torch", "torchvision", "timm", "numpy")

Weights = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a training would do, before anything is written."""

    spec: RunSpec
    assignment: Assignment
    identity: Identity
    weights: Weights | None
    """The weights that it starts from, where it goes on from a model."""

    @property
    def config(self) -> TrainConfig:
        """The settings of the training."""
        return self.spec.settings.train


def plan_training(spec: RunSpec) -> Plan:
    """Look at the data, and at the model to start from; raises ConfigError when they are not there."""
    settings = spec.settings
    if spec.source is None:
        raise ConfigError("training needs data; name a set, or a folder with a subfolder a class, by --data")
    name = settings.train.model
    start: ModelDocument | None = None
    weights: Weights | None = None
    if is_model_url(name):
        start, weights = _open_model(spec)
        name = start.architecture.name
    elif settings.train.blend:
        raise ConfigError(
            f"train.blend is {settings.train.blend} and training starts from no model; name one with --model"
        )
    source = open_source(spec.source, settings.store).identity
    values = whole_values("train", settings, source, HOW, sections_of(name))
    if start is not None and start.weights is not None:
        # The same weights from another place are the same beginning.
        values["train"]["model"] = start.weights.sha256
    if "tiles" in values:
        values |= fresh_values(settings, spec.source)
        if honest := settings.tiles.honest:
            values["tiles"]["honest"] = Honest(honest, settings.store).identity
    return Plan(
        spec=spec,
        assignment=Assignment(model=name, data=spec.source, settings=settings, start=start),
        identity=Identity(kind="train", config_hash=config_hash(values), engine=_engine(), values=values),
        weights=weights,
    )


def render(spec: RunSpec) -> dict[str, Any]:
    """Return what `train` would do, without touching the output."""
    plan = plan_training(spec)
    return {
        "kind": spec.kind,
        "data": spec.source,
        "out": spec.out,
        "network": plan.assignment.model,
        "config_hash": plan.identity.config_hash,
        "engine": dict(plan.identity.engine),
        "device": choose_machine(plan.config, 0, count_ranks(plan.config)).name,
        "settings": spec.settings.model_dump(mode="json"),
    }


def kept_spec(spec: RunSpec) -> dict[str, Any]:
    """Return what run.json keeps: enough to go on from any working folder."""
    settings = spec.settings.model_dump(mode="json", exclude=SECTIONS_HOW)
    model = spec.settings.train.model
    if is_model_url(model):
        settings["train"]["model"] = absolute_model(model)
    if honest := spec.settings.tiles.honest:
        settings["tiles"]["honest"] = absolute_url(honest)
    return {"kind": spec.kind, "source": absolute_url(spec.source or ""), "settings": settings}


def _open_model(spec: RunSpec) -> tuple[ModelDocument, Weights]:
    url = spec.settings.train.model
    try:
        return read_model(model_store(url, spec.settings.store))
    except (NotFound, Unreachable) as error:
        raise ConfigError(f"there is no model to train further at {url!r}: {error}") from error


def _engine() -> dict[str, str]:
    return {"revision": f"train/{REVISION}", **{name: metadata.version(name) for name in _PACKAGES}}

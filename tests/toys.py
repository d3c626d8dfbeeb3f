"""A task that learns in a blink: which of two clouds of points a point is from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from sigh_batch.config.layers import read_sets
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.models.document import Architecture, Geometry, ModelDocument
from sigh_batch.rng import for_sample
from sigh_batch.training.calibration import HeldOut
from sigh_batch.training.task import Assignment, Batch
from sigh_batch.training.tasks import tasks


class Toy:
    """Two layers, a norm with statistics, and dropout: all that a resume could get wrong."""

    metric = "auc"
    higher_is_better = True
    steps_per_epoch = 6

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.seed = assignment.settings.seed
        self.size = assignment.settings.train.batch

    @staticmethod
    def network() -> nn.Module:
        return nn.Sequential(
            nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1)
        )

    def build(self) -> nn.Module:
        return self.network()

    def batches(self, epoch: int, start: int = 0, rank: int = 0, ranks: int = 1) -> Iterator[Batch]:
        for number in range(start, self.steps_per_epoch):
            points, labels = self.points("batch", epoch * self.steps_per_epoch + number, self.size)
            yield {"points": points[rank::ranks], "labels": labels[rank::ranks]}

    def loss(self, model: nn.Module, batch: Batch) -> tuple[torch.Tensor, dict[str, float]]:
        logits = model(batch["points"])[:, 0]
        loss = nn.functional.binary_cross_entropy_with_logits(logits, batch["labels"])
        return loss, {"accuracy": float(((logits > 0) == (batch["labels"] > 0)).float().mean())}

    def validate(self, model: nn.Module, device: torch.device) -> dict[str, float]:
        points, labels = self.points("validation", 0, 256)
        scores = model(points.to(device))[:, 0].cpu()
        forged, clean = scores[labels > 0], scores[labels == 0]
        return {"auc": float((forged[:, None] > clean[None]).float().mean())}

    def held_out(self, model: nn.Module, device: torch.device) -> HeldOut:
        points, labels = self.points("calibration", 0, 256)
        scores = model(points.to(device))[:, 0].cpu()
        return HeldOut(logits=scores.double().numpy(), labels=labels.numpy() > 0)

    def document(self, training: dict[str, Any]) -> ModelDocument:
        return ModelDocument(
            name="toy",
            architecture=Architecture(name=self.assignment.model),
            classes=("clean", "forged"),
            geometry=Geometry(mode="native"),
            training=training,
        )

    def points(self, what: str, index: int, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        draws = for_sample(self.seed, f"toy/{what}", index).generator()
        labels = draws.integers(0, 2, count).astype(np.float32)
        points = draws.normal(0, 1, (count, 8)).astype(np.float32) + 0.5 * labels[:, None]
        return torch.from_numpy(points), torch.from_numpy(labels)


class PlainToy(Toy):
    """The same without what looks at a whole batch, or draws."""

    @staticmethod
    def network() -> nn.Module:
        return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))


def register_toys() -> None:
    """Let this process train both."""
    for name, toy in (("toy", Toy), ("plain", PlainToy)):
        if name not in tasks.names():
            tasks.register(name)(toy)


def spec_of(data: Path, out: Path | str, *sets: str, model: str = "toy") -> RunSpec:
    """Return the spec of a training of a toy; the data has no part in what it learns."""
    small = (f"train.model={model}", "train.epochs=3", "train.batch=16")
    settings = resolve([read_sets([*small, *sets])]).settings
    return RunSpec(kind="train", source=str(data), out=str(out), settings=settings)


def toy_environment() -> dict[str, str]:
    """Return an environment in which processes know the toy."""
    root = Path(__file__).parent
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(root / "toy"), str(root.parent)))}

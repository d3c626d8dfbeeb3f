"""What can be learned: the seam between the training loop and each kind of model.

A task knows its network, its data and its loss; the loop knows optimisers, schedules, averages, devices,
checkpoints and when to stop. Neither knows the other's part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from torch import nn

from sigh_batch.config.settings import Settings
from sigh_batch.models.document import ModelDocument
from sigh_batch.training.calibration import HeldOut

Batch = Mapping[str, torch.Tensor]
"""Tensors by name; the loop moves them to its device and looks at nothing in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What a task is made from."""

    model: str
    """Name of the network: `tiles`, or a backbone."""
    data: str
    """URL of the set, or of the folder with a subfolder a class."""
    settings: Settings
    """All settings: `settings.train` and its sections, the seed, how stores are reached."""
    start: ModelDocument | None = None
    """The model whose weights training starts from; its network is to be built with its options."""


class Task(Protocol):
    """One thing to learn. Made in every process that trains, of the same assignment."""

    metric: str
    """The key of `validate`'s answer that decides which weights are the best."""
    higher_is_better: bool
    """Which way it improves."""
    steps_per_epoch: int
    """How many batches an epoch has, the same in every epoch and for any number of ranks."""

    def build(self) -> nn.Module:
        """Return the network with fresh weights; the loop has seeded torch."""

    def batches(self, epoch: int, start: int = 0, rank: int = 0, ranks: int = 1) -> Iterator[Batch]:
        """Yield the batches of an epoch from number `start` on, the same whenever they are asked for.

        Of several ranks each gets its own part of every batch, all the same number of batches.
        """

    def loss(self, model: nn.Module, batch: Batch) -> tuple[torch.Tensor, Mapping[str, float | torch.Tensor]]:
        """Return the loss of a batch, and its parts for the log.

        Parts may stay tensors: they are read now and then, so that a GPU need not be waited for. torch's own
        generator is seeded anew before every call, from the step.
        """

    def validate(self, model: nn.Module, device: torch.device) -> dict[str, float]:
        """Return what the model reaches on the validation split's half that is not for calibration."""

    def document(self, training: dict[str, Any]) -> ModelDocument:
        """Return the document of the model, without weights, calibration and metrics."""


@runtime_checkable
class Noting(Protocol):
    """A task that has something to say before training."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know: a sentence each."""


@runtime_checkable
class Calibrated(Protocol):
    """A task whose model is to be calibrated: one that answers yes or no."""

    def held_out(self, model: nn.Module, device: torch.device) -> HeldOut:
        """Return what the model says of the validation split's half that is for calibration."""

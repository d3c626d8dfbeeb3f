"""What can be learned: the seam between the training loop and each kind of model.

A task knows its network, its data and its loss; the loop knows optimisers, schedules, averages, devices,
checkpoints and when to stop. Neither knows the other's part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import torch
from torch import nn

from sigh_batch.models.document import ModelDocument

Batch = Mapping[str, torch.Tensor]
"""Tensors by name; the loop moves them to its device and looks at nothing in them."""


class Task(Protocol):
    """One thing to learn."""

    metric: str
    """The key of `validate`'s answer that decides which weights are the best."""
    higher_is_better: bool
    """Which way it improves."""
    steps_per_epoch: int
    """How many batches an epoch has, the same in every epoch."""

    def build(self) -> nn.Module:
        """Return the network with fresh weights; the loop has seeded torch."""

    def batches(self, epoch: int, start: int = 0, rank: int = 0, ranks: int = 1) -> Iterator[Batch]:
        """Yield the batches of an epoch from number `start` on, the same whenever they are asked for.

        Of several ranks each gets its own part, all the same number of batches.
        """

    def loss(self, model: nn.Module, batch: Batch) -> tuple[torch.Tensor, dict[str, float]]:
        """Return the loss of a batch, and its parts for the log."""

    def validate(self, model: nn.Module, device: torch.device) -> dict[str, float]:
        """Return what the model reaches on the validation split."""

    def document(self, training: dict[str, Any]) -> ModelDocument:
        """Return the document of the model, without weights, calibration and metrics."""

"""What the processes of one training agree on beside their gradients: when to stop, what validation said.

Gradients are shared by torch on the device; this goes over the CPU, where waiting for a long validation
is no fault.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist

from sigh_batch.training.machine import Machine

_PATIENCE = timedelta(hours=24)
_EVERY = 8


class Ranks:
    """The processes of a training; of a single one, nothing is asked."""

    def __init__(self, machine: Machine) -> None:
        self.count = machine.ranks
        self.first = machine.rank == 0
        self._group: Any = dist.new_group(backend="gloo", timeout=_PATIENCE) if self.count > 1 else None

    def meet(self) -> None:
        """Wait until every process is here."""
        if self._group is not None:
            dist.barrier(group=self._group)

    def any(self, flag: bool, step: int) -> bool:
        """Return whether the flag is set in any process; several ask each other every few steps only."""
        if self._group is None:
            return flag
        if step % _EVERY:
            return False
        told = torch.tensor([float(flag)])
        dist.all_reduce(told, dist.ReduceOp.MAX, group=self._group)
        return bool(told.item())

    def hear_first(self, value: float | None) -> float | None:
        """Return the value that the first process has, or None where it has none."""
        if self._group is None:
            return value
        told = torch.tensor([0.0 if value is None else 1.0, value or 0.0], dtype=torch.float64)
        dist.broadcast(told, 0, group=self._group)
        return float(told[1]) if told[0] else None

"""How the learning rate goes: a pure function of an update's number, so that a resume changes nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sigh_batch.config.train import TrainConfig

_CYCLE_RISE = 0.3
_CYCLE_START = 0.04


@dataclass(frozen=True, slots=True)
class Schedule:
    """The learning rate of every update, as a share of the highest."""

    config: TrainConfig
    total: int
    """Updates of the whole training."""
    per_epoch: int
    """Updates of an epoch."""

    @property
    def warmup(self) -> int:
        """How many updates the learning rate rises for."""
        share = _CYCLE_RISE if self.config.schedule == "one_cycle" else self.config.warmup
        return round(share * self.total)

    def share(self, step: int, shrinks: int = 0) -> float:
        """Return the share of update `step`, counted from 0; `shrinks` is how often plateau gave up."""
        if step < self.warmup:
            return self._rising((step + 1) / self.warmup)
        match self.config.schedule:
            case "cosine" | "one_cycle":
                return self._falling(step)
            case "step":
                return self._shrunk(step // self.per_epoch // self.config.step_epochs)
            case "plateau":
                return self._shrunk(shrinks)
            case "constant":
                return 1.0

    def _rising(self, way: float) -> float:
        if self.config.schedule == "one_cycle":
            return _CYCLE_START + (1 - _CYCLE_START) * (1 - math.cos(math.pi * way)) / 2
        return way

    def _falling(self, step: int) -> float:
        span = self.total - 1 - self.warmup
        way = min(1.0, (step - self.warmup) / span) if span > 0 else 1.0
        low = self.config.final_lr
        return low + (1 - low) * (1 + math.cos(math.pi * way)) / 2

    def _shrunk(self, times: int) -> float:
        return max(self.config.final_lr, self.config.shrink**times)

"""Whether a model still gets better: which weights are the best, and when to give up."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field

from sigh_batch.config.train import TrainConfig
from sigh_batch.data.sample import Json


@dataclass(slots=True)
class Improvement:
    """What validation said so far. Everything here goes into a checkpoint."""

    best: float | None = None
    """The best value there was."""
    best_step: int | None = None
    """How many updates had led to it."""
    best_metrics: dict[str, float] = field(default_factory=dict)
    """All that was measured then."""
    mark: float | None = None
    """The last value that counted as an improvement: smaller ones do not keep a training alive."""
    stale: int = 0
    """Epochs since then."""
    shrinks: int = 0
    """How often schedule plateau has shrunk the learning rate."""
    waited: int = 0
    """Epochs that schedule plateau has waited since the mark, or since it last shrank."""

    @classmethod
    def restored(cls, state: Json) -> Improvement:
        """Return what a checkpoint holds."""
        return cls(**state)

    def as_json(self) -> Json:
        """Return what a checkpoint keeps."""
        return asdict(self)

    def hear(self, value: float, config: TrainConfig, *, higher_is_better: bool) -> bool:
        """Note a value; return whether its weights are to be kept, which those of no number never are."""
        way = 1.0 if higher_is_better else -1.0
        if self.mark is None or way * (value - self.mark) > config.min_delta:
            moved = not math.isnan(value)
        else:
            moved = False
        if moved:
            self.mark = value
            self.stale = self.waited = 0
        else:
            self.stale += 1
            self.waited += 1
        if self.waited > config.plateau_patience:
            self.shrinks += 1
            self.waited = 0
        if math.isnan(value):
            return False
        return self.best is None or config.weights == "last" or way * (value - self.best) > 0

    def keep(self, step: int, value: float, metrics: dict[str, float]) -> None:
        """Note that the weights after `step` updates are kept, until later ones are."""
        self.best, self.best_step, self.best_metrics = value, step, dict(metrics)

    def has_ended(self, config: TrainConfig) -> bool:
        """Return whether patience is at its end."""
        return config.patience is not None and self.stale >= config.patience

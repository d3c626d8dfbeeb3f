"""How far a training is, and what it came to: what the command line shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A training at one moment."""

    step: int
    """Updates that were made, those of earlier calls too."""
    steps: int
    """Updates there will be, unless it stops early."""
    epoch: int
    """The epoch under way, counted from 1."""
    epochs: int
    loss: float | None = None
    """Mean loss since the last row of the log."""
    rate: float = 0.0
    """Updates a second, validation left out."""
    waiting: float = 0.0
    """Share of the time that was spent waiting for data."""
    metric: str = ""
    """Name of what decides which weights are the best."""
    value: float | None = None
    """What it was when it was last measured."""
    best: float | None = None
    """Its best value."""
    metrics: dict[str, float] = field(default_factory=dict)
    """All that validation said of the weights that are the best so far."""
    validating: bool = False
    """Whether validation is under way."""
    validated: bool = False
    """Whether it has just ended."""

    @property
    def seconds_left(self) -> float:
        """Return how long the updates that are left will take, validation left out."""
        return (self.steps - self.step) / self.rate if self.rate else 0.0


Watch = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a training came to."""

    out: str
    name: str
    """What the model is called."""
    steps: int
    """Updates that were made."""
    best_step: int | None
    """Updates after which the weights were the best."""
    metrics: dict[str, float] = field(default_factory=dict)
    """What they reached on the validation split."""
    seconds: float = 0.0
    already: bool = False
    """Whether it was done before this call."""

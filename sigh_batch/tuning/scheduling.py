"""What stops trials early that fall behind: Tune's ASHA, told of what earlier calls have seen."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from optuna.trial import FrozenTrial
from ray.tune.schedulers import AsyncHyperBandScheduler, FIFOScheduler, TrialScheduler

from sigh_batch.config.tune import TuneConfig

_NOBODY: Any = None
"""In the place of Tune's controller, which a scheduler that only stops trials never asks."""


def make_scheduler(config: TuneConfig, epochs: int, trials: list[FrozenTrial]) -> TrialScheduler:
    """Return what stops trials early; `trials` are those of earlier calls."""
    never = config.stop_early == "none" or config.search == "grid" or len(config.objectives) > 1
    if never or epochs <= config.grace:
        return FIFOScheduler()  # type: ignore[no-untyped-call]
    ((name, mode),) = config.objectives.items()
    metric = f"metrics/{name}"
    scheduler = AsyncHyperBandScheduler(
        time_attr="epoch",
        metric=metric,
        mode=mode,
        # Whoever has reached the last epoch is complete, however it did.
        max_t=epochs - 1,
        grace_period=config.grace,
        reduction_factor=config.reduction,
        stop_last_trials=False,
    )
    for trial in trials:
        # All that the scheduler asks of a trial is its name.
        known: Any = SimpleNamespace(trial_id=f"earlier-{trial.number}")
        scheduler.on_trial_add(_NOBODY, known)
        for epoch, value in sorted(trial.intermediate_values.items()):
            scheduler.on_trial_result(_NOBODY, known, {"epoch": epoch, metric: value})
    return scheduler

"""How the values of the next trial are chosen: an Optuna sampler, made anew for every trial.

Its seed depends on the study's and on the trial's number alone, and everything else that it goes by is in
the study. So a study that was killed and goes on draws what it would have drawn.
"""

from __future__ import annotations

import warnings
from typing import Any

import optuna
from optuna.samplers import BaseSampler, CmaEsSampler, GPSampler, QMCSampler, RandomSampler, TPESampler

from sigh_batch import rng
from sigh_batch.config.tune import TuneConfig
from sigh_batch.tuning.space import Space


def make_sampler(config: TuneConfig, space: Space, seed: int, number: int) -> BaseSampler:
    """Return the sampler of one trial."""
    own = rng.for_sample(seed, "tune", number).integer(0, 2**31 - 1)
    startup: dict[str, Any] = {"n_startup_trials": config.startup}
    with warnings.catch_warnings():
        # That some samplers may still change their form is for us to know, who pin the version.
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        match config.search:
            case "tpe":
                return TPESampler(seed=own, multivariate=True, group=space.is_conditional, **startup)
            case "qmc":
                # Its points are one sequence, which has one seed.
                whole = rng.for_sample(seed, "tune/sequence", 0).integer(0, 2**31 - 1)
                return QMCSampler(
                    scramble=True,
                    seed=whole,
                    independent_sampler=RandomSampler(own),
                    warn_independent_sampling=False,
                )
            case "cmaes":
                return CmaEsSampler(seed=own, warn_independent_sampling=False, **startup)
            case "gp":
                return GPSampler(seed=own, **startup)
            case "random" | "grid":
                return RandomSampler(seed=own)

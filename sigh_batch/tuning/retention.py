"""What is kept of trials: of the best all, of the others what tells how they went."""

from __future__ import annotations

from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from sigh_batch.config.tune import TuneConfig
from sigh_batch.store import Store

TRIALS = "trials/"
"""Where the trials of a study lie: each is the output of a training."""
_WEIGHTS = (".safetensors", ".onnx", ".pt2")


def trial_key(number: int) -> str:
    """Return where a trial lies."""
    return f"{TRIALS}{number:05d}"


class Retention:
    """Deletes the weights of trials that are neither among the best nor had the settings as they were."""

    def __init__(self, store: Store, config: TuneConfig, cells: int) -> None:
        self._store = store
        self._config = config
        self._cells = cells
        self._swept: set[int] = set()

    def sweep(self, study: Study, but: int | None = None) -> None:
        """Delete what is not to be kept of trials that ended, except one that may still be writing."""
        trials = study.get_trials(deepcopy=False)
        kept = kept_trials(trials, self._config, self._cells)
        for trial in trials:
            done = trial.state.is_finished() and trial.number != but
            if done and trial.number not in kept and trial.number not in self._swept:
                self._swept.add(trial.number)
                self._clear(trial.number)

    def _clear(self, number: int) -> None:
        for found in list(self._store.list(f"{trial_key(number)}/")):
            if found.key.endswith(_WEIGHTS):
                self._store.delete(found.key)


def kept_trials(trials: list[FrozenTrial], config: TuneConfig, cells: int = 0) -> set[int]:
    """Return the numbers of the trials whose weights are kept: the best, and what they are measured by."""
    best = {trial.number for trial in best_trials(trials, config, cells)}
    as_it_was = {trial.number for trial in trials if is_measure(trial) and config.keep}
    return best | as_it_was


def is_measure(trial: FrozenTrial) -> bool:
    """Return whether a trial is complete and had the settings as they were."""
    return trial.state == TrialState.COMPLETE and bool(trial.user_attrs.get("baseline"))


def best_trials(trials: list[FrozenTrial], config: TuneConfig, cells: int = 0) -> list[FrozenTrial]:
    """Return the best trials, the best first: `tune.keep` of them, or that of each combination of a grid.

    Of several objectives they are the best compromises, all of them.
    """
    complete = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    if len(config.objectives) > 1:
        return best_compromises(complete, config)
    ranked = rank(complete, config)
    if not cells:
        return ranked[: config.keep]
    first: dict[int, FrozenTrial] = {}
    for trial in ranked:
        first.setdefault(trial.user_attrs["cell"], trial)
    return list(first.values())


def rank(complete: list[FrozenTrial], config: TuneConfig) -> list[FrozenTrial]:
    """Return trials that ended by themselves, the best by the first objective first."""
    way = -1.0 if next(iter(config.objectives.values())) == "max" else 1.0
    return sorted(complete, key=lambda trial: (way * trial.values[0], trial.number))


def best_compromises(complete: list[FrozenTrial], config: TuneConfig) -> list[FrozenTrial]:
    """Return the trials that no other is better than in one objective and as good as in all others."""
    ways = [-1.0 if mode == "max" else 1.0 for mode in config.objectives.values()]
    costs = {
        trial.number: [way * value for way, value in zip(ways, trial.values, strict=True)]
        for trial in complete
    }

    def is_beaten(trial: FrozenTrial) -> bool:
        mine = costs[trial.number]
        return any(
            other != mine and all(theirs <= own for theirs, own in zip(other, mine, strict=True))
            for other in costs.values()
        )

    return [trial for trial in rank(complete, config) if not is_beaten(trial)]

"""Ray Tune's OptunaSearch with the study as the one truth about trials.

Tune starts, stops and moves processes; what became of a trial stands in the study alone. So a study that was
killed needs no state of Tune's to go on: trials that are RUNNING in it are begun again first, and find their
own checkpoints.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from optuna.study import Study
from optuna.trial import FrozenTrial, Trial, TrialState
from ray.exceptions import RayTaskError
from ray.tune.search import Searcher
from ray.tune.search.optuna import OptunaSearch

from sigh_batch.config.tune import Mode, TuneConfig
from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError, SighError, StoreError, Unreachable, recall
from sigh_batch.tuning.grid import count_trials, repeat_seed
from sigh_batch.tuning.ledger import Ledger, is_database_fault
from sigh_batch.tuning.sampling import make_sampler
from sigh_batch.tuning.space import Space, Values

HOPELESS = 5
"""Trials that fail before any succeeds, after which a study gives up."""
_METRICS = "metrics/"
ENDED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)


@dataclass(slots=True)
class Live:
    """A trial under way."""

    trial: Trial
    before: float
    """Seconds that it took in earlier calls."""
    heard: Json = field(default_factory=dict)
    """The last that it told."""
    values: dict[str, float] = field(default_factory=dict)
    """The objectives as they last were."""


class StudySearch(OptunaSearch):
    """Gives Tune the next trial, and writes into the study what becomes of each."""

    def __init__(
        self,
        config: TuneConfig,
        space: Space,
        seed: int,
        ledger: Ledger,
        name: str,
        cells: Sequence[Values],
        order: Callable[[int, Values, int], Json],
        over: Callable[[], bool] = lambda: False,
        watch: Callable[[FrozenTrial], None] = lambda _trial: None,
    ) -> None:
        self.objectives: dict[str, Mode] = dict(config.objectives)
        names, modes = list(self.objectives), list(self.objectives.values())
        single = len(names) == 1
        super().__init__(
            space=space.draw,
            metric=names[0] if single else names,
            mode=modes[0] if single else [*modes],
            sampler=make_sampler(config, space, seed, 0),
            study_name=name,
            storage=ledger.storage,
        )
        self.fault: SighError | None = None
        self.live: dict[str, Live] = {}
        self.find_error: Callable[[str], Exception | None] = lambda _trial_id: None
        self._config = config
        self._drawn = space
        self._study_seed = seed
        self._ledger = ledger
        self._cells = cells
        self.slots: int | None = None
        self._order = order
        self._over = over
        self._watch = watch
        self._wanted = count_trials(config, cells)
        self._left = self._find_left()
        self._enqueue_baseline()

    @property
    def study(self) -> Study:
        """The study."""
        return cast("Study", self._ot_study)

    def is_over(self) -> bool:
        """Return whether the study's time is over."""
        return self._over()

    def ended(self) -> int:
        """Return how many trials have ended."""
        return len(self.study.get_trials(deepcopy=False, states=ENDED))

    def suggest(self, trial_id: str) -> Any:
        """Return what the next trial is to do, nothing as long as no slot is free, or that all is done."""
        found = self._heed(lambda: self._suggest(trial_id))
        return str(Searcher.FINISHED) if self.fault else found

    def on_trial_result(self, trial_id: str, result: Json) -> None:
        """Write what a trial reached so far."""
        self._heed(lambda: self._on_result(self.live[trial_id], result))

    def on_trial_complete(self, trial_id: str, result: Json | None = None, error: bool = False) -> None:
        """Write how a trial ended: complete, stopped early, or failed."""
        live = self.live.pop(trial_id, None)
        if live is not None:
            cause = self.find_error(trial_id) if error else None
            self._heed(lambda: self._on_complete(live, result, cause, error))

    def save(self, checkpoint_path: str) -> None:
        """Keep nothing: all there is to keep is in the study, and its storage may know a password."""
        Path(checkpoint_path).touch()

    def restore(self, checkpoint_path: str) -> None:
        """Take nothing."""

    def __getstate__(self) -> Json:
        return {}

    def _heed(self, act: Callable[[], Any]) -> Any:
        """Return what an act gives; a fault in it ends the study, and Tune never sees it."""
        try:
            return act()
        except SighError as error:
            self.fault = self.fault or error
        except Exception as error:
            if not is_database_fault(error):
                raise
            told = str(error.__cause__ or error).splitlines()[0]
            self.fault = self.fault or Unreachable(
                f"the database of the study does not answer any more: {told}; the same command goes on"
            )
        return None

    def _suggest(self, trial_id: str) -> Any:
        if self.fault or self._over():
            return str(Searcher.FINISHED)
        if self.slots is not None and len(self.live) >= self.slots:
            return None
        if self._left:
            trial = Trial(self.study, self._left.pop(0)._trial_id)  # noqa: SLF001 -- made for ask() alone
        elif self.ended() + len(self.live) < self._wanted:
            trial = self._ask()
        else:
            return None if self.live else str(Searcher.FINISHED)
        attributes = trial.user_attrs
        self.live[trial_id] = Live(trial, float(attributes.get("seconds", 0.0)))
        self._ledger.flush(now=True)
        self._watch(self._frozen(trial))
        values = dict(trial.params)
        seed = repeat_seed(self._study_seed, int(attributes.get("repeat", 0)))
        return self._order(trial.number, values, seed)

    def _on_result(self, live: Live, result: Json) -> None:
        if reason := result.get("failed"):
            live.heard["failed"] = reason
            error = recall(result.get("kind", "SighError"), str(reason))
            if isinstance(error, StoreError):
                # No fault of the trial's: it goes on once the store is back.
                self.fault = error
            return
        if self._hear(live, result):
            self._watch(self._frozen(live.trial))
            self._ledger.flush()

    def _on_complete(self, live: Live, result: Json | None, error: Exception | None, failed: bool) -> None:
        if self.fault and not (result and result.get("ended")):
            return
        if result and not result.get("failed"):
            self._hear(live, result)
        if self.fault:
            return
        if failed or live.heard.get("failed"):
            self._end_badly(live, error)
        elif result and result.get("ended"):
            self._tell(live, TrialState.COMPLETE)
        else:
            live.trial.set_user_attr("reason", "the study's time was over" if self._over() else "fell behind")
            self._tell(live, TrialState.PRUNED)
        self._check_hope()

    def _ask(self) -> Trial:
        number = len(self.study.get_trials(deepcopy=False))
        if self._config.search == "grid":
            cell, repeat = self._next_cell()
            self.study.enqueue_trial(self._cells[cell], user_attrs={"cell": cell, "repeat": repeat})
        self.study.sampler = make_sampler(self._config, self._drawn, self._study_seed, number)
        trial = self.study.ask()
        self._drawn.draw(trial)
        return trial

    def _next_cell(self) -> tuple[int, int]:
        """Return a combination and a repeat that no trial is of, each combination once before any twice."""
        taken = {
            (trial.user_attrs["cell"], trial.user_attrs["repeat"])
            for trial in self.study.get_trials(deepcopy=False)
            if "cell" in trial.user_attrs
        }
        pairs = ((cell, repeat) for repeat in range(self._config.repeats) for cell in range(len(self._cells)))
        return next(pair for pair in pairs if pair not in taken)

    def _find_left(self) -> list[FrozenTrial]:
        """Return the trials that an earlier call left half done."""
        return list(self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)))

    def _enqueue_baseline(self) -> None:
        if (
            self._config.baseline
            and self._config.search != "grid"
            and not self.study.get_trials(deepcopy=False)
        ):
            self.study.enqueue_trial(self._drawn.baseline(), user_attrs={"baseline": True})

    def _hear(self, live: Live, result: Json) -> bool:
        """Write what a trial told; return whether that was anything."""
        # Tune hands on nested results with their names joined.
        metrics = {
            name[len(_METRICS) :]: value for name, value in result.items() if name.startswith(_METRICS)
        }
        if not metrics and not result.get("ended"):
            return False
        missing = [name for name in self.objectives if name not in metrics]
        if missing:
            raise ConfigError(
                f"training reports no {missing[0]!r}, which tune.objectives names; "
                f"it reports {', '.join(metrics) or 'nothing'}"
            )
        live.values = {name: float(metrics[name]) for name in self.objectives}
        trial = live.trial
        epoch = int(result["epoch"])
        known = self._frozen(trial)
        if len(self.objectives) == 1 and epoch not in known.intermediate_values:
            trial.report(next(iter(live.values.values())), epoch)
        told = {
            "epochs": max(epoch, int(known.user_attrs.get("epochs", 0))),
            "metrics": {name: float(value) for name, value in metrics.items()},
            "node": result.get("node"),
            "pictures_per_second": result.get("pictures_per_second"),
            "seconds": round(live.before + float(result.get("seconds", 0.0)), 3),
        }
        for name, value in told.items():
            if value is not None and known.user_attrs.get(name) != value:
                trial.set_user_attr(name, value)
        return True

    def _end_badly(self, live: Live, error: Exception | None) -> None:
        """Write why a trial failed; one whose process died is begun again instead, a few times."""
        trial = live.trial
        reason = live.heard.get("failed")
        if reason is None and not isinstance(error, RayTaskError):
            deaths = int(trial.user_attrs.get("deaths", 0)) + 1
            trial.set_user_attr("deaths", deaths)
            if deaths <= self._config.retries:
                self._left.append(self._frozen(trial))
                return
            times = "once" if deaths == 1 else f"{deaths} times"
            reason = f"its process died {times}; it may need more memory than its node has"
        trial.set_user_attr("reason", reason or f"a defect in sigh: {_last_line(error)}")
        self._tell(live, TrialState.FAIL)

    def _tell(self, live: Live, state: TrialState) -> None:
        values = list(live.values.values())
        if state == TrialState.COMPLETE and not all(map(math.isfinite, values)):
            live.trial.set_user_attr("reason", "its objective is no number")
            state = TrialState.FAIL
        self.study.tell(live.trial, values if state == TrialState.COMPLETE else None, state=state)
        self._watch(self._frozen(live.trial))
        self._ledger.flush()

    def _check_hope(self) -> None:
        trials = self.study.get_trials(deepcopy=False, states=ENDED)
        failed = [trial for trial in trials if trial.state == TrialState.FAIL]
        if len(failed) == len(trials) >= min(HOPELESS, self._wanted):
            reason = failed[-1].user_attrs.get("reason", "")
            self.fault = SighError(f"all of the first {len(failed)} trials failed; the last one: {reason}")

    def _frozen(self, trial: Trial) -> FrozenTrial:
        return self._ledger.storage.get_trial(trial._trial_id)  # noqa: SLF001 -- the one way to a trial's attributes now


def _last_line(error: Exception | None) -> str:
    return str(error).strip().rpartition("\n")[2]

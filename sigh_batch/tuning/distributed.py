"""Trials carried out by Ray Tune, in processes of this machine or of many.

Tune waits for a Ray that is gone, deep in calls that nothing interrupts, and takes signals for itself. So it
works in a thread of its own, and the caller's looks after Ray and hears the signals.
"""

from __future__ import annotations

import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

from ray import tune
from ray.tune.schedulers import TrialScheduler

from sigh_batch.data.sample import Json
from sigh_batch.errors import Unreachable
from sigh_batch.tuning.cluster import Share, head_address, listens
from sigh_batch.tuning.search import StudySearch
from sigh_batch.tuning.trial import Trial

LOOK_SECONDS = 1.0
"""How often Ray is looked after."""

IsOver = Callable[[], bool]


def fit_by_ray(
    search: StudySearch, scheduler: TrialScheduler, share: Share, patience: float, is_over: IsOver
) -> None:
    """Let Ray Tune carry out the trials; its own files go into a folder that nobody reads.

    Raises Unreachable when Ray has been silent for longer than `patience`, in seconds.
    """
    errors = _Errors()
    search.find_error = errors.find
    resources = {"cpu": share.cpus, **({"gpu": share.gpus} if share.gpus else {})}
    with (
        tempfile.TemporaryDirectory(prefix="sigh-ray-", ignore_cleanup_errors=True) as folder,
        warnings.catch_warnings(),
    ):
        # Ray's own use of what its libraries have given up.
        warnings.simplefilter("ignore")
        tuner = tune.Tuner(
            tune.with_resources(Trial, resources),
            tune_config=tune.TuneConfig(
                search_alg=search,
                scheduler=scheduler,
                num_samples=-1,
                reuse_actors=True,
                trial_name_creator=lambda trial: trial.trial_id,
                trial_dirname_creator=lambda trial: trial.trial_id,
            ),
            run_config=tune.RunConfig(
                checkpoint_config=tune.CheckpointConfig(checkpoint_at_end=False),
                name="study",
                storage_path=folder,
                stop=_Stopper(is_over),
                callbacks=[errors],
                verbose=0,
            ),
        )
        try:
            attend(tuner.fit, patience)
        except Unreachable as gone:
            # Should Tune wake up after all, it finds nothing left to do.
            search.fault = search.fault or gone
            raise


def attend(work: Callable[[], Any], patience: float) -> None:
    """Do work that needs Ray in another thread, and leave it there when Ray is gone.

    Raises what the work raises, and Unreachable when Ray has been silent for longer than `patience`.
    """
    address = head_address()
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, name="ray-tune", daemon=True)
    thread.start()
    heard = time.monotonic()
    while thread.is_alive():
        thread.join(LOOK_SECONDS)
        if listens(address):
            heard = time.monotonic()
        elif time.monotonic() - heard > patience:
            raise Unreachable(
                f"the Ray at {address} is gone: it has not answered for {patience:g} seconds; "
                "what trials have reached is kept, and the same command goes on"
            )
    if raised:
        raise raised[0]


class _Errors(tune.Callback):
    """Keeps hold of Tune's trials, whose errors the searcher is not told."""

    def __init__(self) -> None:
        self._trials: dict[str, Any] = {}

    def on_trial_start(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Note a trial."""
        self._trials[trial.trial_id] = trial

    def find(self, trial_id: str) -> Exception | None:
        """Return why a trial ended, and forget it."""
        trial = self._trials.pop(trial_id, None)
        return None if trial is None else trial.get_error()

    def on_trial_complete(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Forget a trial."""
        self._trials.pop(trial.trial_id, None)

    def __getstate__(self) -> Json:
        return {}


class _Stopper(tune.Stopper):
    """Ends everything when it is over."""

    def __init__(self, is_over: IsOver) -> None:
        self._is_over = is_over

    def __call__(self, trial_id: str, result: Json) -> bool:
        return False

    def stop_all(self) -> bool:
        return self._is_over()

    def __getstate__(self) -> Json:
        return {}

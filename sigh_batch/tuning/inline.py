"""Trials one after another in this process, without Ray: nothing to start, and nothing that can be lost.

The searcher, the trial and what stops it early are those that Ray Tune is given.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ray.tune.schedulers import TrialScheduler
from ray.tune.search import Searcher
from ray.tune.utils import flatten_dict

from sigh_batch.tuning.search import StudySearch
from sigh_batch.tuning.trial import Trial

_NOBODY: Any = None
"""In the place of Tune's controller, which schedulers that only stop trials never ask."""


def fit_inline(search: StudySearch, scheduler: TrialScheduler, is_over: Callable[[], bool]) -> None:
    """Carry out trials until there are enough, or until it is over."""
    process: Trial | None = None
    try:
        for count in itertools.count():
            name = f"inline-{count}"
            if is_over():
                return
            order = search.suggest(name)
            if order is None or order == Searcher.FINISHED:
                return
            if process is None:
                process = Trial(order)
            else:
                process.reset(order)  # type: ignore[no-untyped-call]
            if not _carry_out(process, name, search, scheduler, is_over):
                process.stop()  # type: ignore[no-untyped-call]
                process = None
    finally:
        if process is not None:
            process.stop()  # type: ignore[no-untyped-call]


def _carry_out(
    process: Trial, name: str, search: StudySearch, scheduler: TrialScheduler, is_over: Callable[[], bool]
) -> bool:
    """Carry out one trial, and return whether its process is fit for another."""
    known: Any = SimpleNamespace(trial_id=name)
    scheduler.on_trial_add(_NOBODY, known)
    while True:
        result = flatten_dict(process.train())  # type: ignore[no-untyped-call]
        if result.get("failed"):
            search.on_trial_result(name, result)
            search.on_trial_complete(name, error=True)
            return False
        ends = bool(result.get("done"))
        if ends or scheduler.on_trial_result(_NOBODY, known, result) == TrialScheduler.STOP or is_over():
            scheduler.on_trial_complete(_NOBODY, known, result)
            search.on_trial_complete(name, result)
            return True
        search.on_trial_result(name, result)

"""How far a study is, told to its store now and then, so that others can say it without the study."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime

from optuna.study import Study

from sigh_batch.data.searched import Tally, write_tally
from sigh_batch.store import Store

TELL_SECONDS = 5.0
"""Shortest time between two times of telling."""


class Telling:
    """Counts the trials of a study by what became of them."""

    def __init__(self, store: Store, study: Study, wanted: int) -> None:
        self._store = store
        self._study = study
        self._wanted = wanted
        self._began = datetime.now(UTC).isoformat(timespec="seconds")
        self._told_at: float | None = None
        self._before = self._count(0).ended

    def tell(self, *, now: bool = False) -> None:
        """Write the numbers, unless that was done just now."""
        moment = time.monotonic()
        if now or self._told_at is None or moment - self._told_at >= TELL_SECONDS:
            self._told_at = moment
            write_tally(self._store, self._count(self._before))

    def _count(self, before: int) -> Tally:
        states = Counter(trial.state.name.lower() for trial in self._study.get_trials(deepcopy=False))
        kinds = {name: states[name] for name in ("complete", "pruned", "fail", "running")}
        return Tally(wanted=self._wanted, before=before, began=self._began, **kinds)

"""How far a study is, told to its store whenever that changes: others can say it without the study."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from optuna.study import Study

from sigh_batch.data.searched import STATES, Tally, write_tally
from sigh_batch.store import Store


class Telling:
    """Counts the trials of a study by what became of them."""

    def __init__(self, store: Store, study: Study, wanted: int) -> None:
        self._store = store
        self._study = study
        self._wanted = wanted
        self._began = datetime.now(UTC).isoformat(timespec="seconds")
        self._told: Tally | None = None
        self._before = self._count(0).ended

    def tell(self) -> None:
        """Write the numbers, where they are not those that were written last."""
        tally = self._count(self._before)
        if tally != self._told:
            write_tally(self._store, tally)
            self._told = tally

    def _count(self, before: int) -> Tally:
        states = Counter(trial.state.name.lower() for trial in self._study.get_trials(deepcopy=False))
        kinds = {name: states[name] for name in STATES}
        return Tally(wanted=self._wanted, before=before, began=self._began, **kinds)

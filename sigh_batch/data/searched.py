"""What a study leaves in its store, by name, and how far it is: for all who do not search themselves."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from sigh_batch.errors import NotFound
from sigh_batch.store import Store

STUDY_KEY = "study.log"
"""Optuna's journal: the study itself."""
SUMMARY_KEY = "tune.json"
"""What it came to, written last."""
BEST_KEY = "best.yaml"
"""The best settings."""
TALLY_KEY = "trials.json"
"""How far it is, written as it goes."""
STATES = {"complete": "complete", "pruned": "stopped early", "fail": "failed", "running": "under way"}
"""What can have become of a trial, and how people call it."""


def comparison_key(number: int) -> str:
    """Return where a trial was measured beside the one that had the settings as they were."""
    return f"comparisons/{number:05d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The trials of a study at one moment."""

    wanted: int
    complete: int = 0
    pruned: int = 0
    """Those that were stopped early."""
    fail: int = 0
    running: int = 0
    before: int = 0
    """How many had ended before the call that wrote this."""
    began: str
    """When that call began."""

    @property
    def ended(self) -> int:
        """How many trials are over."""
        return self.complete + self.pruned + self.fail


def write_tally(store: Store, tally: Tally) -> None:
    """Say how far a study is."""
    store.put(TALLY_KEY, f"{json.dumps(asdict(tally))}\n".encode())


def read_tally(store: Store) -> Tally | None:
    """Return how far a study is, or None where it has not said so."""
    try:
        return Tally(**json.loads(store.get(TALLY_KEY)))
    except NotFound:
        return None

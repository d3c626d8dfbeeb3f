"""What goes wrong in a study: each fault is a sentence, and the same command goes on afterwards."""

from __future__ import annotations

import json
import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from sigh_batch.errors import ConfigError, SighError, StoreFull, Unreachable
from sigh_batch.store import StoreOptions, open_store
from sigh_batch.store.memory import MemoryStore
from sigh_batch.store.opening import _OPENERS
from sigh_batch.store.retrying import Retrying
from sigh_batch.tuning.job import tune
from sigh_batch.tuning.ledger import read_storage
from tests import toy
from tests.toy_studies import run, spec_of, study_in, write_classes


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_classes(tmp_path_factory.mktemp("data"))


def test_what_goes_wrong_in_a_trial_is_a_sentence_and_the_study_goes_on(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY", json.dumps({"1": "raise", "2": "config", "3": "memory"}))
    summary = run(tmp_path / "a", data, trials=6, epochs=1)
    reasons = {row.number: row.reason for row in summary.trials if row.state == "fail"}
    assert reasons[1] == "ValueError: something is wrong"
    assert reasons[2] == "the settings do not go together"
    assert "it ran out of memory" in str(reasons[3])
    assert summary.counts == {"complete": 3, "fail": 3}


def test_a_trial_that_hangs_is_given_up_and_the_study_goes_on(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY", json.dumps({"0": "hang"}))
    monkeypatch.setattr("sigh_batch.tuning.trial._PARTING_SECONDS", 0.1)
    with pytest.raises(SighError, match=r"it took longer than 0.005 minutes \(tune.trial_minutes\)"):
        run(tmp_path / "a", data, trials=1, epochs=1, trial_minutes=0.005)
    summary = run(tmp_path / "a", data, trials=3, epochs=1)
    assert summary.counts == {"complete": 2, "fail": 1}


def test_a_study_in_which_everything_fails_gives_up(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY", json.dumps({str(number): "raise" for number in range(9)}))
    with pytest.raises(SighError, match="all of the first 5 trials failed; the last one: ValueError"):
        run(tmp_path / "a", data, epochs=1)


def test_an_objective_that_is_not_reported_is_told_after_the_first_report(tmp_path: Path, data: Path) -> None:
    with pytest.raises(ConfigError, match=r"reports no 'acu', .* it reports auc, loss"):
        run(tmp_path / "a", data, objectives={"acu": "max"})
    assert len(study_in(tmp_path / "a").trials) == 1
    assert run(tmp_path / "a", data, trials=2, epochs=9).counts


def test_a_training_that_reports_nothing_at_all_is_told_at_its_end(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY", json.dumps({"mute": True}))
    with pytest.raises(ConfigError, match=r"reports no 'auc', .* it reports nothing"):
        run(tmp_path / "a", data)
    assert len(study_in(tmp_path / "a").trials) == 1


def test_a_full_disk_ends_the_study_and_what_has_ended_stays(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel lets no file grow beyond the journal of three trials: no other file is as large."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def watch(trial: Any) -> None:
        if trial.number == 3:
            room = (tmp_path / "a" / "study.log").stat().st_size + 99
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))

    spec = spec_of(tmp_path / "a", data, trials=9, epochs=2)
    try:
        with pytest.raises(
            StoreFull, match=r"the study cannot be written to .*study.log: File too large; make room"
        ):
            tune(spec, watch, trainer=toy.train)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    states = [trial.state for trial in read_study(tmp_path / "a").trials]
    assert len(states) == 4
    assert TrialState.FAIL not in states
    monkeypatch.setenv("TOY", json.dumps({"8": "full"}))
    with pytest.raises(StoreFull, match="no room is left for a checkpoint"):
        run(tmp_path / "a", data, trials=9, epochs=2)
    monkeypatch.delenv("TOY")
    summary = run(tmp_path / "a", data, trials=9, epochs=2)
    assert len(summary.trials) == 9
    assert set(summary.counts) <= {"complete", "pruned"}


def read_study(folder: Path) -> optuna.Study:
    """Open a study whose last line may be torn."""
    return optuna.load_study(study_name=None, storage=read_storage(open_store(folder), None))


class Vanishing(MemoryStore):
    """A store that does not answer now and then."""

    away = threading.Event()

    def __getattribute__(self, name: str) -> Any:
        if name in ("get", "put", "put_file", "stat", "list", "delete") and Vanishing.away.is_set():
            raise Unreachable("the bucket does not answer", transient=True)
        return super().__getattribute__(name)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a bucket that vanishes while Vanishing.away is set."""
    stores: dict[str, Vanishing] = {}

    def opened(url: str, options: StoreOptions, create: bool) -> Any:
        return Retrying(stores.setdefault(url, Vanishing(url)), options.retry_seconds)

    monkeypatch.setitem(_OPENERS, "memory", opened)
    yield "memory://bucket"
    Vanishing.away.clear()


def test_a_bucket_that_vanishes_for_a_while_is_waited_for(bucket: str, data: Path) -> None:
    def watch(trial: Any) -> None:
        if trial.number == 1 and trial.user_attrs.get("epochs") == 2 and not waited:
            waited.append(trial.number)
            Vanishing.away.set()
            threading.Timer(0.7, Vanishing.away.clear).start()

    waited: list[int] = []
    summary = tune(spec_of(bucket, data, trials=4, epochs=3, stop_early="none"), watch, trainer=toy.train)
    assert waited
    assert summary.counts == {"complete": 4}
    assert all(len(row.curve) == 3 for row in summary.trials)


def test_a_bucket_that_stays_away_ends_the_study_and_no_trial_fails(bucket: str, data: Path) -> None:
    def watch(trial: Any) -> None:
        if trial.number == 2 and trial.user_attrs.get("epochs") == 2:
            Vanishing.away.set()

    spec = spec_of(bucket, data, trials=5, epochs=3, stop_early="none", retry=0.2)
    with pytest.raises(Unreachable, match="the bucket does not answer"):
        tune(spec, watch, trainer=toy.train)
    Vanishing.away.clear()
    summary = tune(spec, trainer=toy.train)
    assert summary.counts == {"complete": 5}
    assert [row.curve[-1][0] for row in summary.trials] == [3] * 5


def test_a_database_that_goes_away_ends_the_study_in_a_sentence(tmp_path: Path, data: Path) -> None:
    def watch(trial: Any) -> None:
        if trial.number == 1:
            with closing(sqlite3.connect(tmp_path / "study.db")) as other:
                other.execute("DROP TABLE IF EXISTS trials")

    spec = spec_of(tmp_path / "a", data, epochs=1, storage=f"sqlite:///{tmp_path}/study.db")
    with pytest.raises(Unreachable, match=r"database of the study does not answer any more: .*no such table"):
        tune(spec, watch, trainer=toy.train)

from __future__ import annotations

from pathlib import Path

import optuna
import pytest

from sigh_batch.data.searched import STUDY_KEY
from sigh_batch.errors import ConfigError, NotFound, Unreachable
from sigh_batch.store import open_store
from sigh_batch.store.memory import MemoryStore
from sigh_batch.tuning.ledger import open_ledger, read_storage


def add(storage: optuna.storages.BaseStorage, number: int) -> None:
    study = optuna.create_study(storage=storage, study_name="s", load_if_exists=True)
    trial = study.ask()
    trial.suggest_float("x", 0, 1)
    study.tell(trial, number)


def count(storage: optuna.storages.BaseStorage) -> int:
    return len(optuna.load_study(study_name="s", storage=storage).trials)


def test_the_stock_tools_read_the_journal_of_a_folder(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with open_ledger(store, None) as ledger:
        add(ledger.storage, 1)
    stock = optuna.storages.journal.JournalFileBackend(str(tmp_path / STUDY_KEY))
    assert count(optuna.storages.JournalStorage(stock)) == 1
    assert count(read_storage(store, None)) == 1


def test_two_processes_do_not_work_on_one_study(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    said = pytest.raises(ConfigError, match="another process works on the study")
    with open_ledger(store, None), said, open_ledger(store, None):
        pass
    with open_ledger(store, None):
        pass


def test_what_a_killed_process_wrote_half_is_cut_off(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with open_ledger(store, None) as ledger:
        add(ledger.storage, 1)
    with (tmp_path / STUDY_KEY).open("ab") as file:
        file.write(b'{"op_code":4,"worker')
    assert count(read_storage(store, None)) == 1
    with open_ledger(store, None) as ledger:
        add(ledger.storage, 2)
    with open_ledger(store, None) as ledger:
        assert count(ledger.storage) == 2


def test_a_store_that_is_no_folder_gets_the_journal_as_it_goes() -> None:
    store = MemoryStore("memory://ledger")
    with open_ledger(store, None) as ledger:
        add(ledger.storage, 1)
        ledger.flush(now=True)
        assert count(read_storage(store, None)) == 1
        add(ledger.storage, 2)
        ledger.flush()
        assert count(read_storage(store, None)) == 1
    assert count(read_storage(store, None)) == 2
    with open_ledger(store, None) as ledger:
        assert count(ledger.storage) == 2


def test_a_database_is_named_by_url_and_its_password_never_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_ledger(open_store(tmp_path), f"sqlite:///{tmp_path}/study.db") as ledger:
        add(ledger.storage, 1)
    assert count(read_storage(open_store(tmp_path), f"sqlite:///{tmp_path}/study.db")) == 1
    monkeypatch.setenv("SIGH_STUDY_PASSWORD", "s3cr3t word")
    with pytest.raises(Exception, match="postgresql://me@127") as caught:
        read_storage(open_store(tmp_path), "postgresql://me@127.0.0.1:9/db")
    assert "s3cr3t" not in str(caught.value)
    with pytest.raises(Unreachable, match="does not answer"):
        read_storage(open_store(tmp_path), f"sqlite:///{tmp_path}/none/study.db")


def test_no_study_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no study in"):
        read_storage(open_store(tmp_path), None)

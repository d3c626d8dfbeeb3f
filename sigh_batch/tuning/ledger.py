"""The study's storage: a journal file that lies in the output, or a database.

What became of every trial is written here and nowhere else; Ray keeps no state that anybody reads again.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import optuna
from optuna.exceptions import StorageInternalError
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import BaseJournalBackend, JournalFileBackend

from sigh_batch.config.tune import PASSWORD
from sigh_batch.data.objects import local_path, new_folder
from sigh_batch.data.searched import STUDY_KEY
from sigh_batch.errors import ConfigError, MissingLibrary, NotFound, StoreFull, Unreachable
from sigh_batch.store import Store

# What Optuna says of trials is said by us.
optuna.logging.set_verbosity(optuna.logging.ERROR)

PUT_SECONDS = 5.0
"""Longest time that a change of the journal stays out of a store that is no folder, while changes come."""


class Ledger:
    """An open storage."""

    def __init__(self, storage: BaseStorage, journal: Path | None, store: Store | None) -> None:
        self.storage = storage
        self._journal = journal
        self._store = store
        self._put_size = journal.stat().st_size if journal else 0
        self._put_at = time.monotonic()

    def flush(self, *, now: bool = False) -> None:
        """Make what was written last: in a folder at once, in another store now or if it is time."""
        if self._journal is None:
            return
        size = self._journal.stat().st_size
        if size == self._put_size:
            return
        if self._store is None:
            _sync(self._journal)
        elif now or time.monotonic() - self._put_at >= PUT_SECONDS:
            self._store.put(STUDY_KEY, self._journal.read_bytes())
        else:
            return
        self._put_size, self._put_at = size, time.monotonic()


@contextmanager
def open_ledger(store: Store, database: str | None) -> Iterator[Ledger]:
    """Open the storage of a study for the one process that writes it.

    Raises ConfigError when another process works on it, Unreachable when the database does not answer.
    """
    if database is not None:
        yield Ledger(_open_database(database), None, None)
        return
    path = local_path(store, STUDY_KEY)
    if path is not None:
        with _held(path) as storage:
            yield Ledger(storage, path, None)
        return
    with new_folder(None) as folder:
        copy = Path(folder, STUDY_KEY)
        copy.write_bytes(_stored(store))
        with _held(copy) as storage:
            ledger = Ledger(storage, copy, store)
            try:
                yield ledger
            finally:
                ledger.flush(now=True)


def read_storage(store: Store, database: str | None) -> BaseStorage:
    """Return the storage of a study to read from; raises NotFound where there is none."""
    if database is not None:
        return _open_database(database)
    data = _stored(store)
    if not data:
        raise NotFound(f"there is no study in {store.url}: it has no {STUDY_KEY}")
    return JournalStorage(_Snapshot(data))


def is_database_fault(error: Exception) -> bool:
    """Return whether an error is the database's: Optuna tells of some, and passes on SQLAlchemy's."""
    return isinstance(error, StorageInternalError) or type(error).__module__.startswith("sqlalchemy.")


class _Snapshot(BaseJournalBackend):
    """A journal as it was at one moment."""

    def __init__(self, data: bytes) -> None:
        self._logs = [json.loads(line) for line in _whole_lines(data).splitlines()]

    def read_logs(self, log_number_from: int) -> Iterator[dict[str, Any]]:
        yield from self._logs[log_number_from:]

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        self._logs += logs


@contextmanager
def _held(path: Path) -> Iterator[BaseStorage]:
    """Lock a journal, cut off what a killed process wrote half, and open it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigError(
                f"another process works on the study in {path}; wait for it, or stop it"
            ) from None
        _cut_torn(file)
        yield JournalStorage(_Journal(str(path)))


class _Journal(JournalFileBackend):
    """A journal file that is locked as long as it is open, so that single writes need no lock.

    A write outlives the process at once; that it outlives the machine is seen to once for all that a trial
    told at a time.
    """

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        lines = "".join(f"{json.dumps(log, separators=(',', ':'))}\n" for log in logs)
        with _told(self._file_path), Path(self._file_path).open("ab") as file:
            file.write(lines.encode())


def _sync(path: Path) -> None:
    with _told(path), path.open("ab") as file:
        os.fsync(file.fileno())


@contextmanager
def _told(path: str | Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreFull(
            f"the study cannot be written to {path}: {error.strerror}; "
            "make room, and give the same command again"
        ) from error


def _cut_torn(file: io.BufferedRandom) -> None:
    file.seek(0)
    data = file.read()
    whole = len(_whole_lines(data))
    if whole < len(data):
        file.truncate(whole)
        os.fsync(file.fileno())


def _whole_lines(data: bytes) -> bytes:
    return data[: data.rfind(b"\n") + 1]


def _stored(store: Store) -> bytes:
    try:
        return store.get(STUDY_KEY)
    except NotFound:
        return b""


def _open_database(url: str) -> BaseStorage:
    """Open a database; its password never stands in a message."""
    password = os.environ.get(PASSWORD, "")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            return RDBStorage(_with_password(url, password), engine_kwargs={"pool_pre_ping": True})
    except ImportError as error:
        raise MissingLibrary(
            f"the database of {url} needs a library that is not installed ({error.name or error}): "
            "pip install psycopg2-binary for postgresql://, PyMySQL for mysql+pymysql://"
        ) from None
    except Exception as error:
        told = " ".join(str(error).split())
        told = told.replace(password, "***").replace(quote(password, safe=""), "***") if password else told
        raise Unreachable(f"the database of the study, {url}, does not answer: {told[:300]}") from None


def _with_password(url: str, password: str) -> str:
    scheme, _, rest = url.partition("://")
    user, at, host = rest.rpartition("@")
    return f"{scheme}://{user}:{quote(password, safe='')}@{host}" if password and at else url

"""What is tried again, how long, and what a lost answer means."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pytest

from sigh_batch.errors import (
    AlreadyExists,
    ConfigError,
    Denied,
    NotFound,
    StoreError,
    StoreFull,
    Unreachable,
)
from sigh_batch.store import Stat, Store
from sigh_batch.store.local import LocalStore
from sigh_batch.store.memory import MemoryStore
from sigh_batch.store.retrying import Retrying, plain

T = TypeVar("T")


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


class Scripted:
    """A store whose next operations fail as told: an error, before or after the thing is done."""

    def __init__(self, store: Store, *faults: Exception | tuple[Exception, str]) -> None:
        self.store = store
        self.url = store.url
        self.scratch = store.scratch
        self.faults = list(faults)
        self.calls = 0

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        return self._act(lambda: self.store.get(key, start, length))

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        self._act(lambda: self.store.put(key, data, if_absent=if_absent))

    def put_file(self, key: str, path: Path, *, if_absent: bool = False) -> None:
        self._act(lambda: self.store.put_file(key, path, if_absent=if_absent))

    def stat(self, key: str) -> Stat | None:
        return self._act(lambda: self.store.stat(key))

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """Fail after three objects, if a fault is left."""
        for number, found in enumerate(self.store.list(prefix)):
            if number == 3:
                self._act(lambda: None)
            yield found

    def delete(self, key: str) -> None:
        self._act(lambda: self.store.delete(key))

    def _act(self, act: Callable[[], T]) -> T:
        self.calls += 1
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Exception):
            raise fault
        result = act()
        if fault is not None:
            raise fault[0]
        return result


def gone() -> Unreachable:
    return Unreachable("no answer", transient=True)


def lost() -> tuple[Exception, str]:
    """The thing is done, and nobody says so."""
    return gone(), "after"


def patient(store: Store, seconds: float = 60.0) -> tuple[Retrying, Clock]:
    clock = Clock()
    return Retrying(store, seconds, sleep=clock.sleep, clock=clock), clock


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.get("k"),
        lambda store: store.get("k", 1, 2),
        lambda store: store.put("k", b"new"),
        lambda store: store.stat("k"),
        lambda store: store.delete("k"),
    ],
)
def test_passing_faults_are_tried_again(act: Callable[[Store], object]) -> None:
    inner = MemoryStore()
    inner.put("k", b"0123")

    scripted = Scripted(inner, gone(), gone(), gone())
    store, clock = patient(scripted)
    act(store)
    assert scripted.calls == 4
    assert len(clock.pauses) == 3


def test_waits_double_up_to_a_cap_and_are_spread() -> None:
    store, clock = patient(Scripted(MemoryStore(), *(gone() for _ in range(12))))
    store.put("k", b"x")
    full = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5, 5, 5, 5]
    assert all(whole / 2 <= pause < whole for pause, whole in zip(clock.pauses, full, strict=True))
    assert all(first < second for first, second in pairwise(clock.pauses[:5]))
    assert len(set(clock.pauses[6:])) == 6


def test_patience_ends() -> None:
    scripted = Scripted(MemoryStore(), *(gone() for _ in range(1000)))
    store, clock = patient(scripted, seconds=20)
    with pytest.raises(Unreachable, match=r"^no answer \(tried \d+ times in (1\d|20) s\)$") as caught:
        store.put("k", b"x")
    assert caught.value.transient
    assert clock.now <= 20
    assert 8 <= scripted.calls <= 14
    assert f"tried {scripted.calls} times" in str(caught.value)


def test_no_patience_is_one_try() -> None:
    scripted = Scripted(MemoryStore(), gone())
    store, clock = patient(scripted, seconds=0)
    with pytest.raises(Unreachable, match=r"^no answer$"):
        store.put("k", b"x")
    assert (scripted.calls, clock.pauses) == (1, [])


@pytest.mark.parametrize(
    "error",
    [NotFound("x"), Denied("x"), StoreFull("x"), Unreachable("no bucket"), StoreError("x"), ConfigError("x")],
)
def test_lasting_faults_are_told_at_once(error: Exception) -> None:
    scripted = Scripted(MemoryStore(), error)
    store, clock = patient(scripted)
    with pytest.raises(type(error)) as caught:
        store.put("k", b"x")
    assert caught.value is error
    assert clock.pauses == []


def test_a_put_whose_answer_was_lost_has_won() -> None:
    store, _ = patient(Scripted(MemoryStore(), lost()))
    store.put("k", b"mine", if_absent=True)
    assert store.get("k") == b"mine"


def test_a_put_that_failed_and_then_finds_other_bytes_has_lost() -> None:
    inner = MemoryStore()
    for theirs in (b"theirs", b"mind"):
        inner.put("k", theirs)
        store, _ = patient(Scripted(inner, gone()))
        with pytest.raises(AlreadyExists):
            store.put("k", b"mine", if_absent=True)
        assert inner.get("k") == theirs


def test_a_put_that_never_failed_and_finds_its_own_bytes_has_lost() -> None:
    inner = MemoryStore()
    inner.put("k", b"mine")
    store, _ = patient(Scripted(inner))
    with pytest.raises(AlreadyExists):
        store.put("k", b"mine", if_absent=True)


def test_faults_while_comparing_are_tried_again_too() -> None:
    scripted = Scripted(MemoryStore(), lost())
    store, clock = patient(scripted)
    scripted.faults += [AlreadyExists("k"), gone(), AlreadyExists("k"), (gone(), "after")]
    store.put("k", b"mine", if_absent=True)
    assert len(clock.pauses) == 3
    assert store.get("k") == b"mine"


@pytest.mark.parametrize("if_absent", [False, True])
@pytest.mark.parametrize("backend", ["local", "memory"])
def test_a_file_that_is_gone_after_a_lost_answer_has_arrived(
    if_absent: bool, backend: str, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    inner: Store = LocalStore(tmp_path / "ds") if backend == "local" else MemoryStore()
    scripted = Scripted(inner, gone(), lost())
    store, _ = patient(scripted)
    store.put_file("k", path, if_absent=if_absent)
    assert inner.get("k") == b"content"
    assert not path.exists()


class KeepsFile(MemoryStore):
    """Like a server: the object is there, the answer is lost, and the file is still here."""

    lost = True

    def put_file(self, key: str, path: Path, *, if_absent: bool = False) -> None:
        self.put(key, path.read_bytes(), if_absent=if_absent)
        if self.lost:
            self.lost = False
            raise gone()
        path.unlink()


def test_a_large_file_is_compared_piece_by_piece(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 80_000)  # 20 MB: three pieces
    store, _ = patient(KeepsFile())
    store.put_file("k", path, if_absent=True)
    assert not path.exists()


def test_a_file_that_lost_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a" * 20_000_000)
    inner = MemoryStore()
    inner.put("k", b"a" * 19_999_999 + b"b")
    store, _ = patient(Scripted(inner, gone()))
    with pytest.raises(AlreadyExists):
        store.put_file("k", path, if_absent=True)
    assert path.exists()


def test_a_listing_goes_on_behind_the_last_key() -> None:
    inner = MemoryStore()
    keys = [f"k/{number}" for number in range(10)]
    for key in keys:
        inner.put(key, b"")
    scripted = Scripted(inner, gone(), gone(), gone())
    store, clock = patient(scripted)
    assert [found.key for found in store.list("k/")] == keys
    assert len(clock.pauses) == 3


def test_a_listing_that_moves_on_does_not_run_out_of_patience() -> None:
    """Ten thousand pages over a bad line: each that arrives begins the count anew."""

    class Stumbling(MemoryStore):
        served = 0

        def list(self, prefix: str = "") -> Iterator[Stat]:
            for number, found in enumerate(super().list(prefix)):
                if number > self.served:
                    self.served = number
                    raise gone()
                yield found

    inner = Stumbling()
    keys = [f"k/{number:03d}" for number in range(300)]
    for key in keys:
        inner.put(key, b"")
    store, clock = patient(inner, seconds=1)
    assert [found.key for found in store.list()] == keys
    assert clock.now > 10


def test_every_try_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    store, _ = patient(Scripted(MemoryStore(), gone()))
    with caplog.at_level(logging.WARNING):
        store.put("records/a", b"secret bytes")
    assert [record.getMessage() for record in caplog.records] == [
        f"put 'records/a' failed: no answer; trying again in {0.1:.1f} s"
    ]


def test_it_shows_and_gives_what_it_wraps(tmp_path: Path) -> None:
    inner = LocalStore(tmp_path)
    store = Retrying(inner)
    assert (store.url, store.scratch) == (inner.url, inner.scratch)
    assert repr(store) == f"Retrying(LocalStore('{tmp_path}'))"
    assert plain(store) is inner
    assert plain(inner) is inner

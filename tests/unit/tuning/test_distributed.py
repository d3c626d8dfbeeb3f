"""Work that needs Ray is not waited for when Ray is gone."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from sigh_batch.errors import Unreachable
from sigh_batch.tuning import distributed
from sigh_batch.tuning.cluster import listens


@pytest.fixture
def head(monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    """A socket that listens in the place of Ray's head."""
    taken = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setattr(distributed, "head_address", lambda: f"127.0.0.1:{taken.getsockname()[1]}")
    monkeypatch.setattr(distributed, "LOOK_SECONDS", 0.01)
    return taken


def test_work_ends_as_it_does(head: socket.socket) -> None:
    with head:
        done: list[int] = []
        distributed.attend(lambda: done.append(1), patience=5)
        assert done == [1]
        with pytest.raises(ZeroDivisionError):
            distributed.attend(lambda: 1 / 0, patience=5)


def test_work_is_left_when_nobody_listens_any_more(head: socket.socket) -> None:
    asleep = threading.Event()
    threading.Timer(0.1, head.close).start()
    began = time.monotonic()
    with pytest.raises(Unreachable, match=r"is gone: it has not answered for 0\.2 seconds; .* goes on"):
        distributed.attend(lambda: asleep.wait(60), patience=0.2)
    assert 0.2 < time.monotonic() - began < 30
    asleep.set()


def test_a_head_may_be_away_for_a_moment(head: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [True, False, False, True]
    monkeypatch.setattr(distributed, "listens", lambda _address: answers.pop(0) if answers else True)
    with head:
        distributed.attend(lambda: time.sleep(0.2), patience=5)
    assert not answers


def test_nobody_listens_at_a_closed_port(head: socket.socket) -> None:
    address = f"127.0.0.1:{head.getsockname()[1]}"
    assert listens(address)
    head.close()
    assert not listens(address)

import threading
import time

import pytest

from sigh_batch.sources import ahead
from sigh_batch.sources.ahead import Ahead


def test_things_come_in_order_whatever_takes_longest() -> None:
    def fetch(number: int) -> int:
        time.sleep(0.002 * (number % 3))
        return number

    made = Ahead(fetch, lambda _: 1, lambda number: number * number, 4)
    assert list(made(range(50))) == [number * number for number in range(50)]
    assert list(made([])) == []


def test_large_things_are_made_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "AHEAD_PIXELS", 100)
    lock, inside, most = threading.Lock(), 0, 0

    def make(number: int) -> int:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.002)
        with lock:
            inside -= 1
        return number

    assert list(Ahead(lambda number: number, lambda _: 60, make, 4)(range(20))) == list(range(20))
    assert most == 1
    assert list(Ahead(lambda number: number, lambda _: 10, make, 4)(range(40))) == list(range(40))
    assert most > 1


def test_no_more_is_fetched_than_there_is_use_for() -> None:
    fetched: list[int] = []

    def fetch(number: int) -> int:
        fetched.append(number)
        return number

    found = Ahead(fetch, lambda _: 1, lambda number: number, 2)(range(1000))
    assert [next(found) for _ in range(10)] == list(range(10))
    assert len(fetched) <= 30
    found.close()  # type: ignore[attr-defined]  # a generator


def test_what_goes_wrong_is_raised() -> None:
    def fetch(number: int) -> int:
        if number == 3:
            raise OSError("gone")
        return number

    with pytest.raises(OSError, match="gone"):
        list(Ahead(fetch, lambda _: 1, lambda number: number, 2)(range(9)))

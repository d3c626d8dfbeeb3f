"""What every store must do when several use it at once: one winner, no mixture, nothing left out."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from sigh_batch.errors import AlreadyExists, StoreError
from sigh_batch.rng import Draws
from sigh_batch.store import Store, open_store
from sigh_batch.store.retrying import Retrying, plain
from tests.contract.stores import MIB, Place, keys_of, make_file
from tests.faults import FaultyStore


def race(*acts: Callable[[], None]) -> list[BaseException | None]:
    """Do all at the same moment, and return what each raised."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], None]) -> BaseException | None:
        barrier.wait()
        try:
            act()
        except StoreError as error:
            return error
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def racing(place: Place) -> Store:
    """A new store to write into at the same moment."""
    if place.name == "moto":
        pytest.skip("moto looks for the object, and then writes it: it has no atomic if-absent")
    return place.new()


def test_a_listing_while_the_store_changes(crowd: tuple[Store, list[str]]) -> None:
    """What is there all the time comes once and in order, whatever comes, goes or is replaced around it."""
    store, keys = crowd

    def change() -> None:
        draws = Draws("tests/change", 0)
        for number in range(60):
            place = draws.choice(keys).removesuffix(".json")
            store.put(f"{place}-{number}", b"new")
            store.put(draws.choice(keys), b"replaced")
            if number % 3:
                store.delete(f"{place}-{number}")

    listings = 0
    with ThreadPoolExecutor(1) as pool:
        changing = pool.submit(change)
        while not changing.done() or not listings:
            seen = keys_of(store, "records/")
            assert seen == sorted(set(seen))
            assert [key for key in seen if key.endswith(".json")] == keys
            listings += 1
        changing.result()
    left = set(keys_of(store)) - set(keys)
    assert len(left) == 20
    for key in left:
        store.delete(key)


@pytest.mark.parametrize("size", [5, 12 * MIB])
def test_exactly_one_of_several_writers_wins(racing: Store, size: int) -> None:
    for turn in range(10 if size < MIB else 2):
        contents = [bytes([writer]) * size for writer in range(4)]
        raised = race(*(partial(racing.put, f"m/{turn}", data, if_absent=True) for data in contents))
        check_one_won(racing, f"m/{turn}", contents, raised)


@pytest.mark.parametrize("size", [5, 17 * MIB])
def test_exactly_one_of_several_files_wins(racing: Store, size: int, tmp_path: Path) -> None:
    """Small ones and those larger than a part of an upload, which go to S3 in another way."""
    for turn in range(5 if size < MIB else 2):
        contents = [bytes([writer]) * size for writer in range(4)]
        folders = [tmp_path / f"{turn}-{writer}" for writer in range(4)]
        for folder in folders:
            folder.mkdir()
        files = [make_file(folder, data) for folder, data in zip(folders, contents, strict=True)]
        raised = race(*(partial(racing.put_file, f"m/{turn}", path, if_absent=True) for path in files))
        check_one_won(racing, f"m/{turn}", contents, raised)
        assert [path.exists() for path in files] == [error is not None for error in raised]


def check_one_won(store: Store, key: str, contents: list[bytes], raised: list[BaseException | None]) -> None:
    winners = [data for data, error in zip(contents, raised, strict=True) if error is None]
    assert len(winners) == 1
    assert [type(error) for error in raised if error is not None] == [AlreadyExists] * 3
    assert store.get(key) == winners[0]


def test_two_processes_race(place: Place, tmp_path: Path) -> None:
    if place.name in ("memory", "faulty", "lossy", "moto"):
        pytest.skip("needs a store that any process opens by url, and no imitation of a server")
    url = plain(place.new()).url
    script = """
import sys
from sigh_batch.errors import AlreadyExists
from sigh_batch.store import open_store
store = open_store(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for number in range(60):
    try:
        store.put(f"k/{number}", sys.argv[2].encode(), if_absent=True)
    except AlreadyExists:
        pass
    else:
        print(number)
"""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script, url, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        for name in "ab"
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    won = [set(map(int, writer.communicate()[0].split())) for writer in writers]
    assert won[0] | won[1] == set(range(60))
    assert not won[0] & won[1]
    store = open_store(url)
    for name, numbers in zip(b"ab", won, strict=True):
        assert all(store.get(f"k/{number}")[0] == name for number in numbers)


def test_a_reader_sees_the_old_or_the_new(store: Store) -> None:
    sizes = {bytes([letter]): 100_000 + 50_000 * letter for letter in range(4)}
    versions = [letter * size for letter, size in sizes.items()]
    store.put("k", versions[0])

    enough = threading.Event()

    def write() -> int:
        for number in itertools.count():
            store.put("k", versions[number % len(versions)])
            if number >= 30 and enough.is_set():
                return number
        raise AssertionError

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            for _ in range(30):
                assert store.get("k") in versions
                assert len(set(store.get("k", 50_000, 20_000))) == 1
        finally:
            enough.set()
        last = writing.result()
    assert store.get("k") == versions[last % len(versions)]


def test_many_threads_at_once(store: Store) -> None:
    def work(worker: int) -> None:
        for number in range(15):
            key = f"w/{worker}/{number}"
            store.put(key, key.encode())
            assert store.get(key) == key.encode()
            if number % 2:
                store.delete(key)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert keys_of(store) == sorted(
        f"w/{worker}/{number}" for worker in range(8) for number in range(0, 15, 2)
    )


def test_the_faults_on_purpose_are_met(tmp_path: Path) -> None:
    """The store with faults really has some, so that what passes on it means something."""
    faulty = FaultyStore(open_store(tmp_path))
    store = Retrying(faulty, first=0.0001)
    keys = [f"k/{number:03d}" for number in range(200)]
    for key in keys:
        store.put(key, b"x")
        assert store.get(key) == b"x"
    assert 20 <= faulty.failed <= 80
    assert keys_of(store) == keys

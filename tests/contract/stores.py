"""The stores that the contract is tried on, each made new and empty for a test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from sigh_batch.rng import Draws
from sigh_batch.store import Store, open_store
from sigh_batch.store.memory import MemoryStore
from sigh_batch.store.retrying import Retrying
from tests.faults import FaultyStore, lossy_line

BACKENDS = [
    "local",
    "memory",
    "faulty",
    "moto",
    pytest.param("real", marks=pytest.mark.s3),
    pytest.param("lossy", marks=pytest.mark.s3),
]
CROWD = 1_100
MIB = 1 << 20


@dataclass(frozen=True)
class Place:
    """Where stores of one backend are made; each is new and empty."""

    name: str
    new: Callable[[], Store]


@pytest.fixture(scope="module", params=BACKENDS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Local folder, memory, local folder with faults, S3 imitated, real, and over a line with faults."""
    name: str = request.param
    numbers = itertools.count()
    folder = tmp_path_factory.mktemp("stores")
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())

        def local() -> Store:
            return open_store(folder / str(next(numbers)))

        def faulty() -> Store:
            return Retrying(FaultyStore(local(), seed=next(numbers)), first=0.0001)

        if name in ("local", "memory", "faulty"):
            makers = {"local": local, "memory": MemoryStore, "faulty": faulty}
            yield Place(name, makers[name])
            return
        server = request.getfixturevalue("moto_server" if name == "moto" else "real_server")
        environ = server.environ()
        if name == "lossy":
            environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{stack.enter_context(lossy_line(server.port))}"
        for variable, value in environ.items():
            patch.setenv(variable, value)

        def bucket() -> Store:
            url = f"{server.new_bucket()}/pre/fix"
            if name != "lossy":
                return open_store(url)
            from sigh_batch.store.s3 import S3Store

            return Retrying(S3Store(url), first=0.001)

        yield Place(name, bucket)


@pytest.fixture
def store(place: Place) -> Store:
    """A new, empty store."""
    return place.new()


@pytest.fixture(scope="module")
def kept(place: Place) -> Store:
    """A store that tests share who do not mind what else is in it: opening one takes time."""
    return place.new()


@pytest.fixture(scope="module")
def crowd(place: Place) -> tuple[Store, list[str]]:
    """A store with more than a thousand objects, and their keys in order."""
    store = place.new()
    keys = [f"records/part-{number:05d}.json" for number in range(CROWD)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: store.put(key, key.encode()), keys))
    return store, keys


def make_file(folder: Path, data: bytes) -> Path:
    path = folder / "whole.bin"
    path.write_bytes(data)
    return path


def noise(size: int) -> bytes:
    return Draws("tests/store", size).generator().bytes(size)


def keys_of(store: Store, prefix: str = "") -> list[str]:
    return [found.key for found in store.list(prefix)]

from __future__ import annotations

import pytest
import torch

from sigh_batch.errors import DataError
from sigh_batch.store import Store
from sigh_batch.store.local import LocalStore
from sigh_batch.store.memory import MemoryStore
from sigh_batch.training.checkpoint import (
    Checkpoint,
    best_key,
    read_best,
    read_latest,
    retain,
    step_key,
    write_best,
    write_checkpoint,
)


@pytest.fixture(params=["memory", "local"])
def store(request: pytest.FixtureRequest, tmp_path: object) -> Store:
    return MemoryStore() if request.param == "memory" else LocalStore(str(tmp_path))


def checkpoint(step: int) -> Checkpoint:
    shared = torch.arange(6.0)
    tensors = {"a": shared.view(2, 3).T, "b": shared, "c": torch.tensor(3), "d": torch.zeros(0)}
    return Checkpoint(step, tensors, {"text": "é", "number": 0.1, "list": [1, None]})


def test_a_checkpoint_comes_back_as_it_was(store: Store) -> None:
    written = checkpoint(12)
    write_checkpoint(store, written)
    found = read_latest(store, pytest.fail)
    assert found is not None
    assert (found.step, found.state) == (12, written.state)
    assert found.tensors.keys() == written.tensors.keys()
    for name, tensor in written.tensors.items():
        assert torch.equal(found.tensors[name], tensor)
    assert store.scratch is None or not list(store.scratch.iterdir())


def test_equal_checkpoints_are_equal_bytes(store: Store) -> None:
    write_checkpoint(store, checkpoint(1))
    first = store.get(step_key(1))
    write_checkpoint(store, checkpoint(1))
    assert store.get(step_key(1)) == first


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "header", "schema"])
def test_a_damaged_checkpoint_is_told_and_the_one_before_is_taken(store: Store, damage: str) -> None:
    for step in (1, 2):
        write_checkpoint(store, checkpoint(step))
    data = store.get(step_key(2))
    damaged = {
        "cut": data[:-3],
        "empty": b"",
        "text": b"not a checkpoint at all",
        "header": data[:8] + b"x" + data[9:],
        "schema": data.replace(b'\\"schema\\": 1', b'\\"schema\\": 7'),
    }[damage]
    store.put(step_key(2), damaged)
    told: list[str] = []
    found = read_latest(store, told.append)
    assert found is not None
    assert found.step == 1
    assert len(told) == 1
    assert step_key(2) in told[0]


def test_there_may_be_none(store: Store) -> None:
    assert read_latest(store, pytest.fail) is None


def test_the_last_ones_and_the_best_are_kept(store: Store) -> None:
    for step in (1, 2, 10, 100):
        write_checkpoint(store, checkpoint(step))
    for step in (1, 10):
        write_best(store, step, {"w": torch.tensor(float(step))})
    retain(store, 2, 10)
    assert [found.key for found in store.list()] == [best_key(10), step_key(10), step_key(100)]
    assert read_best(store, 10)["w"] == 10


def test_best_weights_that_are_damaged_are_a_fault(store: Store) -> None:
    store.put(best_key(3), b"nothing")
    with pytest.raises(DataError, match=r"checkpoints/best-000000003\.safetensors in .* is damaged"):
        read_best(store, 3)

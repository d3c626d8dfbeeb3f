"""Model files: what is written is read, and nothing else is."""

from __future__ import annotations

import io
import json
import pickle
from typing import Any

import pytest
import torch

from sigh_batch.errors import ConfigError, DataError, NotFound, SighError
from sigh_batch.models.document import Architecture, Geometry, ModelDocument
from sigh_batch.models.file import (
    check_name,
    find_models,
    parse_weights,
    read_document,
    read_model,
    write_document,
    write_model,
)
from sigh_batch.store import Store, open_store
from sigh_batch.store.memory import MemoryStore


def document(**changes: Any) -> ModelDocument:
    values = {
        "name": "small",
        "architecture": Architecture(name="torchvision/resnet18"),
        "classes": ("clean", "forged"),
        "geometry": Geometry(mode="resize", height=32, width=32),
    }
    return ModelDocument(**(values | changes))


def state() -> dict[str, torch.Tensor]:
    weight = torch.arange(6.0).reshape(2, 3)
    return {
        "head.weight": weight,
        "head.turned": weight.T,
        "norm.running_mean": torch.ones(3),
        "steps": torch.tensor(4),
    }


@pytest.fixture(params=("memory", "folder"))
def store(request: pytest.FixtureRequest, tmp_path: Any) -> Store:
    return MemoryStore() if request.param == "memory" else open_store(tmp_path / "m")


def test_what_is_written_is_read(store: Store) -> None:
    written = write_model(store, document(), state(), "best/")
    found, weights = read_model(store, "best/")
    assert found == written
    assert written.weights
    assert written.weights.parameters == 12
    assert weights.keys() == state().keys()
    assert all(torch.equal(weights[name], tensor) for name, tensor in state().items())


def test_equal_models_are_equal_bytes() -> None:
    one, other = MemoryStore(), MemoryStore()
    write_model(one, document(), state())
    write_model(other, document(), dict(reversed(state().items())))
    for key in ("model.json", "model.safetensors"):
        assert one.get(key) == other.get(key)


def test_the_document_can_be_written_again() -> None:
    store = MemoryStore()
    written = write_model(store, document(), state())
    write_document(store, written.model_copy(update={"name": "other"}))
    assert read_model(store)[0].name == "other"


def _changed(store: Store, change: Any) -> None:
    values = json.loads(store.get("model.json"))
    change(values)
    store.put("model.json", json.dumps(values).encode())


FAULTS: dict[str, tuple[Any, type[SighError], str]] = {
    "no document": (lambda s: s.delete("model.json"), NotFound, "there is no model in memory://"),
    "no weights": (lambda s: s.delete("model.safetensors"), NotFound, "is missing"),
    "other weights": (
        lambda s: s.put("model.safetensors", s.get("model.safetensors")[:-1] + b"x"),
        DataError,
        "has sha256",
    ),
    "cut off": (
        lambda s: s.put("model.safetensors", s.get("model.safetensors")[:-9]),
        DataError,
        "bytes and its model.json says",
    ),
    "not JSON": (lambda s: s.put("model.json", b"{"), DataError, "not JSON"),
    "a list": (lambda s: s.put("model.json", b"[]"), DataError, "lacks 'schema'"),
    "missing key": (lambda s: _changed(s, lambda v: v.pop("classes")), DataError, "it lacks 'classes'"),
    "missing key below": (
        lambda s: _changed(s, lambda v: v["architecture"].pop("name")),
        DataError,
        "it lacks 'architecture.name'",
    ),
    "unknown key": (lambda s: _changed(s, lambda v: v.update(odd=1)), DataError, "'odd' is not known"),
    "wrong value": (
        lambda s: _changed(s, lambda v: v["geometry"].update(mode="odd")),
        DataError,
        "geometry.mode: ",
    ),
    "other schema": (lambda s: _changed(s, lambda v: v.update(schema=99)), DataError, "has schema 99"),
    "unfinished": (lambda s: _changed(s, lambda v: v.update(weights=None)), DataError, "never finished"),
    "pickle": (lambda s: s.put("model.safetensors", pickle.dumps({})), ConfigError, "is a pickle"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_one_sentence(name: str) -> None:
    spoil, error, words = FAULTS[name]
    store = MemoryStore()
    write_model(store, document(), state())
    spoil(store)
    with pytest.raises(error, match=words) as raised:
        read_model(store)
    assert "\n" not in str(raised.value)


def test_a_folder_of_a_pickle_says_so() -> None:
    store = MemoryStore()
    store.put("run/last.PTH", b"")
    with pytest.raises(ConfigError, match=r"pickles such as run/last\.PTH are not read"):
        read_document(store)


@pytest.mark.parametrize("name", ["a.pt", "a/b.PTH", "pytorch_model.bin", "x.ckpt"])
def test_names_of_pickles(name: str) -> None:
    with pytest.raises(ConfigError, match="not read"):
        check_name(name)
    check_name("model.safetensors")


def test_pickles_of_every_kind_are_refused_by_their_bytes() -> None:
    zipped = io.BytesIO()
    torch.save({"a": torch.ones(2)}, zipped)
    for data in (zipped.getvalue(), *(pickle.dumps({"a": 1}, protocol) for protocol in (2, 3, 4, 5))):
        with pytest.raises(ConfigError, match="is a pickle"):
            parse_weights(data, "it")
    with pytest.raises(DataError, match="not a whole safetensors file"):
        parse_weights(pickle.dumps({"a": 1}, 0), "it")


def test_a_header_that_begins_like_a_pickle_is_none() -> None:
    header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).ljust(0x280).encode()
    data = len(header).to_bytes(8, "little") + header + bytes(4)
    assert data.startswith(b"\x80\2")
    assert torch.equal(parse_weights(data, "it")["a"], torch.zeros(1))


def test_models_below_a_folder() -> None:
    store = MemoryStore()
    for prefix in ("", "one/", "two/best/"):
        write_model(store, document(name=prefix or "top"), state(), prefix)
    store.put("odd/model.json", b"{}")
    found = {url: found.name for url, found in find_models(store)}
    assert found == {store.url: "top", f"{store.url}one": "one/", f"{store.url}two/best": "two/best/"}

"""Networks from documents, and weights that fit them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from sigh_batch.errors import ConfigError, DataError, UnknownName
from sigh_batch.models.document import Architecture, Geometry, ModelDocument
from sigh_batch.models.file import write_model
from sigh_batch.models.networks import (
    build_network,
    choose_device,
    load_pretrained,
    load_state,
    read_pretrained,
)
from sigh_batch.store import open_store

SMALL = "timm/test_resnet"


def architecture(name: str = SMALL, **options: Any) -> Architecture:
    return Architecture(name=name, options={"size": [32, 32], **options})


def test_weights_go_into_their_network_and_no_other() -> None:
    network = build_network(architecture(), 2)
    state = build_network(architecture(), 2).state_dict()
    load_state(network, state, "it")
    assert all(torch.equal(network.state_dict()[name], tensor) for name, tensor in state.items())
    some = dict(state)
    del some["fc.bias"]
    with pytest.raises(DataError, match=r"it does not fit .* lacks fc\.bias"):
        load_state(network, some, "it")
    with pytest.raises(DataError, match=r"has odd, which the network has not"):
        load_state(network, {**state, "odd": torch.ones(1)}, "it")
    with pytest.raises(DataError, match=r"has fc\.bias as \(5,\), and the network \(2,\)"):
        load_state(network, {**state, "fc.bias": torch.ones(5)}, "it")


def test_weights_for_other_classes_leave_the_head_fresh() -> None:
    state = build_network(architecture(), 10).state_dict()
    network = build_network(architecture(), 2)
    before = network.state_dict()["fc.weight"].clone()
    assert load_pretrained(network, state, "it") == ("fc.weight", "fc.bias")
    assert torch.equal(network.state_dict()["fc.weight"], before)
    assert torch.equal(network.state_dict()["conv1.0.weight"], state["conv1.0.weight"])
    deep = build_network(architecture(hidden=8, dropout=0.5), 2)
    assert all(name.startswith("fc.") for name in load_pretrained(deep, state, "it"))


def test_weights_of_another_network_are_refused() -> None:
    network = build_network(architecture(), 2)
    with pytest.raises(ConfigError, match="it is of another network"):
        load_pretrained(
            network, build_network(architecture("timm/test_vit", size=[160, 160]), 2).state_dict(), "it"
        )


def test_weights_by_url(tmp_path: Path) -> None:
    network = build_network(architecture(), 2)
    document = ModelDocument(
        name="a",
        architecture=architecture(),
        classes=("a", "b"),
        geometry=Geometry(mode="resize", height=32, width=32),
    )
    write_model(open_store(tmp_path / "m"), document, network.state_dict())
    for url in (tmp_path / "m", tmp_path / "m" / "model.safetensors"):
        assert read_pretrained(str(url)).keys() == network.state_dict().keys()
    (tmp_path / "m" / "model.json").unlink()
    assert read_pretrained(str(tmp_path / "m")).keys() == network.state_dict().keys()
    with pytest.raises(ConfigError, match=r"pickles such as model\.pth are not read"):
        read_pretrained(str(tmp_path / "model.pth"))


def test_a_deeper_head() -> None:
    network = build_network(architecture(hidden=8, dropout=0.5), 3)
    linear = [module for module in network.modules() if isinstance(module, torch.nn.Linear)]
    assert [layer.out_features for layer in linear] == [8, 3]
    assert [layer.p for layer in network.modules() if isinstance(layer, torch.nn.Dropout)] == [0.5, 0.3]
    assert network(torch.zeros(2, 3, 32, 32)).shape == (2, 3)
    with pytest.raises(ConfigError, match="does not end in a linear layer"):
        build_network(architecture("torchvision/squeezenet1_1", hidden=8), 2)


def test_names_of_documents_are_whole() -> None:
    with pytest.raises(UnknownName, match="did you mean"):
        build_network(architecture("timm/test_resne"), 2)
    with pytest.raises(ConfigError, match="does not say its library"):
        build_network(architecture("resnet18"), 2)


def test_devices() -> None:
    assert choose_device("auto").type in ("cpu", "cuda", "mps")
    assert choose_device("cpu").type == "cpu"
    with pytest.raises(ConfigError, match=r"there is no device 'cuda:99' here \(.+\); use auto"):
        choose_device("cuda:99")
    with pytest.raises(UnknownName, match="unknown device 'gpu'"):
        choose_device("gpu")

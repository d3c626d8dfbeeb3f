"""Backbones of three libraries: their names, their input, and a step of training each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from sigh_batch.errors import ConfigError, DataError, MissingLibrary, UnknownName
from sigh_batch.models.backbones import find_backbone, from_hf
from sigh_batch.models.document import Architecture
from sigh_batch.models.networks import build_network

QUICK = ("timm/test_resnet", "timm/test_convnext", "mobilenet_v3_small")
REQUIRED = (
    "resnet18",
    "resnet50",
    "vgg16",
    "efficientnet_b0",
    "vit_b_16",
    "swin_t",
    "swin_v2_t",
    "convnext_tiny",
    "googlenet",
    "timm/vit_tiny_patch16_224",
    "timm/swin_tiny_patch4_window7_224",
    "timm/swinv2_cr_tiny_ns_224",
    "hf/vit",
    "hf/swinv2",
    "hf/convnext",
)


def _learns(name: str, side: int = 64) -> None:
    """Go one step along the gradient and find the loss smaller."""
    torch.manual_seed(0)
    found = find_backbone(name)
    network = build_network(
        Architecture(name=found.name, options={**found.options, "size": [side, side]}), 3
    ).eval()
    pictures, labels = torch.randn(2, 3, side, side), torch.tensor([0, 2])
    loss = torch.nn.functional.cross_entropy(network(pictures), labels)
    loss.backward()
    size = sum(
        float(weight.grad.square().sum()) for weight in network.parameters() if weight.grad is not None
    )
    assert size > 0
    with torch.no_grad():
        for weight in network.parameters():
            if weight.grad is not None:
                weight -= 0.01 / size * weight.grad
        assert torch.nn.functional.cross_entropy(network(pictures), labels) < loss


@pytest.mark.parametrize("name", QUICK)
def test_small_backbones_learn(name: str) -> None:
    _learns(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", REQUIRED)
def test_backbones_learn(name: str) -> None:
    _learns(name)


def test_bare_names_are_looked_for_in_order() -> None:
    assert find_backbone("resnet50").name == "torchvision/resnet50"
    assert find_backbone("vit_tiny_patch16_224").name == "timm/vit_tiny_patch16_224"
    assert find_backbone("timm/resnet18.a1_in1k").name == "timm/resnet18.a1_in1k"


def test_inputs_follow_the_backbone() -> None:
    geometry = find_backbone("swin_v2_t").geometry
    assert (geometry.height, geometry.width, geometry.interpolation) == (256, 256, "bicubic")
    assert geometry.mean == (0.485, 0.456, 0.406)
    vit = find_backbone("timm/vit_tiny_patch16_224")
    assert vit.fixed
    assert vit.geometry.mean == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("resnet-50", "did you mean 'resnet50'"),
        ("timm/resnet-50", "did you mean 'timm/resnet50'"),
        ("tim/resnet50", "unknown library of backbones 'tim'; did you mean 'timm'"),
    ],
)
def test_unknown_names(name: str, words: str) -> None:
    with pytest.raises(UnknownName, match=words):
        find_backbone(name)


CONFIG: dict[str, Any] = {
    "model_type": "vit",
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_attention_heads": 2,
    "num_hidden_layers": 1,
    "image_size": 48,
    "id2label": {"0": "cat"},
}


def test_a_folder_of_transformers(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    (tmp_path / "preprocessor_config.json").write_text(
        json.dumps({"size": {"height": 32, "width": 48}, "image_mean": [0, 0, 0], "resample": 2})
    )
    found = find_backbone(f"hf/{tmp_path}")
    assert found.name == "hf/vit"
    assert (found.geometry.height, found.geometry.width) == (32, 48)
    assert found.geometry.interpolation == "bilinear"
    assert found.geometry.mean == (0, 0, 0)
    options = json.loads(json.dumps({**found.options, "size": [32, 48]}))
    network = build_network(Architecture(name=found.name, options=options), 2)
    assert network(torch.zeros(1, 3, 32, 48)).shape == (1, 2)


def test_folders_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="hf/"):
        find_backbone(f"hf/{tmp_path}")
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(DataError, match="cannot be read as JSON"):
        find_backbone(f"hf/{tmp_path}")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(ConfigError, match="no image classifier"):
        find_backbone(f"hf/{tmp_path}")


def test_without_transformers_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_hf, "find_spec", lambda name: None)
    with pytest.raises(MissingLibrary, match=r"pip install 'sigh-batch\[hf\]'"):
        find_backbone("hf/vit")
    assert find_backbone("resnet18").name == "torchvision/resnet18"
    with pytest.raises(UnknownName):
        find_backbone("nothing_like_it")

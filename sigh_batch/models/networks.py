"""From a document to a network: built by the name of its architecture, with weights that fit it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from sigh_batch.errors import ConfigError, DataError, UnknownName
from sigh_batch.models.backbones import find_backbone, libraries
from sigh_batch.models.document import Architecture
from sigh_batch.models.file import WEIGHTS_KEY, check_name, parse_weights, read_model
from sigh_batch.store import open_store

if TYPE_CHECKING:
    from sigh_batch.store.options import StoreOptions

_DEVICES = ("cpu", "cuda", "mps")
_SECOND = 0.6
"""Dropout after the further layer of a head, as a share of that before it."""
_SHOWN = 3


def build_network(architecture: Architecture, classes: int) -> nn.Module:
    """Return the network of a document with fresh weights; torch is seeded by whoever calls.

    Raises UnknownName for an architecture that no library has.
    """
    options = architecture.options
    if architecture.name == "tiles":
        from sigh_batch.models.tiles import build_tiles

        return build_tiles(options)
    library, slash, name = architecture.name.partition("/")
    if not slash or library not in libraries.names():
        find_backbone(architecture.name)
        raise ConfigError(f"architecture {architecture.name!r} does not say its library; write it in full")
    height, width = options.get("size", (224, 224))
    if "config" not in options and libraries.get(library).find(name) is None:
        find_backbone(architecture.name)
    network = libraries.get(library).build(name, classes, (height, width), options)
    hidden, dropout = options.get("hidden", 0), options.get("dropout", 0.0)
    if hidden or dropout:
        second = options.get("second_dropout", _SECOND * dropout)
        _deepen(network, hidden, (dropout, second), architecture.name)
    return network


def load_state(network: nn.Module, state: Mapping[str, Tensor], where: str) -> nn.Module:
    """Put weights into their network and return it; raises DataError where they are not its own."""
    own = network.state_dict()
    wrong = sorted(
        [f"lacks {name}" for name in own.keys() - state.keys()]
        + [f"has {name}, which the network has not" for name in state.keys() - own.keys()]
        + [
            f"has {name} as {tuple(tensor.shape)}, and the network {tuple(own[name].shape)}"
            for name, tensor in state.items()
            if name in own and own[name].shape != tensor.shape
        ]
    )
    if wrong:
        raise DataError(f"{where} does not fit the network of its model.json: it {_listed(wrong)}")
    network.load_state_dict(dict(state))
    return network


def load_pretrained(network: nn.Module, state: Mapping[str, Tensor], where: str) -> tuple[str, ...]:
    """Put the weights of a network with other classes into this one; return the tensors that stay fresh.

    Only the head may differ. Raises ConfigError where the weights are of another network.
    """
    own = network.state_dict()
    given = _renamed(state, own)
    head = _head_of(network)[0]
    fits = {name: given[name] for name in own if name in given and given[name].shape == own[name].shape}
    fresh = tuple(name for name in own if name not in fits)
    wrong = [name for name in fresh if not name.startswith(f"{head}.")]
    if wrong:
        raise ConfigError(
            f"{where} is of another network: {len(wrong):,} of {len(own):,} tensors differ "
            f"({_listed(wrong)}); name weights of this backbone"
        )
    network.load_state_dict(fits, strict=False)
    return fresh


def read_pretrained(url: str, options: StoreOptions | None = None) -> dict[str, Tensor]:
    """Return the weights at a URL: of a model of ours, of a folder with model.safetensors, or one such file.

    Raises ConfigError for a pickle, NotFound and DataError as `read_model` does.
    """
    folder, _, name = url.rpartition("/")
    check_name(name)
    if PurePosixPath(name).suffix == ".safetensors":
        store = open_store(folder or ("/" if url.startswith("/") else "."), options, create=False)
        return parse_weights(store.get(name), url)
    store = open_store(url, options, create=False)
    if store.stat("model.json") is None and store.stat(WEIGHTS_KEY) is not None:
        return parse_weights(store.get(WEIGHTS_KEY), f"{WEIGHTS_KEY} in {url}")
    return read_model(store)[1]


def choose_device(name: str) -> torch.device:
    """Return a device by name; auto takes a GPU where there is one. Raises ConfigError."""
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    if name.partition(":")[0] not in _DEVICES:
        raise UnknownName("device", name, ("auto", *_DEVICES))
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0].partition(". ")[0].rstrip(".")
        raise ConfigError(f"there is no device {name!r} here ({reason}); use auto or cpu") from error
    return device


class Head(nn.Sequential):
    """What stands in the place of a network's last layer."""


def _head_of(network: nn.Module) -> tuple[str, nn.Module]:
    """Return the last layer of a network and its path: in every library, that with the classes."""
    found = [(path, module) for path, module in network.named_modules() if isinstance(module, Head)]
    return (found or [pair for pair in network.named_modules() if _is_layer(pair[1])])[-1]


def _is_layer(module: nn.Module) -> bool:
    return not list(module.children()) and any(True for _ in module.parameters(recurse=False))


def _deepen(network: nn.Module, hidden: int, dropout: tuple[float, float], name: str) -> None:
    """Put dropout, and a further layer of `hidden` where it is not 0, before a network's last layer."""
    path, last = _head_of(network)
    if not isinstance(last, nn.Linear):
        raise ConfigError(f"{name} does not end in a linear layer; leave hidden and dropout at 0")
    first, second = dropout
    layers: list[nn.Module] = [nn.Dropout(first), last]
    if hidden:
        layers = [
            nn.Dropout(first),
            nn.Linear(last.in_features, hidden),
            nn.ReLU(),
            nn.Dropout(second),
            nn.Linear(hidden, last.out_features),
        ]
    parent, _, attribute = path.rpartition(".")
    setattr(network.get_submodule(parent), attribute, Head(*layers))


def _renamed(state: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """Return weights under the names of the network, whose library may have been wrapped."""
    if any(name in own for name in state):
        return state
    return {f"network.{name}": tensor for name, tensor in state.items()}


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")

"""Which numbers of a network are pulled towards zero, what updates them, and its state by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from sigh_batch.config.train import TrainConfig
from sigh_batch.data.sample import Json
from sigh_batch.errors import DataError
from sigh_batch.training.muon import Muon

_NEVER_PULLED = re.compile(r"(^|[._])(pos_embed|cls_token|relative_position_bias_table|logit_scale)($|[._])")


def make_optimiser(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """Return an optimiser over everything that is learned; norms, biases and scales have no weight decay."""
    pulled: list[nn.Parameter] = []
    free: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            (free if parameter.ndim <= 1 or _NEVER_PULLED.search(name) else pulled).append(parameter)
    groups: list[dict[str, Any]] = [
        {"params": pulled, "weight_decay": config.weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    if config.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=config.lr, momentum=config.momentum, nesterov=config.momentum > 0)
    if config.optimiser == "muon":
        return Muon(groups, lr=config.lr, betas=(config.momentum, config.beta2))
    return torch.optim.AdamW(groups, lr=config.lr, betas=(config.momentum, config.beta2))


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Let the next update have this learning rate."""
    for group in optimiser.param_groups:
        group["lr"] = rate


def optimiser_state(
    optimiser: torch.optim.Optimizer, model: nn.Module
) -> tuple[dict[str, torch.Tensor], Json]:
    """Return the state as tensors by `<parameter>/<what>`, and as plain values what is no tensor."""
    tensors: dict[str, torch.Tensor] = {}
    rest: Json = {}
    for name, parameter in model.named_parameters():
        for what, value in optimiser.state.get(parameter, {}).items():
            if isinstance(value, torch.Tensor):
                tensors[f"{name}/{what}"] = value
            else:
                rest[f"{name}/{what}"] = value
    return tensors, rest


def restore_optimiser(
    optimiser: torch.optim.Optimizer, model: nn.Module, tensors: Mapping[str, torch.Tensor], rest: Json
) -> None:
    """Put back what `optimiser_state` returned; raises DataError when it is of another network."""
    parameters = dict(model.named_parameters())
    state: dict[nn.Parameter, dict[str, Any]] = {}
    for key, value in [*tensors.items(), *rest.items()]:
        name, _, what = key.rpartition("/")
        if name not in parameters:
            raise DataError(f"the checkpoint has state of {name!r}, which the network lacks")
        parameter = parameters[name]
        if isinstance(value, torch.Tensor) and what != "step":
            # As the parameter lies in memory, or sums would be made in another order.
            value = torch.empty_like(parameter, dtype=value.dtype).copy_(value)
        state.setdefault(parameter, {})[what] = value
    for parameter, values in state.items():
        optimiser.state[parameter] = values

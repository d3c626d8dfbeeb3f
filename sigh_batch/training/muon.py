"""Muon: updates of a matrix that are equally long in all its directions.

The momentum of a matrix is brought near the closest orthogonal one by a few Newton-Schulz steps, so that
directions that gradients seldom have are learned as well as those that they always have. What is no matrix,
or a very thin one, is updated as AdamW does it.

K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024); the length of updates is
that of J. Liu et al., "Muon is scalable for LLM training" (2025), so that it takes AdamW's learning rates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

_THIN = 8
_STEPS = 5
_QUINTIC = (3.4445, -4.7750, 2.0315)
_LENGTH = 0.2
_EPSILON = 1e-8


class Muon(torch.optim.Optimizer):
    """Muon for matrices and the kernels of convolutions, AdamW for the rest."""

    def __init__(
        self,
        groups: Iterable[dict[str, Any]],
        *,
        lr: float,
        momentum: float = 0.95,
        betas: tuple[float, float] = (0.9, 0.99),
    ) -> None:
        super().__init__(groups, {"lr": lr, "momentum": momentum, "betas": betas, "weight_decay": 0.0})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Update everything that has a gradient; there is no closure to call again."""
        assert closure is None, "Muon looks at a gradient once"
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.mul_(1 - group["lr"] * group["weight_decay"])
                    parameter.add_(self._direction(parameter, group), alpha=-group["lr"])

    def _direction(self, parameter: nn.Parameter, group: dict[str, Any]) -> torch.Tensor:
        return (self._even if is_matrix(parameter) else self._adaptive)(parameter, group)

    def _even(self, parameter: nn.Parameter, group: dict[str, Any]) -> torch.Tensor:
        assert parameter.grad is not None
        state = self.state[parameter]
        if not state:
            state["average"] = torch.zeros_like(parameter)
        average: torch.Tensor = state["average"]
        average.lerp_(parameter.grad, 1 - group["momentum"])
        ahead = parameter.grad.lerp(average, group["momentum"]).flatten(1)
        scale = _LENGTH * math.sqrt(max(ahead.shape))
        return (orthogonal(ahead) * scale).reshape(parameter.shape)

    def _adaptive(self, parameter: nn.Parameter, group: dict[str, Any]) -> torch.Tensor:
        assert parameter.grad is not None
        state = self.state[parameter]
        betas: tuple[float, float] = group["betas"]
        first, second = betas
        if not state:
            zeros = torch.zeros_like(parameter)
            state.update(step=0, average=zeros, square=zeros.clone())
        state["step"] += 1
        times: int = state["step"]
        average: torch.Tensor = state["average"]
        square: torch.Tensor = state["square"]
        average.lerp_(parameter.grad, 1 - first)
        square.lerp_(parameter.grad.square(), 1 - second)
        spread = (square / (1 - math.pow(second, times))).sqrt_().add_(_EPSILON)
        return average / (1 - math.pow(first, times)) / spread


def is_matrix(parameter: torch.Tensor) -> bool:
    """Return whether a parameter is a matrix, or a convolution's kernels that make one, and no thin one."""
    return parameter.ndim >= 2 and min(parameter.shape[0], parameter[0].numel()) >= _THIN


def orthogonal(matrix: torch.Tensor) -> torch.Tensor:
    """Return about the closest matrix whose directions are all equally long, between 0.7 and 1.2."""
    tall = matrix.shape[0] > matrix.shape[1]
    found: torch.Tensor = matrix.T if tall else matrix
    found = found / found.norm().clamp(min=1e-7)
    linear, cubic, quintic = _QUINTIC
    for _ in range(_STEPS):
        square = found @ found.T
        found = linear * found + (cubic * square + quintic * square @ square) @ found
    return found.T if tall else found

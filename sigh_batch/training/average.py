"""Averages of weights: over the course of training, and with those that it started from."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import nn


class Average:
    """A second network whose weights follow the first one's, slowly.

    The first updates count more, or the fresh weights would stay in it for long.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.module = copy.deepcopy(model).requires_grad_(False).eval()
        self._decay = decay
        self._pairs = _pairs_of(self.module, model)

    @torch.no_grad()
    def follow(self, updates: int) -> None:
        """Move towards the weights that `updates` updates have led to."""
        decay = min(self._decay, (1 + updates) / (10 + updates))
        mine, theirs, copied = self._pairs
        torch._foreach_lerp_(mine, theirs, 1 - decay)
        for target, source in copied:
            target.copy_(source)


class Blend:
    """A network between one that has learned and the weights that it started from.

    On the way between both there often lies one that knows what each of them knew.
    """

    def __init__(self, model: nn.Module, start: Mapping[str, torch.Tensor], share: float) -> None:
        self.module = copy.deepcopy(model).requires_grad_(False).eval()
        self._start = {name: value.detach().clone() for name, value in start.items()}
        self._share = share

    @torch.no_grad()
    def gather(self, learned: nn.Module) -> None:
        """Take the place between the start and what is learned by now; what was fresh is not blended."""
        self.module.load_state_dict(learned.state_dict())
        for name, mine in self.module.state_dict().items():
            if name in self._start and mine.is_floating_point():
                mine.lerp_(self._start[name].to(mine), self._share)


_Pairs = tuple[list[torch.Tensor], list[torch.Tensor], list[tuple[torch.Tensor, torch.Tensor]]]


def _pairs_of(mine: nn.Module, theirs: nn.Module) -> _Pairs:
    """Return what is averaged, and what is copied: counts, and statistics that norms average themselves."""
    learned = [parameter.detach() for parameter in mine.parameters()]
    sources = [parameter.detach() for parameter in theirs.parameters()]
    copied = list(zip(mine.buffers(), theirs.buffers(), strict=True))
    return learned, sources, copied

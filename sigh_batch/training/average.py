"""The running average of a network's weights, which is steadier than the last weights are."""

from __future__ import annotations

import copy

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


_Pairs = tuple[list[torch.Tensor], list[torch.Tensor], list[tuple[torch.Tensor, torch.Tensor]]]


def _pairs_of(mine: nn.Module, theirs: nn.Module) -> _Pairs:
    """Return what is averaged, and what is copied: counts, and statistics that norms average themselves."""
    learned = [parameter.detach() for parameter in mine.parameters()]
    sources = [parameter.detach() for parameter in theirs.parameters()]
    copied = list(zip(mine.buffers(), theirs.buffers(), strict=True))
    return learned, sources, copied

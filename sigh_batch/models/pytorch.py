"""Scoring by torch, on the processor or a GPU."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from sigh_batch.models.layers import fold
from sigh_batch.models.scoring import Answer, Floats, Look, Pixels
from sigh_batch.models.tiles import TilesNetwork, look


def answer_by_torch(network: nn.Module, device: torch.device) -> Answer:
    """Return what computes logits in torch: all 32 bits of a number, whatever the device would save on."""
    placed = _placed(network, device)

    def answer(pictures: Tensor) -> Floats:
        with torch.inference_mode(), torch.backends.cudnn.flags(allow_tf32=False):
            inputs = pictures.to(device).contiguous(memory_format=torch.channels_last)
            logits: Floats = placed(inputs).float().cpu().numpy()
            return logits

    return answer


def look_by_torch(network: nn.Module, device: torch.device) -> Look:
    """Return what looks at a picture in torch."""
    placed = _placed(copy.deepcopy(network), device)
    assert isinstance(placed, TilesNetwork)
    fold(placed)

    def answer(pixels: Pixels) -> tuple[float, Floats, Floats]:
        with torch.backends.cudnn.flags(allow_tf32=False):
            return look(placed, pixels)

    return answer


def _placed(network: nn.Module, device: torch.device) -> nn.Module:
    return network.to(memory_format=torch.channels_last).to(device).eval()

"""Scoring by torch, on the processor or a GPU."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from sigh_batch.models.layers import fold
from sigh_batch.models.scoring import Answer, Floats, Look, Pixels
from sigh_batch.models.tiles import TilesNetwork, look


def answer_by_torch(network: nn.Module, device: torch.device, precision: str = "float32") -> Answer:
    """Return what computes logits in torch: of float32 all bits, whatever the device would save on."""
    placed, half = _placed(network, device), precision == "bfloat16"

    def answer(pictures: Tensor) -> Floats:
        with torch.inference_mode(), _computing(device, half):
            inputs = pictures.to(device).contiguous(memory_format=torch.channels_last)
            logits: Floats = placed(inputs).float().cpu().numpy()
            return logits

    return answer


def look_by_torch(network: nn.Module, device: torch.device, precision: str = "float32") -> Look:
    """Return what looks at a picture in torch."""
    placed, half = _placed(copy.deepcopy(network), device), precision == "bfloat16"
    assert isinstance(placed, TilesNetwork)
    fold(placed)

    def answer(pixels: Pixels) -> tuple[float, Floats, Floats]:
        with _computing(device, half):
            return look(placed, pixels)

    return answer


@contextmanager
def _computing(device: torch.device, half: bool) -> Iterator[None]:
    autocast = torch.autocast(device.type, torch.bfloat16, enabled=half)
    with autocast, torch.backends.cudnn.flags(allow_tf32=False):
        yield


def pool_of_cores(threads: int) -> ThreadPoolExecutor:
    """Return threads that compute with a core each: where others compute too, shared cores mostly wait."""
    return ThreadPoolExecutor(threads, "look", initializer=functools.partial(torch.set_num_threads, 1))


def _placed(network: nn.Module, device: torch.device) -> nn.Module:
    return network.to(memory_format=torch.channels_last).to(device).eval()

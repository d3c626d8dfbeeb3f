"""On what a training computes: device, numbers of the forward pass, and its place among several processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from sigh_batch.config.train import TrainConfig
from sigh_batch.errors import ConfigError
from sigh_batch.models.networks import choose_device


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The device of one training process."""

    device: torch.device
    half: torch.dtype | None = None
    """What the forward pass computes in where that is not float32."""
    channels_last: bool = False
    rank: int = 0
    ranks: int = 1

    @property
    def name(self) -> str:
        """The device and its numbers, in words."""
        kind = torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else self.device.type
        numbers = "fp32" if self.half is None else "bf16" if self.half is torch.bfloat16 else "fp16"
        return f"{self.ranks} x {kind}, {numbers}" if self.ranks > 1 else f"{kind}, {numbers}"

    def numbers(self) -> torch.autocast:
        """Return the context that the forward pass runs in."""
        return torch.autocast(self.device.type, self.half, enabled=self.half is not None)

    def take(self, batch: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Return a batch on the device."""
        return {name: tensor.to(self.device, non_blocking=True) for name, tensor in batch.items()}


def choose_machine(config: TrainConfig, rank: int = 0, ranks: int = 1) -> Machine:
    """Return the device that the settings name; raises ConfigError when it is not there."""
    device = _device_of(config)
    if str(device) == "cuda":
        device = torch.device("cuda", rank % torch.cuda.device_count())
    return Machine(
        device=device,
        half=_half_of(config.precision, device),
        channels_last=config.channels_last,
        rank=rank,
        ranks=ranks,
    )


def _device_of(config: TrainConfig) -> torch.device:
    """Return the device of the settings; auto is one of those that training is tried on, CUDA and CPU."""
    name = config.device
    return choose_device("cpu" if name == "auto" and not torch.cuda.is_available() else name)


def count_ranks(config: TrainConfig) -> int:
    """Return how many processes train together: one a visible GPU, or what the settings say."""
    device = _device_of(config)
    if device.type != "cuda":
        return config.devices or 1
    visible = torch.cuda.device_count() if str(device) == "cuda" else 1
    if config.devices and config.devices > visible:
        raise ConfigError(f"train.devices is {config.devices}, and {visible} can be seen here")
    return config.devices or visible


def _half_of(precision: str, device: torch.device) -> torch.dtype | None:
    if precision == "fp32" or (precision == "auto" and not _computes_halves(device)):
        return None
    if precision == "fp16" or (precision == "auto" and not _has_bf16(device)):
        if device.type != "cuda":
            raise ConfigError(f"train.precision is fp16, and {device} cannot train in it; use auto or bf16")
        return torch.float16
    return torch.bfloat16


def _computes_halves(device: torch.device) -> bool:
    return device.type == "cuda" or (device.type == "cpu" and _has_bf16(device))


def _has_bf16(device: torch.device) -> bool:
    """Return whether the device is made for bf16: a CPU that is not is 5 to 8 times slower in it."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device)[0] >= 8
    # torch has no public name for either question.
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()  # noqa: SLF001

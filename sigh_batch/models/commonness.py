"""How common what a pixel shows is in its own picture: in how many of its parts the same is seen.

What a program draws, it draws with few colours again and again: grounds, text and the levels between them.
What was drawn by another hand, filled, softened or resampled brings colours of its own, which are nowhere
else in the picture. Two things are counted of every pixel: its exact colour, and its pattern with the next
pixel in the row and the two below. A lossy encoder makes everything rare, and the count then says nothing.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from sigh_batch.models.layers import Convolution, make_norm
from sigh_batch.models.sights import (
    BUCKETS,
    FACTORS,
    PARTS,
    SHIFT,
    SIGHTS,
    counts_of_array,
    times_of_array,
)


def sights_of(pixels: torch.Tensor) -> torch.Tensor:
    """Return a number for what each pixel shows, its colour and its pattern: N x SIGHTS x H x W.

    `pixels` are whole numbers in 0 to 255, N x 3 x H x W. Equal sights have equal numbers, and few others.
    """
    colour = (pixels[:, 0] + 256 * pixels[:, 1] + 65536 * pixels[:, 2]).long()
    below = torch.cat([colour[:, 1:], colour[:, -1:]], 1)
    four = (colour, _next(colour), below, _next(below))
    pattern = sum(factor * neighbour for factor, neighbour in zip(FACTORS, four, strict=True))
    return torch.stack([_bucket(FACTORS[0] * colour), _bucket(torch.as_tensor(pattern))], 1)


def times_of(sights: torch.Tensor) -> torch.Tensor:
    """Return in how many parts of its picture each sight is seen, N x SIGHTS x buckets."""
    number, _, height, width = sights.shape
    sides = (torch.arange(length, device=sights.device) * PARTS // length for length in (height, width))
    rows, columns = sides
    part = (rows * PARTS)[:, None] + columns
    seen = torch.zeros(number * SIGHTS, PARTS * PARTS * BUCKETS, dtype=torch.uint8, device=sights.device)
    place = (part * BUCKETS + sights).view(number * SIGHTS, -1)
    seen = seen.scatter(1, place, torch.ones_like(place, dtype=torch.uint8))
    # Bytes are summed twenty times as fast as anything else, but not by ONNX Runtime.
    kind = torch.int32 if torch.compiler.is_exporting() else torch.uint8
    return seen.view(number, SIGHTS, PARTS * PARTS, BUCKETS).sum(2, dtype=kind)


def look_up(sights: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
    """Return in how many parts each of these sights is seen, N x SIGHTS x H x W."""
    return times.gather(2, sights.flatten(2)).view(sights.shape)


def commonness_of(pixels: torch.Tensor) -> torch.Tensor:
    """Return in how many parts of its picture what each pixel shows is seen, N x SIGHTS x H x W."""
    if pixels.device.type == "cpu" and not torch.compiler.is_exporting():
        # The same numbers in a quarter of the time.
        pictures = pixels.byte().permute(0, 2, 3, 1).numpy()
        return torch.from_numpy(
            np.stack([counts_of_array(picture, times_of_array(picture)) for picture in pictures])
        )
    sights = sights_of(pixels)
    return look_up(sights, times_of(sights))


class Commonness(nn.Module):
    """What the counts tell, as features at half the size; nothing as long as it has not learned."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.first = Convolution(SIGHTS, channels, stride=2)
        self.second = nn.Conv2d(channels, out, 3, 1, 1, bias=False)
        self.norm = make_norm(out)
        nn.init.zeros_(self.norm.weight)

    def forward(self, counts: torch.Tensor) -> torch.Tensor:
        """Return features, N x out x H / 2 x W / 2, of the counts of pixels, N x SIGHTS x H x W."""
        shown = counts.float().clamp(min=1).log2() / 3 - 1
        return torch.as_tensor(self.norm(self.second(self.first(shown))))


def _next(colour: torch.Tensor) -> torch.Tensor:
    return torch.cat([colour[..., 1:], colour[..., -1:]], -1)


def _bucket(number: torch.Tensor) -> torch.Tensor:
    return (number >> SHIFT) & (BUCKETS - 1)

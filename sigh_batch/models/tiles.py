"""The default detector: every pixel at its own size, every tile against the rest of its picture.

An encoder goes down to tiles of 16 x 16 pixels, the tiles are compared with each other over the whole
picture, and a decoder goes back up to the pixels. No picture is resized: what a forger leaves is smaller
than a pixel. The grid of tiles starts at the picture's corner as a JPEG's does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from sigh_batch.config.tiles import TilesNetworkConfig
from sigh_batch.models.commonness import Commonness, commonness_of
from sigh_batch.models.grid import AT_ONCE, STRIDE, Strip, part_of, strips_of, whole_tiles
from sigh_batch.models.layers import Convolution, Evidence, Peers, Residual, Verdict, usual
from sigh_batch.models.sights import counts_of_array, times_of_array

_START = -2.0

Features = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


class Answer(NamedTuple):
    """What the network says of a batch of pictures, as log-odds."""

    picture: torch.Tensor
    """That the picture is forged: N."""
    operations: torch.Tensor
    """That each operation was used: N x K."""
    map: torch.Tensor
    """That a pixel was changed: N x H x W."""
    tiles: torch.Tensor
    """That anything of a tile was changed: N x H / STRIDE x W / STRIDE."""


class TilesNetwork(nn.Module):
    """The network of the default detector."""

    def __init__(self, config: TilesNetworkConfig) -> None:
        super().__init__()
        self.config = config
        half, quarter, eighth, tile = config.channels
        blocks = config.blocks
        self.evidence = Evidence(config.residuals)
        self.stem = Convolution(self.evidence.channels, half, stride=2)
        self.commonness = Commonness(config.commonness, half) if config.commonness else None
        self.quarter = _stage(half, quarter, blocks[0])
        self.eighth = _stage(quarter, eighth, blocks[1])
        self.tile = _stage(eighth, tile, blocks[2])
        self.context = nn.Sequential(
            *(Peers(tile, config.kinds, config.heads) for _ in range(config.context))
        )
        self.suspicion = nn.Conv2d(tile, 1, 1)
        self.to_eighth = nn.Conv2d(tile, eighth, 1)
        self.at_eighth = Convolution(eighth, eighth)
        self.to_quarter = nn.Conv2d(eighth, quarter, 1)
        self.at_quarter = Convolution(quarter, quarter)
        self.to_half = nn.Conv2d(quarter, half, 1)
        self.pixels = nn.Conv2d(half, 4, 3, 1, 1)
        self.verdict = Verdict(tile, len(config.operations))
        nn.init.constant_(self.pixels.bias, _START)  # type: ignore[arg-type]

    def forward(self, pixels: torch.Tensor, counts: torch.Tensor | None = None, pieces: int = 1) -> Answer:
        """Return what is said of pixels in 0 to 255, N x 3 x H x W; sides are multiples of STRIDE.

        Of pieces of pictures, `counts` is how common everything is in the whole ones. Where each of the N is
        so many `pieces` of one picture beside each other, none sees across its border, and all are compared
        and judged as one picture.
        """
        if counts is None and self.commonness:
            counts = commonness_of(pixels)
        apart = counts if counts is None else _apart(counts, pieces)
        *details, tiles = self.encode(_apart(pixels, pieces), apart)
        tiles = self.context(_beside(tiles, pieces))
        changed = self.decode(_apart(tiles, pieces), details)
        return self.conclude(tiles, _beside(changed, pieces))

    def encode(self, pixels: torch.Tensor, counts: torch.Tensor | None) -> Features:
        """Return features at a half, a quarter, an eighth and a sixteenth of the size."""
        half = self.stem(self.evidence(pixels))
        if self.commonness:
            assert counts is not None
            half = functional.relu(half + self.commonness(counts))
        quarter = self.quarter(half)
        eighth = self.eighth(quarter)
        return half, quarter, eighth, self.tile(eighth)

    def decode(self, tiles: torch.Tensor, details: list[torch.Tensor]) -> torch.Tensor:
        """Return the log-odds of every pixel, N x 1 x H x W, from compared tiles and what lies below them."""
        half, quarter, eighth = details
        eighth = self.at_eighth(functional.relu_(eighth + _doubled(self.to_eighth(tiles))))
        quarter = self.at_quarter(functional.relu_(quarter + _doubled(self.to_quarter(eighth))))
        half = functional.relu_(half + _doubled(self.to_half(quarter)))
        return functional.pixel_shuffle(self.pixels(half), 2)

    def conclude(self, tiles: torch.Tensor, changed: torch.Tensor) -> Answer:
        """Return what is said of pictures by their compared tiles and the log-odds of their pixels.

        A small crop can be told to be forged as a whole, by how much of it is; a picture of which a
        thousandth is forged cannot. What all tiles share is therefore left out of what is said of them.
        """
        suspicion = self.suspicion(tiles)
        assert self.suspicion.bias is not None
        assert self.pixels.bias is not None
        suspicion = suspicion - usual(suspicion) + self.suspicion.bias
        changed = changed - usual(functional.avg_pool2d(changed, STRIDE)) + self.pixels.bias.mean()
        peaks = functional.max_pool2d(changed, STRIDE)
        picture, operations = self.verdict(tiles, suspicion, peaks)
        return Answer(picture, operations, changed.squeeze(1), suspicion.squeeze(1))


def build_tiles(options: Mapping[str, Any]) -> TilesNetwork:
    """Return the network with fresh weights; `options` are the fields of TilesNetworkConfig."""
    return TilesNetwork(TilesNetworkConfig.model_validate(dict(options)))


def look(
    network: TilesNetwork, pixels: NDArray[np.uint8], at_once: int = AT_ONCE
) -> tuple[float, NDArray[np.float32], NDArray[np.float32]]:
    """Return the log-odds of a picture, of each operation, and of each pixel (height x width).

    `pixels` are height x width x 3, RGB, of any size. Large pictures go through in strips, so that memory
    is bounded; what comes out is the same.
    """
    height, width = pixels.shape[:2]
    whole = whole_tiles(pixels)
    with torch.inference_mode():
        if height * width <= at_once:
            answer = network(_tensor(network, whole))
        else:
            answer = _look_in_strips(network, whole, at_once)
    changed = answer.map[0, :height, :width].float().cpu().numpy()
    return float(answer.picture[0]), answer.operations[0].float().cpu().numpy(), changed


def _look_in_strips(network: TilesNetwork, picture: NDArray[np.uint8], at_once: int) -> Answer:
    """Return what forward returns, of one picture: down in strips for the tiles, and again for the map."""
    axis = 2 if picture.shape[0] >= picture.shape[1] else 3
    strips = list(strips_of(picture.shape[axis - 2], picture.shape[3 - axis], at_once))
    times = times_of_array(picture) if network.commonness else None

    def encode(strip: Strip) -> Features:
        pixels = picture[strip.taken] if axis == 2 else picture[:, strip.taken]
        counts = None
        if times is not None:
            counts = torch.from_numpy(counts_of_array(pixels, times))[None].to(_device_of(network))
        return network.encode(_tensor(network, pixels), counts)

    tiles = torch.cat([part_of(encode(strip)[-1], axis, strip.inner, STRIDE) for strip in strips], axis)
    tiles = network.context(tiles)
    maps = []
    for strip in strips:
        *details, _ = encode(strip)
        changed = network.decode(part_of(tiles, axis, strip.taken, STRIDE), details)
        maps.append(part_of(changed, axis, strip.inner))
    return network.conclude(tiles, torch.cat(maps, axis))


def _tensor(network: TilesNetwork, pixels: NDArray[np.uint8]) -> torch.Tensor:
    return torch.from_numpy(pixels).to(_device_of(network)).permute(2, 0, 1).unsqueeze(0).float()


def _device_of(network: TilesNetwork) -> torch.device:
    return next(network.parameters()).device


def _stage(channels: int, out: int, blocks: int) -> nn.Sequential:
    return nn.Sequential(Convolution(channels, out, stride=2), *(Residual(out) for _ in range(blocks)))


def _apart(features: torch.Tensor, pieces: int) -> torch.Tensor:
    """Return one by one, (N * pieces) x C x H x W, what stands side by side, N x C x H x (pieces * W)."""
    if pieces == 1:
        return features
    number, channels, height, width = features.shape
    parts = features.view(number, channels, height, pieces, width // pieces).permute(0, 3, 1, 2, 4)
    return parts.flatten(0, 1).contiguous(memory_format=torch.channels_last)


def _beside(features: torch.Tensor, pieces: int) -> torch.Tensor:
    """Return what `_apart` took apart as it was."""
    if pieces == 1:
        return features
    number, channels, height, width = features.shape
    parts = features.reshape(number // pieces, pieces, channels, height, width).permute(0, 2, 3, 1, 4)
    return parts.flatten(3)


def _doubled(features: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(features, scale_factor=2.0, mode="nearest")

"""A picture becomes a network's input: the same way in training, scoring and export."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from sigh_batch.models.document import Geometry

_GREY = (0.299, 0.587, 0.114)


def to_tensor(pixels: NDArray[np.uint8]) -> Tensor:
    """Return a picture, height x width x 3, as 3 x height x width; in memory its channels stay together."""
    # A read-only array would be a tensor that only warns when it is written to.
    return torch.from_numpy(pixels if pixels.flags.writeable else pixels.copy()).permute(2, 0, 1)


def squeezed(picture: Tensor, height: int, width: int, interpolation: str) -> Tensor:
    """Return a picture of bytes at another size, each pixel the mean of what it covers."""
    if picture.shape[1:] == (height, width):
        return picture
    found: Tensor = functional.interpolate(
        picture[None], (height, width), mode=interpolation, align_corners=False, antialias=True
    )
    return found[0]


def fitted(picture: Tensor, geometry: Geometry) -> Tensor:
    """Return a picture of bytes at the size of a network's input; as it is where the network reads any."""
    if geometry.height is None or geometry.width is None:
        return picture
    height, width = round(geometry.height / geometry.crop), round(geometry.width / geometry.crop)
    whole = squeezed(picture, height, width, geometry.interpolation)
    top, left = (height - geometry.height) // 2, (width - geometry.width) // 2
    return whole[:, top : top + geometry.height, left : left + geometry.width]


def greyed(picture: Tensor) -> Tensor:
    """Return a picture of bytes without its colours, in three equal channels."""
    weights = torch.tensor(_GREY).view(3, 1, 1)
    return (picture * weights).sum(0, keepdim=True).round().to(torch.uint8).expand(3, -1, -1)


def normalised(pictures: Tensor, geometry: Geometry) -> Tensor:
    """Return a batch of bytes, N x 3 x H x W, as the numbers that a network was made for."""
    mean = torch.tensor(geometry.mean, device=pictures.device).view(1, 3, 1, 1)
    std = torch.tensor(geometry.std, device=pictures.device).view(1, 3, 1, 1)
    return (pictures.float() / 255 - mean) / std


def inputs_of(pictures: Sequence[NDArray[np.uint8]], geometry: Geometry, grey: bool = False) -> Tensor:
    """Return pictures of any sizes as one batch of bytes of the network's size."""
    fit = [fitted(to_tensor(pixels), geometry) for pixels in pictures]
    return torch.stack([greyed(picture) if grey else picture for picture in fit])

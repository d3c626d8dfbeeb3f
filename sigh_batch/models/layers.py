"""What the default detector is built of: the evidence it reads, convolutions, and the comparison of tiles."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

_STRONGEST = (1, 4, 16, 64)
"""Of so many of the most suspect tiles a picture is judged by the mean."""


class Evidence(nn.Module):
    """Pixels, and beside them the small steps to the next pixel in the row and below.

    A screenshot's grounds are exactly flat and its edges are hard: what a hand leaves behind are steps of a
    few levels. Those of `limit` levels are shown most; at four times that they are the edges that everything
    has, and are not shown at all.
    """

    def __init__(self, limit: float) -> None:
        super().__init__()
        self.channels = 9 if limit else 3
        # One convolution makes them all: it is several times faster than slices beside each other.
        weight = torch.zeros(self.channels, 3, 3, 3)
        for colour in range(3):
            weight[colour, colour, 1, 1] = 1 / 127.5
            if limit:
                weight[colour + 3, colour, 1, 1:] = weight[colour + 6, colour, 1:, 1] = (
                    torch.tensor([1, -1]) / limit
                )
        self.weight = nn.Buffer(weight, persistent=False)
        self.bias = nn.Buffer(torch.tensor([-1.0] * 3 + [0.0] * (self.channels - 3)), persistent=False)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return the evidence of pixels in 0 to 255, N x 3 x H x W, in -1 to 1."""
        with torch.autocast(pixels.device.type, enabled=False):
            shown = functional.conv2d(pixels, self.weight, self.bias, padding=1)
            # As it is up to 1, from there straight down to nothing at 4; colours never pass 1.
            return (functional.hardtanh(shown) - functional.hardtanh(shown / 4)) * (4 / 3)


def settle(network: nn.Module) -> None:
    """Let norms go by what they have seen so far, and not by the batch at hand."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


def fold(network: nn.Module) -> None:
    """Put norms into the convolutions before them, where they cost nothing; it cannot learn any more."""
    network.eval()
    for module in network.modules():
        last: nn.Module | None = None
        for name, part in module.named_children():
            if isinstance(part, nn.BatchNorm2d) and isinstance(last, nn.Conv2d):
                _fold_into(last, part)
                setattr(module, name, nn.Identity())
            last = part


@torch.no_grad()
def _fold_into(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    convolution.weight.mul_(scale[:, None, None, None])
    convolution.bias = nn.Parameter(norm.bias - norm.running_mean * scale)


def make_norm(channels: int) -> nn.BatchNorm2d:
    """Return a norm that remembers some hundred batches: few crops make a batch."""
    return nn.BatchNorm2d(channels, momentum=0.02)


class Convolution(nn.Sequential):
    """A 3 x 3 convolution with its norm and its threshold."""

    def __init__(self, channels: int, out: int, *, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(channels, out, 3, stride, 1, bias=False), make_norm(out), nn.ReLU(inplace=True)
        )


class Residual(nn.Module):
    """Two convolutions beside a straight way."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = Convolution(channels, channels)
        self.second = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm = make_norm(channels)
        nn.init.zeros_(self.norm.weight)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return features of the same shape."""
        return functional.relu_(inputs + self.norm(self.second(self.first(inputs))))


class Peers(nn.Module):
    """Compares every tile with the tiles of the same picture that are of its kind.

    Tiles are sorted softly into kinds; a tile is told what is usual among its peers and by how much it
    departs from that, measured by how much they vary. The cost grows with the number of tiles alone.
    """

    def __init__(self, channels: int, kinds: int, heads: int) -> None:
        super().__init__()
        self._shape = (heads, kinds, channels // heads)
        self.kind = nn.Conv2d(channels, heads * kinds, 1)
        self.value = nn.Conv2d(channels, channels, 1)
        self.told = nn.Sequential(
            nn.Conv2d(2 * channels, channels, 1, bias=False),
            make_norm(channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 1, bias=False),
            make_norm(channels),
        )

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return features of the same shape, N x C x H x W."""
        heads, kinds, depth = self._shape
        number, _, height, width = inputs.shape
        with torch.autocast(inputs.device.type, enabled=False):
            plain = inputs.float()
            share = self.kind(plain).view(number, heads, kinds, -1).softmax(2)
            value = self.value(plain).view(number, heads, depth, -1)
            weight = (share / (share.sum(-1, keepdim=True) + 1e-3)).transpose(2, 3)
            usual = value @ weight
            spread = (value.square() @ weight - usual.square()).clamp(min=0)
            expected = usual @ share
            departure = (value - expected) * torch.rsqrt(spread @ share + 0.1)
            heard = torch.cat([expected, departure], 2).view(number, -1, height, width)
        return functional.relu_(inputs + self.told(heard))


def usual(said: torch.Tensor) -> torch.Tensor:
    """Return what is usual among the tiles of each picture, N x 1 x H x W: the mean of their middle half."""
    ranked = said.flatten(1).sort(1).values
    aside = ranked.shape[1] // 4
    return ranked[:, aside : ranked.shape[1] - aside].mean(1)[:, None, None, None]


class Verdict(nn.Module):
    """What is said of the whole picture: by its strongest evidence that it is forged, and by its tiles how.

    The strongest tiles say less than all features could, and they say the same of pictures that look like
    nothing that was learned from. Of more tiles the strongest are stronger, in honest pictures too, so that
    the number of tiles is told beside them.
    """

    def __init__(self, channels: int, operations: int, looks: int = 4) -> None:
        super().__init__()
        self.tile = nn.Conv2d(channels + 2, channels, 1)
        self.looks = nn.Conv2d(channels, looks, 1)
        self.operations = nn.Sequential(
            nn.Linear(looks * channels, channels), nn.ReLU(inplace=True), nn.Linear(channels, operations)
        )
        self.picture = nn.Linear(2 * len(_STRONGEST), 1)
        nn.init.constant_(self.picture.weight, 0.5 / len(_STRONGEST))
        self.size = nn.Linear(1, 1, bias=False)
        nn.init.zeros_(self.size.weight)

    def forward(
        self, tiles: torch.Tensor, suspicion: torch.Tensor, peaks: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the picture's log-odds (N) and its operations' (N x K).

        `suspicion` is the log-odds of every tile, `peaks` the largest of its pixels, both N x 1 x H x W.
        """
        with torch.autocast(tiles.device.type, enabled=False):
            hints = torch.cat([suspicion, peaks], 1).float().clamp(-12, 12)
            seen = functional.relu(self.tile(torch.cat([tiles.float(), hints], 1)))
            weight = self.looks(seen).flatten(2).softmax(-1)
            found = (weight @ seen.flatten(2).transpose(1, 2)).flatten(1)
            ranked = hints.flatten(2).sort(2, descending=True).values
            picture = self.picture(_strongest(ranked)) + self.size(_size(ranked))
            return picture[:, 0], self.operations(found)


def _size(ranked: torch.Tensor) -> torch.Tensor:
    """Return how many tiles there are, 1 x 1, in steps of two doublings from 4,096 on."""
    return (torch.ones_like(ranked[:1, :1]).sum(2).log2() - 12) / 2


def _strongest(ranked: torch.Tensor) -> torch.Tensor:
    """Return the means of the first few of each row, N x rows x tiles; of all where there are fewer."""
    place = torch.arange(ranked.shape[2], device=ranked.device)
    # Not by slices: the number of tiles, which an export leaves open, may be less than they want.
    chosen = [(place < count).float() for count in _STRONGEST]
    return torch.cat([(ranked * share).sum(2) / share.sum() for share in chosen], 1)

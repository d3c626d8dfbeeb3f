"""The default detector: how large its network is and what it is shown in training."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sigh_batch.config.base import Config, Weights

OPERATIONS = (
    "avatar_swap",
    "blur",
    "copy_move",
    "cover",
    "erase",
    "glyph_damage",
    "inpaint",
    "message_delete",
    "message_insert",
    "message_reorder",
    "name_edit",
    "rerender",
    "resample",
    "splice",
    "text_replace",
    "time_edit",
)
"""Operations on finished pictures, in the order of the network's outputs."""

Channels = Annotated[int, Field(ge=4, le=512, multiple_of=4)]
Weight = Annotated[float, Field(ge=0)]
Blocks = Annotated[int, Field(ge=0, le=16)]


class TilesNetworkConfig(Config):
    """The shape of the network; what model.json says of it."""

    channels: tuple[Channels, Channels, Channels, Channels] = (24, 40, 64, 112)
    """Channels at a half, a quarter, an eighth and a sixteenth of the picture's size."""
    blocks: tuple[Blocks, Blocks, Blocks] = (1, 1, 2)
    """Residual blocks at a quarter, an eighth and a sixteenth."""
    residuals: Annotated[float, Field(ge=0, le=255)] = 2.0
    """Steps between pixels are shown beside the pixels, those of so many levels most; 0 shows none."""
    commonness: Annotated[int, Field(ge=0, le=512)] = 16
    """Channels for how common every colour and pattern is in its own picture; 0 leaves that away."""
    context: Blocks = 2
    """How often every tile is compared with the others of the picture that are of its kind."""
    kinds: Annotated[int, Field(ge=1, le=256)] = 16
    """Into how many kinds tiles are sorted for that."""
    heads: Annotated[int, Field(ge=1, le=16)] = 4
    """How many ways of sorting there are at once."""
    operations: Annotated[tuple[str, ...], Field(min_length=1)] = OPERATIONS
    """Operations that it tells apart."""


class TilesConfig(Config):
    """The default detector: its network, and what it is shown in training."""

    network: TilesNetworkConfig = TilesNetworkConfig()
    """The shape of the network."""
    crops: Weights = Field(default={"256": 3.0, "320": 1.0})
    """Sides of the crops it learns from, by weight, one a batch; `whole` is all of a picture."""
    late_crops: Weights = Field(default={"512": 2.0, "768": 1.0})
    """The same for the end of training, when it learns to judge whole pictures and norms stand still."""
    late: Annotated[float, Field(ge=0, le=1)] = 0.25
    """Which share of the steps is the end."""
    learns: Literal["all", "verdict"] = "all"
    """What learns: all of it, or only what judges whole pictures by the evidence that the rest has found."""
    easy: tuple[Annotated[float, Field(ge=0, le=1)], ...] = (1.0, 0.6)
    """Share of pairs in the first epochs that come from pictures that were never compressed or degraded."""
    retouched: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Share of the others, before the end, whose forgery is made of the clean twin and says the same as it;
    of the easy ones nearly all."""
    fresh: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of pairs that are made on the spot, as `sigh generate` and `sigh distort` do by the sections
    `generate` and `distort` of these settings, without what the set holds out; the others are of the set."""
    honest: str | None = None
    """URL of a folder of pictures that are known to be honest, of any kind and from anywhere: pieces of them
    are drawn in another way, too, so that what is usual in them is learned to be so."""
    honest_share: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Share of pairs that are made of them, where there are any; in the end, too."""
    disguised: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Share of pairs that are shown mirrored, inverted or with their colours exchanged."""
    pixels: Annotated[int, Field(ge=4096)] = 786_432
    """Pixels in a batch, of one collage at least: small crops come in larger numbers."""
    together: Annotated[int, Field(ge=1, le=64)] = 8
    """Batches that are cut of the same pairs: to decode a picture costs as much as to learn from crops."""
    pieces: Annotated[int, Field(ge=1, le=256)] = 16
    """Crops of a pair, dealt over those batches."""
    collage: Annotated[int, Field(ge=1, le=64)] = 1
    """Crops of a picture that are compared with each other and judged together, as if they were all of it."""
    changed: Annotated[float, Field(ge=0, le=1)] = 0.9
    """Share of crops that are laid over a changed place; of the others see `busy`."""
    busy: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of the others that are laid over a place with something to be seen; the rest lie anywhere."""
    paired: bool = True
    """Show every crop of a forged picture beside the same crop of its clean twin."""
    validation: Annotated[int, Field(ge=1)] = 60
    """Pairs of whole pictures that are looked at after an epoch."""
    picture_weight: Weight = 0.5
    """Weight of the loss of the verdict on a whole crop."""
    map_weight: Weight = 1.0
    """Weight of the loss of pixels."""
    tile_weight: Weight = 1.0
    """Weight of the loss of tiles."""
    dice_weight: Weight = 0.5
    """Weight of how little the map and what was changed overlap."""
    operation_weight: Weight = 0.5
    """Weight of the operations' loss."""

    @model_validator(mode="after")
    def _check_collage(self) -> TilesConfig:
        if self.pieces % self.collage:
            raise ValueError(
                f"collage is {self.collage} and pieces {self.pieces}: crops of a pair make whole collages; "
                f"give pieces {-(-self.pieces // self.collage) * self.collage}"
            )
        return self

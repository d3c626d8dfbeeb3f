"""Any classification network: how it is built, what it is shown, and which classes it learns."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from sigh_batch.config.base import Config, Weights
from sigh_batch.config.generate import Share, SplitsConfig
from sigh_batch.errors import UnknownName

AUGMENTATIONS = ("none", "seed0", "seed1", "seed2", "autoaugment", "ood6", "screenshot")
"""Ways in which a picture is changed before it is learned from."""

Side = Annotated[int, Field(ge=16, le=4096)]


class BackboneConfig(Config):
    """How a network of torchvision, timm or transformers learns classes."""

    weights: str | None = None
    """Where its weights come from: the URL of a safetensors file, or of a folder with model.safetensors, of
    this backbone with any classes; null begins with random ones."""
    size: Side | tuple[Side, Side] | None = None
    """Side, or height and width, of its input; null is what it was published with."""
    crop: Annotated[float, Field(gt=0.1, le=1)] = 1.0
    """Share of a picture's sides that it is shown when it is not learning; 1 shows all, so that nothing at a
    border is missed."""
    grayscale: bool = False
    """Show it pictures without their colours."""
    hidden: Annotated[int, Field(ge=0, le=65536)] = 0
    """Width of a further layer before the classes; 0 has none."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of the features that are left out at random before the last layer, or before the further one."""
    second_dropout: Annotated[float | None, Field(ge=0, lt=1)] = None
    """The same between the further layer and the last one; null is 0.6 of dropout."""
    augment: Weights = Field(default={"none": 1.0})
    """How pictures are changed before they are learned from, by weight: none, seed0, seed1, seed2,
    autoaugment, ood6 or screenshot. A weight for none leaves that share as it is."""
    label: str = "label"
    """Column of a set's manifest that names the class."""
    classes: tuple[str, ...] | None = None
    """Which classes there are, in the order of the outputs; null takes those of the data, by name, and puts
    last what forged pictures are usually called."""
    splits: SplitsConfig = SplitsConfig()
    """How a folder is divided that has no train and test folders."""
    grouping: Literal["content", "file", "folder"] = "content"
    """What never falls into different splits: files of equal bytes, of equal name without ending, or all in
    one folder."""
    balance: Literal["none", "loss", "sampling"] = "none"
    """What makes rare classes count as much as frequent ones: nothing, weights in the loss, or that they are
    shown more often."""
    max_pixels: Annotated[int, Field(ge=1024)] = 64_000_000
    """A picture of more pixels is taken for unreadable."""
    max_unreadable: Share = 0.02
    """Largest share of unreadable pictures; others are shown in their place, and more of them end the run."""

    @field_validator("augment")
    @classmethod
    def _check_augment(cls, value: dict[str, float]) -> dict[str, float]:
        for name in value:
            if name not in AUGMENTATIONS:
                raise ValueError(str(UnknownName("augmentation", name, AUGMENTATIONS)))
        return value

    @field_validator("classes")
    @classmethod
    def _check_classes(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if value is not None and (len(value) < 2 or len(set(value)) < len(value)):
            raise ValueError("name at least two classes, each once")
        return value

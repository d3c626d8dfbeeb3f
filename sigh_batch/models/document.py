"""What stands beside the weights of a model: all that is needed to build it and to read its answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from sigh_batch.config.base import Config

SCHEMA_VERSION = 1


class Architecture(Config):
    """Which network it is."""

    name: str
    """`tiles`, or a backbone such as `torchvision/resnet50`, `timm/vit_base_patch16_224`, `hf/...`."""
    options: dict[str, Any] = Field(default={})
    """What the network is built with."""


class Geometry(Config):
    """How a picture becomes the network's input."""

    mode: Literal["native", "resize"]
    """native reads every pixel as it is; resize squeezes the picture into `size`."""
    height: int | None = None
    """Height of the input; null of native."""
    width: int | None = None
    """Width of the input; null of native."""
    interpolation: Literal["bilinear", "bicubic"] = "bilinear"
    """How a picture is made smaller."""
    crop: float = 1.0
    """Share of the resized picture's sides that its centre crop keeps."""
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    """Taken from each channel of a picture in 0 to 1."""
    std: tuple[float, float, float] = (0.5, 0.5, 0.5)
    """By which each channel is then divided."""


class Calibration(Config):
    """Straight lines over log-odds, fitted on pictures that training never saw."""

    id: str
    """Hash of the numbers below, so that rows can name the calibration they were made with."""
    scale: float
    """probability = sigmoid(scale * logit + shift)."""
    shift: float
    """See scale."""
    map_scale: float = 1.0
    """The same for the log-odds of single pixels."""
    map_shift: float = 0.0
    """See map_scale."""
    split: str
    """Split that it was fitted on."""
    pictures: int
    """How many pictures that were."""
    metrics: dict[str, float] = Field(default={})
    """How well those were told apart; by them no weights were chosen."""


class Thresholds(Config):
    """Where a calibrated probability becomes a verdict."""

    low: float
    """Below it a picture is clean; between both it is uncertain."""
    high: float
    """From here on a picture is flagged."""
    at_fpr: dict[str, float]
    """Threshold by the false-positive rate it has on the calibration split: 0.001, 0.01, 0.05."""
    pixel: float = 0.5
    """From here on a pixel counts as changed."""
    clean: int = 0
    """How many clean pictures they were taken from."""
    extrapolated: tuple[str, ...] = ()
    """Rates that so few cannot state: their thresholds are where the highest scores seem to lead."""


class Weights(Config):
    """The file of weights that belongs to this document."""

    sha256: str
    """Hash of model.safetensors."""
    bytes: int
    """Its size."""
    parameters: int
    """How many numbers are learned."""


class ModelDocument(Config):
    """model.json: everything about a model but its weights."""

    schema_version: Annotated[int, Field(alias="schema")] = SCHEMA_VERSION
    """Version of this document's shape."""
    name: str
    """What people call it."""
    architecture: Architecture
    """Which network it is."""
    classes: tuple[str, ...]
    """Names of its classes, in the order of its outputs; the last of two is the positive one."""
    operations: tuple[str, ...] = ()
    """Names of the operations it tells apart, in the order of its outputs."""
    geometry: Geometry
    """How a picture becomes its input."""
    calibration: Calibration | None = None
    """How log-odds become probabilities; null leaves them as they are."""
    thresholds: Thresholds | None = None
    """Where verdicts begin; null of a model that was never calibrated."""
    data: dict[str, Any] = Field(default={})
    """What it was trained on: identity of the set, counts."""
    training: dict[str, Any] = Field(default={})
    """The resolved settings of its training."""
    versions: dict[str, str] = Field(default={})
    """Versions of the code and libraries that trained it."""
    metrics: dict[str, float] = Field(default={})
    """What it reached on its validation split, on the pictures by which the best weights were chosen."""
    weights: Weights | None = None
    """The file of weights; null only before it is written."""

    @property
    def known(self) -> dict[str, float]:
        """What is known of how well it does: what calibration measured goes before what chose its weights."""
        return {**self.metrics, **(self.calibration.metrics if self.calibration else {})}

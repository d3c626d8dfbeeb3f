"""What `sigh evaluate` measures, and what is asked of a model."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from sigh_batch.config.base import Config

HOW = frozenset({"models", "device", "backend", "batch", "together"})
"""Settings that say how an evaluation is carried out; models count by the hash of their weights."""

Rate = Annotated[float, Field(gt=0, lt=1)]


class CurveConfig(Config):
    """One curve of the sweep: a degradation at several strengths, done to both of every pair."""

    operation: str
    """Name of a degradation."""
    levels: tuple[float, ...] = ()
    """Its strengths, from harmless to harsh; none takes those that it has itself."""
    params: dict[str, Any] = Field(default={})
    """Parameters that differ from those of a level, such as another encoder or filter."""
    vary: str | None = None
    """Parameter that takes each of `choices`, at the one level; null varies the level."""
    choices: tuple[str, ...] = ()
    """Its values."""


class TargetConfig(Config):
    """What is asked of a model."""

    name: str
    """In words."""
    metric: str
    """Which number: `auc` of all pictures, `jpeg/65/auc` of a point of a curve, or
    `slices/benign/any/alarm_ratio` of a slice."""
    at_least: float | None = None
    """The smallest value that is good enough."""
    at_most: float | None = None
    """The largest."""


class UnseenConfig(Config):
    """What the model never saw in training, beside what the set itself holds out."""

    operations: tuple[str, ...] = ()
    """Operations, by name."""
    chains: tuple[str, ...] = ()
    """Kinds of tools."""
    skills: tuple[str, ...] = ()
    """Skills of forgers."""
    skins: tuple[str, ...] = ()
    """Looks."""
    fonts: tuple[str, ...] = ()
    """Font families."""
    locales: tuple[str, ...] = ()
    """Languages and regions."""


_QUALITIES = (100, 90, 80, 70, 65, 60, 50, 40, 30)
_JPEG = (95, 80, 65, 50)
_FACTORS = (2.0, 1.5, 0.75, 0.5, 0.25)
_OTHER_FACTORS = (1.5, 0.75, 0.5)
_TABLES = ("annex_k", "annex_k_luma", "capped", "flat", "mpeg_intra", "softened", "visibility")


def _jpeg(encoder: str, subsampling: str) -> CurveConfig:
    return CurveConfig(
        operation="jpeg", levels=_JPEG, params={"encoder": encoder, "subsampling": subsampling}
    )


def _resize(name: str) -> CurveConfig:
    return CurveConfig(operation="resize", levels=_OTHER_FACTORS, params={"filter": name})


SWEEP = {
    "jpeg": CurveConfig(operation="jpeg", levels=_QUALITIES),
    "jpeg 4:4:4": _jpeg("simplejpeg", "4:4:4"),
    "jpeg by opencv": _jpeg("opencv", "4:2:0"),
    "jpeg 4:4:4 by opencv": _jpeg("opencv", "4:4:4"),
    "jpeg tables": CurveConfig(
        operation="jpeg", levels=(75,), params={"encoder": "pillow"}, vary="tables", choices=_TABLES
    ),
    "double jpeg, aligned": CurveConfig(operation="double_jpeg", levels=_JPEG, params={"shift": [0, 0]}),
    "double jpeg, shifted": CurveConfig(operation="double_jpeg", levels=_JPEG, params={"shift": [3, 5]}),
    "webp": CurveConfig(operation="webp", levels=(100, 90, 75, 50, 30)),
    "blur": CurveConfig(operation="blur", levels=(0.5, 1, 2, 4)),
    "noise": CurveConfig(operation="noise", levels=(1, 2, 4, 8, 16)),
    "resize": CurveConfig(operation="resize", levels=_FACTORS),
    "resize, nearest": _resize("nearest"),
    "resize, bicubic": _resize("bicubic"),
    "resize, lanczos": _resize("lanczos"),
    "crop off the grid": CurveConfig(operation="grid_crop", levels=(1, 4, 7)),
    "re-screenshot": CurveConfig(operation="rescreenshot", levels=(2.0, 1.25, 1.1, 0.9, 0.75, 0.5)),
    "messenger": CurveConfig(operation="messenger", levels=(2560, 1600, 1280, 800)),
    "screen photo": CurveConfig(operation="screen_photo", levels=(0.2, 0.6, 1.0)),
}
"""What pictures go through on their way to those who ask whether they are real."""

TARGETS = (
    TargetConfig(name="AUC", metric="auc", at_least=0.99),
    TargetConfig(name="TPR at 1 % FPR", metric="tpr_at_fpr_0.01", at_least=0.9),
    TargetConfig(name="Pixel F1 at the calibrated threshold", metric="pixel_f1_calibrated", at_least=0.8),
    TargetConfig(name="AUC after JPEG 65", metric="jpeg/65/auc", at_least=0.9),
    TargetConfig(name="AUC after WebP 75", metric="webp/75/auc", at_least=0.9),
    TargetConfig(name="AUC after resizing by 0.5", metric="resize/0.5/auc", at_least=0.9),
    TargetConfig(name="ECE", metric="ece", at_most=0.03),
    TargetConfig(
        name="False alarms on honest edits over the nominal rate",
        metric="slices/benign/any/alarm_ratio",
        at_most=2.0,
    ),
)
"""What a model is to reach on looks, fonts and words that it never saw."""


class EvaluateConfig(Config):
    """What is measured of models, over which pictures."""

    models: tuple[str, ...] = ()
    """URLs of the models; without any, the model that comes with the package.

    The first is the one in question, and the others are what it is compared with.
    """
    split: str | None = None
    """Which split is scored; `all` scores every picture.

    null is test. Of a folder that none of the models was trained on, it is every picture.
    """
    positive: str | None = None
    """Class folder that counts as the last class of models of two classes; null takes folders by name."""
    pictures: Annotated[int | None, Field(ge=2)] = None
    """Largest number of pictures, in whole groups spread evenly over the split; null takes all."""

    rates: tuple[Rate, ...] = (0.01, 0.001)
    """False-positive rates at which the share of forged pictures that are found is told."""
    nominal: Rate = 0.01
    """Rate of the calibrated threshold that false alarms on honest edits are compared with."""
    bins: Annotated[int, Field(ge=2, le=100)] = 15
    """Bars of the reliability diagram and bins of the calibration error."""
    resamples: Annotated[int, Field(ge=20)] = 1000
    """Draws of the groups for each 95 % interval."""
    least: Annotated[int, Field(ge=1)] = 10
    """Smallest number of pictures that is a slice."""

    sweep_pairs: Annotated[int, Field(ge=0)] = 100
    """Whole pairs that go through every degradation, those that none has befallen yet before others; 0 for
    no sweep."""
    sweep: dict[str, CurveConfig] = Field(default=SWEEP)
    """The curves by name."""
    curves: tuple[str, ...] | None = None
    """Which of them are measured; null measures all."""
    sweep_pixels: Annotated[int, Field(ge=1)] = 8_000_000
    """A pair is left out of a point that would make its pictures larger than this."""
    min_pixels: Annotated[int, Field(ge=1)] = 24
    """A pair is left out of a point that leaves fewer forged pixels."""

    examples: Annotated[int, Field(ge=0, le=3000)] = 90
    """Pictures whose tamper map and true mask are kept for the report; 0 keeps none.

    A third are the forged ones that the first model missed most, a third its worst false alarms, and the
    rest are drawn by chance.
    """

    unseen: UnseenConfig = UnseenConfig()
    """What becomes slices of its own: what training never saw."""
    targets: tuple[TargetConfig, ...] = TARGETS
    """What is asked of the first model."""

    device: str = "auto"
    """Where to compute: auto, cpu, cuda, cuda:1, mps."""
    backend: Literal["auto", "torch", "onnx"] = "auto"
    """What computes: torch, or ONNX Runtime where the model has been exported to it."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Numbers that torch computes with. Some processors (AMX) and GPUs are faster with bfloat16,
    and scores then differ in the third digit."""
    batch: Annotated[int, Field(ge=1, le=256)] = 8
    """Pictures that are read ahead and scored together."""
    together: Annotated[int, Field(ge=1, le=64)] = 4
    """Most pictures that the default detector looks at side by side on a processor, a core each, and 2 GB
    for each large one; with 1 all cores share each picture."""

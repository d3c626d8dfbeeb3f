"""How `sigh predict` scores pictures, and what it keeps of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from sigh_batch.config.base import Config

HOW = frozenset({"models", "root", "readers"})
"""Settings that decide no byte by themselves: models and names count by their hashes."""


class PredictConfig(Config):
    """How pictures are scored."""

    models: tuple[str, ...] = ()
    """URLs of the models; without any, the model that comes with the package.

    Several of them look at every picture in one pass: each has its row, and one row joins them.
    """
    root: str | None = None
    """Folder or prefix that the names of a list or table are relative to.

    null is the folder of the table, and the working folder of a list on standard input.
    """
    id_column: str = "id"
    """Column of a table that names the pictures."""
    split: str | None = None
    """Of a set of ours, only this split."""
    maps: Literal["flagged", "all", "none"] = "flagged"
    """Which tamper maps are kept as PNG: those of flagged and uncertain pictures, all, or none."""
    regions: Annotated[int, Field(ge=0, le=1000)] = 16
    """Most boxes that are told of a picture."""
    region_pixels: Annotated[int, Field(ge=1)] = 16
    """Smallest connected part of the tamper map that becomes a box."""
    low: Annotated[float | None, Field(ge=0, le=1)] = None
    """Probability below which a picture is clean; null takes the model's."""
    high: Annotated[float | None, Field(ge=0, le=1)] = None
    """Probability from which on a picture is flagged; null takes the model's."""
    c2pa_anchors: Path | None = None
    """PEM file of the authorities whose signers of content credentials are trusted; null trusts nobody.

    It needs the extra `c2pa`, as all reading of content credentials does.
    """
    max_pixels: Annotated[int, Field(ge=1024)] = 64_000_000
    """A picture of more pixels is not decoded and becomes a row with the reason."""
    min_side: Annotated[int, Field(ge=1)] = 1
    """A picture with a shorter side is not scored and becomes a row with the reason."""
    batch: Annotated[int, Field(ge=1, le=4096)] = 8
    """Most pictures that a model is given at once."""
    batch_pixels: Annotated[int, Field(ge=1)] = 8_000_000
    """Most pixels of these together, unless one picture has more."""
    readers: Annotated[int, Field(ge=1, le=64)] = 4
    """Threads of a worker that fetch and decode pictures ahead of the model."""
    threads: Annotated[int, Field(ge=1, le=1024)] = 1
    """Threads that a worker computes with on a CPU. There is a worker a core, and each is fastest with one.

    Another number may change the last digits of a score, and so it is part of what decides bytes.
    """
    device: str = "auto"
    """Where to compute: auto, cpu, cuda, cuda:1, mps."""
    backend: Literal["auto", "torch", "onnx"] = "auto"
    """What computes: torch, or ONNX Runtime where the model has been exported to it."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Numbers that torch computes with. Some processors (AMX) and GPUs are faster with bfloat16,
    and scores then differ in the third digit; so it is part of what decides bytes."""
    csv_raw: bool = False
    """Write text cells of CSV as they are, also where a spreadsheet would take them for formulas."""

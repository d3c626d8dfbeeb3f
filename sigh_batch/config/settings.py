"""The root of the configuration tree."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sigh_batch.config.audit import AuditConfig
from sigh_batch.config.backbone import BackboneConfig
from sigh_batch.config.base import Config
from sigh_batch.config.distort import DistortConfig
from sigh_batch.config.evaluate import EvaluateConfig
from sigh_batch.config.generate import GenerateConfig
from sigh_batch.config.kubernetes import KubernetesConfig
from sigh_batch.config.predict import PredictConfig
from sigh_batch.config.tiles import TilesConfig
from sigh_batch.config.train import TrainConfig
from sigh_batch.config.tune import TuneConfig


class StoreConfig(Config):
    """How stores are reached; credentials come from the environment, never from here."""

    endpoint: str | None = None
    """URL of an S3-compatible server; AWS_ENDPOINT_URL and the AWS profile count when this is null."""
    region: str | None = None
    """Region of the bucket; null takes it from the environment or the AWS profile."""
    profile: str | None = None
    """Name of an AWS profile."""
    path_style: bool = True
    """Put the bucket's name into the path, as most S3-compatible servers want it."""
    part_mib: Annotated[int, Field(ge=5, le=1024)] = 16
    """Size of an upload's parts in MiB; an upload holds two of them in memory."""
    retry_seconds: Annotated[float, Field(ge=0)] = 60.0
    """How long an operation on a store that does not answer is tried again."""


class RunConfig(Config):
    """How a run is carried out; nothing here changes a byte of what it makes."""

    workers: Annotated[int | None, Field(ge=1, le=1024)] = None
    """Worker processes on this machine; null is one a core."""
    max_failures: Annotated[float, Field(ge=0, le=1)] = 0.02
    """Largest share of a shard's samples that may fail before the shard is given up.

    Pictures of a source that cannot be worked on do not count: they are rows with their reason, however many.
    """
    progress: Literal["auto", "bar", "plain", "json", "none"] = "auto"
    """How progress is shown: a bar on a terminal and plain lines elsewhere, unless said here."""


class Settings(Config):
    """Everything that can be set, with its default."""

    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    """Seed of every random draw."""
    count: Annotated[int, Field(ge=1, le=10**12)] = 1000
    """How many samples a run makes."""
    shards: Annotated[int | None, Field(ge=1, le=10**7)] = None
    """How many shards they are divided into; null follows from shard_size."""
    shard_size: Annotated[int, Field(ge=1, le=10**6)] = 500
    """Largest number of samples in a shard, where the number of shards is not set."""
    generate: GenerateConfig = GenerateConfig()
    """What `sigh generate` draws."""
    distort: DistortConfig = DistortConfig()
    """What `sigh distort` does to pictures."""
    audit: AuditConfig = AuditConfig()
    """What `sigh audit` looks at, and from which value on it fails."""
    predict: PredictConfig = PredictConfig()
    """How `sigh predict` scores pictures."""
    train: TrainConfig = TrainConfig()
    """How `sigh train` teaches a model."""
    tiles: TilesConfig = TilesConfig()
    """The default detector, `train.model: tiles`."""
    backbone: BackboneConfig = BackboneConfig()
    """Any other network, such as `train.model: resnet50`, and the classes it learns."""
    tune: TuneConfig = TuneConfig()
    """What `sigh tune` searches, and how."""
    evaluate: EvaluateConfig = EvaluateConfig()
    """What `sigh evaluate` measures, and what is asked of a model."""
    store: StoreConfig = StoreConfig()
    """How stores are reached."""
    run: RunConfig = RunConfig()
    """How a run is carried out."""
    kubernetes: KubernetesConfig = KubernetesConfig()
    """How a run is carried out on a cluster, by `sigh submit`."""

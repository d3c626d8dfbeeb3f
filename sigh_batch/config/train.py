"""How a model is trained."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sigh_batch.config.base import Config

Tracker = Literal["mlflow", "wandb", "trackio"]

HOW = frozenset(
    {
        "device",
        "devices",
        "precision",
        "channels_last",
        "threads",
        "workers",
        "log_steps",
        "checkpoint_minutes",
        "checkpoint_steps",
        "keep",
        "trackers",
        "project",
    }
)
"""Settings that say how training is carried out: a run may go on with others."""


class TrainConfig(Config):
    """How a model is trained."""

    model: str = "tiles"
    """What to train: `tiles`, a backbone such as `resnet50`, or the URL of a model to train further."""
    epochs: Annotated[int, Field(ge=1)] = 10
    """How often training goes through the data."""
    steps: Annotated[int | None, Field(ge=1)] = None
    """How many updates of the weights training has; null follows from epochs."""
    batch: Annotated[int, Field(ge=1)] = 32
    """Pictures in a batch, over all devices together."""
    accumulate: Annotated[int, Field(ge=1)] = 1
    """Batches whose gradients make one update, where memory is too small for a large batch."""

    optimiser: Literal["adamw", "sgd", "muon"] = "adamw"
    """What turns gradients into updates; sgd has Nesterov's momentum, muon suits networks from scratch."""
    lr: Annotated[float, Field(gt=0)] = 1e-3
    """Learning rate at its highest."""
    weight_decay: Annotated[float, Field(ge=0)] = 0.05
    """Pull of the weights towards zero, times the learning rate; norms and biases are left out."""
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.9
    """Momentum of sgd, and first beta of adamw."""
    beta2: Annotated[float, Field(ge=0, lt=1)] = 0.999
    """Second beta of adamw."""
    clip: Annotated[float | None, Field(gt=0)] = 1.0
    """Longest gradient over all weights; null clips none."""

    schedule: Literal["cosine", "one_cycle", "plateau", "step", "constant"] = "cosine"
    """How the learning rate goes after the warm-up.

    one_cycle has its own rise over the first 30 %; plateau shrinks it when validation no longer improves.
    """
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.05
    """Share of all updates in which the learning rate rises from near zero."""
    final_lr: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Where cosine and one_cycle end, and below which plateau and step do not go, as a share of lr."""
    step_epochs: Annotated[int, Field(ge=1)] = 10
    """Epochs after which schedule step shrinks the learning rate, and does so again."""
    shrink: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """By what schedules step and plateau multiply it."""
    plateau_patience: Annotated[int, Field(ge=0)] = 2
    """Epochs without improvement that schedule plateau waits for."""

    ema: Annotated[float | None, Field(gt=0, lt=1)] = 0.999
    """Decay of the running average of the weights, which is what is validated and kept; null for none."""
    blend: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of the weights that training started from in what is validated and kept; only where `model` is a
    model. Of pictures of other kinds than those it learns from it then forgets less."""
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of each target that is spread over all classes."""
    mixup: Annotated[float, Field(ge=0)] = 0.0
    """Alpha of the mixture of pictures and of their classes; 0 mixes none. For classes only."""

    weights: Literal["best", "last"] = "best"
    """Which it ends with: those that validated best, or the last, where validation has few pictures."""
    patience: Annotated[int | None, Field(ge=1)] = None
    """Epochs without improvement after which training stops; null trains to the end."""
    min_delta: Annotated[float, Field(ge=0)] = 0.0
    """Smallest change of the metric that counts as improvement for patience and plateau."""

    device: str = "auto"
    """Where to compute: auto, cpu, cuda, cuda:1, mps."""
    devices: Annotated[int | None, Field(ge=1)] = None
    """How many processes train together, each with its own GPU; null is all visible GPUs."""
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    """Numbers of the forward pass; auto takes half the bits where the device is made for it."""
    channels_last: bool = True
    """Keep the channels of a pixel together in memory, which convolutions are faster with."""
    threads: Annotated[int | None, Field(ge=1)] = None
    """Threads that compute on a CPU; null leaves it to torch."""
    workers: Annotated[int, Field(ge=0)] = 0
    """Processes that load pictures; 0 loads in the training process."""
    log_steps: Annotated[int, Field(ge=1)] = 20
    """Updates between two rows of metrics.jsonl."""
    checkpoint_minutes: Annotated[float | None, Field(gt=0)] = 10.0
    """Minutes between two checkpoints within an epoch; null makes none for time. An epoch ends with one."""
    checkpoint_steps: Annotated[int | None, Field(ge=1)] = None
    """Updates between two checkpoints; null makes none for steps."""
    keep: Annotated[int, Field(ge=1)] = 2
    """How many of the last checkpoints are kept, beside the best weights."""
    trackers: tuple[Tracker, ...] = ()
    """Services that also get the numbers; one that fails is told once and dropped."""
    project: str = "sigh-batch"
    """What trackers file the run under."""

"""A training step of `sigh train` against the same step by hand: tensors in memory, CPU time, one thread.

By hand is what a tutorial does: forward, loss, backward, AdamW, and nothing beside it. The loop also seeds
each step, watches for a loss that is no number, sums what it logs, keeps metrics.jsonl and TensorBoard files,
and looks whether to stop; in the last row it also clips gradients and averages the weights, as it does by
default. The share is by hand over ours: 1 would be a loop that costs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torchvision.models import resnet18

from bench.measure import arguments, interleave, save, table
from sigh_batch.config.train import TrainConfig
from sigh_batch.models.document import ModelDocument
from sigh_batch.store.memory import MemoryStore
from sigh_batch.training.learner import Learner
from sigh_batch.training.loop import Loop
from sigh_batch.training.machine import Machine
from sigh_batch.training.stopping import StopFlag
from sigh_batch.training.task import Batch
from sigh_batch.training.trackers import EventFiles, MetricsFile, Trackers

STEPS = 20
LR = 1e-3
CPU = Machine(device=torch.device("cpu"), channels_last=True)
BARE = TrainConfig(
    epochs=1, lr=LR, schedule="constant", warmup=0, clip=None, ema=None, checkpoint_minutes=None
)


def small() -> nn.Module:
    """Return a network of three convolutions: a step is short, so that what is beside it weighs more."""
    layers: list[nn.Module] = []
    for wide, narrow in ((16, 3), (32, 16), (64, 32)):
        layers += [nn.Conv2d(narrow, wide, 3, 2, 1), nn.BatchNorm2d(wide), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 2))


NETWORKS: dict[str, tuple[Callable[[], nn.Module], int, int]] = {
    "three convolutions, 16 of 64 x 64": (small, 16, 64),
    "ResNet-18, 8 of 128 x 128": (lambda: resnet18(num_classes=2), 8, 128),
}


class Ready:
    """A task whose batches lie in memory."""

    metric = "nothing"
    higher_is_better = True
    steps_per_epoch = STEPS

    def __init__(self, build: Callable[[], nn.Module], count: int, side: int) -> None:
        self.build = build
        pictures = torch.randn(count, 3, side, side).contiguous(memory_format=torch.channels_last)
        self.batch = {"pictures": pictures, "labels": torch.arange(count) % 2}

    def batches(self, epoch: int, start: int = 0, rank: int = 0, ranks: int = 1) -> Iterator[Batch]:
        """Yield the one batch."""
        for _ in range(start, STEPS):
            yield self.batch

    def loss(self, model: nn.Module, batch: Batch) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Return the loss of two classes."""
        loss = functional.cross_entropy(model(batch["pictures"]), batch["labels"])
        return loss, {"entropy": loss.detach()}

    def validate(self, model: nn.Module, device: torch.device) -> dict[str, float]:
        """Return nothing of interest."""
        return {"nothing": 0.0}

    def document(self, training: dict[str, Any]) -> ModelDocument:
        """Never be asked."""
        raise NotImplementedError


def by_hand(task: Ready) -> Callable[[], None]:
    model = task.build().to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(model.parameters(), LR)

    def run() -> None:
        for batch in task.batches(0):
            loss, _ = task.loss(model, batch)
            loss.backward()
            optimiser.step()
            optimiser.zero_grad()

    return run


def ours(task: Ready, config: TrainConfig) -> Callable[[], None]:
    learner = Learner(task, config, CPU, 0)

    def run() -> None:
        store = MemoryStore()
        loop = Loop(task, config, learner, CPU, store, stop=StopFlag())
        # The steps alone: what an epoch ends with is no part of them.
        loop.end_epoch = lambda: None  # type: ignore[method-assign]
        loop.run(lambda step: Trackers([MetricsFile(store, step), EventFiles(store, step)], print))

    return run


def main() -> None:
    parser = arguments(__doc__ or "", repeats=7)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows, numbers = [], {}
    whole = BARE.model_copy(update={"clip": 1.0, "ema": 0.999})
    for name, (build, count, side) in NETWORKS.items():
        task = Ready(build, count, side)
        cases = {
            "by hand": by_hand(task),
            "sigh, bare": ours(task, BARE),
            "sigh, with clipping and average": ours(task, whole),
        }
        timings = interleave(cases, options.repeats, clock=time.process_time)
        for case, timing in timings.items():
            share = timing.speedup(timings["by hand"])
            rows.append((name, case, 1000 * timing.median / STEPS, share))
            numbers[f"{name}: {case}"] = share
    print(table("A training step", ("network", "loop", "CPU ms a step", "share"), rows))
    save(options.json, "train", numbers)


if __name__ == "__main__":
    main()

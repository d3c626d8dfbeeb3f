"""A network, what updates it, and the average of its weights: the state that an update changes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import nn

from sigh_batch.config.train import TrainConfig
from sigh_batch.data.sample import Json
from sigh_batch.errors import DataError, SighError
from sigh_batch.rng import for_sample
from sigh_batch.training.average import Average, Blend
from sigh_batch.training.machine import Machine
from sigh_batch.training.optimiser import make_optimiser, optimiser_state, restore_optimiser, set_rate
from sigh_batch.training.task import Batch, Task

Parts = Mapping[str, float | torch.Tensor]

_STAGE = "train"


class Learner:
    """What is trained on one machine. Ranks hold equal ones, and stay equal by sharing their gradients."""

    def __init__(
        self,
        task: Task,
        config: TrainConfig,
        machine: Machine,
        seed: int,
        start: Mapping[str, torch.Tensor] | None = None,
    ) -> None:
        self._task = task
        self._config = config
        self._machine = machine
        self._seed = seed
        _seed_torch(seed, "weights", 0)
        model = task.build()
        fresh = take_weights(model, start) if start is not None else list(model.state_dict())
        form = torch.channels_last if machine.channels_last else torch.preserve_format
        self.model = model.to(machine.device, memory_format=form)  # type: ignore[call-overload]
        self.average = Average(self.model, config.ema) if config.ema else None
        known = {name: value for name, value in self.model.state_dict().items() if name not in fresh}
        self._blend = Blend(self.model, known, config.blend) if config.blend else None
        self._optimiser = make_optimiser(self.model, config)
        self._scaler = torch.amp.GradScaler(machine.device.type, enabled=machine.half is torch.float16)
        self._lesson: nn.Module = _Lesson(task, self.model, machine)
        if machine.ranks > 1:
            self._lesson = nn.parallel.DistributedDataParallel(self._lesson)

    @property
    def kept(self) -> nn.Module:
        """The network that is validated and kept: the average where there is one, blended with the start."""
        return self._blend.module if self._blend else self._learned

    @property
    def _learned(self) -> nn.Module:
        return self.average.module if self.average else self.model

    def gather(self) -> None:
        """Bring what is kept up to what has been learned by now."""
        if self._blend:
            self._blend.gather(self._learned)

    def update(self, step: int, rate: float, batches: Sequence[Batch]) -> dict[str, list[torch.Tensor]]:
        """Make update number `step` of the gradients of some batches, and return the parts of their losses.

        Whatever draws does so from the step alone, so that an update is the same after a resume.
        """
        _seed_torch(self._seed, f"rank{self._machine.rank}", step)
        self.model.train()
        set_rate(self._optimiser, rate)
        self._optimiser.zero_grad(set_to_none=True)
        heard: dict[str, list[torch.Tensor]] = {}
        for number, batch in enumerate(batches, 1):
            with self._alone() if number < len(batches) else nullcontext():
                loss, parts = self._lesson(self._machine.take(batch))
                self._scaler.scale(loss / len(batches)).backward()
            for name, part in [("loss", loss), *parts.items()]:
                heard.setdefault(name, []).append(torch.as_tensor(part).detach())
        if self._machine.device.type == "cpu":
            check_loss([float(part) for part in heard["loss"]], step, rate)
        if self._config.clip:
            self._scaler.unscale_(self._optimiser)
            nn.utils.clip_grad_norm_(self.model.parameters(), self._config.clip)
        self._scaler.step(self._optimiser)
        self._scaler.update()
        if self.average:
            self.average.follow(step + 1)
        return heard

    def tensors(self) -> dict[str, torch.Tensor]:
        """Return every tensor that the next update depends on."""
        remembered, _ = optimiser_state(self._optimiser, self.model)
        found = {f"model/{name}": tensor for name, tensor in self.model.state_dict().items()}
        found |= {f"optimiser/{name}": tensor for name, tensor in remembered.items()}
        if self.average:
            average = self.average.module.state_dict()
            found |= {f"average/{name}": tensor for name, tensor in average.items()}
        return found

    def state(self) -> Json:
        """Return the rest of what the next update depends on, as plain values."""
        _, rest = optimiser_state(self._optimiser, self.model)
        return {"optimiser": rest, "scaler": self._scaler.state_dict()}

    def restore(self, tensors: Mapping[str, torch.Tensor], state: Json) -> None:
        """Put back what `tensors` and `state` returned; raises DataError when it is of another network."""
        self._load(self.model, tensors, "model/")
        if self.average:
            self._load(self.average.module, tensors, "average/")
        remembered = _below(tensors, "optimiser/")
        restore_optimiser(self._optimiser, self.model, remembered, state["optimiser"])
        if state["scaler"] and self._scaler.is_enabled():
            self._scaler.load_state_dict(state["scaler"])

    def _load(self, module: nn.Module, tensors: Mapping[str, torch.Tensor], prefix: str) -> None:
        try:
            module.load_state_dict(_below(tensors, prefix))
        except RuntimeError as error:
            raise DataError(f"the checkpoint is of another network: {str(error).splitlines()[-1]}") from error

    def _alone(self) -> AbstractContextManager[Any]:
        """Return the context in which gradients are summed and not yet shared between ranks."""
        if isinstance(self._lesson, nn.parallel.DistributedDataParallel):
            return self._lesson.no_sync()
        return nullcontext()


class _Lesson(nn.Module):
    """The loss of a batch as a module, so that torch shares gradients however a task calls its network."""

    def __init__(self, task: Task, model: nn.Module, machine: Machine) -> None:
        super().__init__()
        self.model = model
        self._task = task
        self._machine = machine

    def forward(self, batch: Batch) -> tuple[torch.Tensor, Parts]:
        """Return the loss and its parts."""
        with self._machine.numbers():
            return self._task.loss(self.model, batch)


def check_loss(losses: Sequence[float], step: int, rate: float) -> None:
    """Raise SighError when a loss is no number: what was learned after it is worth nothing."""
    for loss in losses:
        if not math.isfinite(loss):
            raise SighError(
                f"the loss is {loss} at step {step + 1:,} with a learning rate of {rate:.3g}; "
                "lower train.lr, clip gradients with train.clip, or lengthen train.warmup"
            )


def take_weights(model: nn.Module, weights: Mapping[str, torch.Tensor]) -> list[str]:
    """Load the weights that fit by name and shape, as those of another head do not; return what is fresh.

    Raises DataError when none fit.
    """
    own = model.state_dict()
    fitting = {name: value for name, value in weights.items() if _fits(own.get(name), value)}
    if not fitting:
        raise DataError("none of the model's weights fit the network that is to be trained")
    model.load_state_dict(fitting, strict=False)
    return [name for name in own if name not in fitting]


def _fits(own: torch.Tensor | None, value: torch.Tensor) -> bool:
    return own is not None and own.shape == value.shape


def _below(tensors: Mapping[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _seed_torch(seed: int, what: str, index: int) -> None:
    torch.manual_seed(for_sample(seed, f"{_STAGE}/{what}", index).integer(0, 2**63 - 1))

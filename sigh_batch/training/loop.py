"""The training loop: epochs of updates, validation after each, checkpoints, and an end.

Whatever happens between two updates, a training that is interrupted and called again goes on as if nothing
had: batches come by their number, draws by their step, and a checkpoint holds all the rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import torch

from sigh_batch.config.train import TrainConfig
from sigh_batch.data.sample import Json
from sigh_batch.errors import SighError
from sigh_batch.store import Store
from sigh_batch.training.checkpoint import Checkpoint, read_latest, retain, write_best, write_checkpoint
from sigh_batch.training.clock import Clock
from sigh_batch.training.improvement import Improvement
from sigh_batch.training.learner import Learner, check_loss
from sigh_batch.training.machine import Machine
from sigh_batch.training.progress import Progress, Watch
from sigh_batch.training.ranks import Ranks
from sigh_batch.training.schedule import Schedule
from sigh_batch.training.stopping import Halt, StopFlag
from sigh_batch.training.task import Batch, Task
from sigh_batch.training.trackers import Trackers

Say = Callable[[str], None]


class Loop:
    """One training of one task, from its newest checkpoint to its end."""

    def __init__(
        self,
        task: Task,
        config: TrainConfig,
        learner: Learner,
        machine: Machine,
        store: Store,
        *,
        stop: StopFlag,
    ) -> None:
        self.step = 0
        self.improvement = Improvement()
        self.watch: Watch = lambda _progress: None
        self.say: Say = lambda _line: None
        self._task = task
        self._config = config
        self._learner = learner
        self._store = store
        self._stop = stop
        self._machine = machine
        self._ranks = Ranks(machine)
        self._per_epoch = math.ceil(task.steps_per_epoch / config.accumulate)
        self.total = config.steps or config.epochs * self._per_epoch
        self._schedule = Schedule(config, self.total, self._per_epoch)
        self._window: dict[str, list[Any]] = {}
        self._validated = True
        self._value: float | None = None
        self._rate = 0.0
        self._trackers = Trackers((), self.say)
        self._clock = Clock()

    def run(self, make_trackers: Callable[[int], Trackers]) -> None:
        """Train to the end; `make_trackers` gets the step that training goes on from.

        Raises Halt when it was told to stop, after a checkpoint of where it is.
        """
        self._resume()
        self._trackers = make_trackers(self.step)
        try:
            if not self._validated:
                self.end_epoch()
            while not self.has_ended():
                self._epoch()
        except Halt:
            self._checkpoint()
            raise
        finally:
            self._trackers.close()

    def has_ended(self) -> bool:
        """Return whether there is nothing left to learn."""
        return self.step >= self.total or self.improvement.has_ended(self._config)

    def _epoch(self) -> None:
        epoch, done = divmod(self.step, self._per_epoch)
        size = self._config.accumulate
        ranks = self._machine
        batches = iter(self._task.batches(epoch, done * size, ranks.rank, ranks.ranks))
        last = min((epoch + 1) * self._per_epoch, self.total)
        while self.step < last:
            group = self._next(batches, size)
            # Already now: whoever is told of the last update may stop there, and this is what is saved then.
            self._validated = self.step + 1 < last
            self._update(group)
            if self.step < last:
                self._pause()
        self.end_epoch()

    def _next(self, batches: Iterator[Batch], size: int) -> list[Batch]:
        with self._clock.waiting():
            group = list(islice(batches, size))
        if not group:
            raise SighError(
                f"the data ended at step {self.step:,}, within an epoch of {self._per_epoch:,} steps; "
                "it must not change while training reads it"
            )
        return group

    def _update(self, group: list[Batch]) -> None:
        self._rate = self._config.lr * self._schedule.share(self.step, self.improvement.shrinks)
        for name, parts in self._learner.update(self.step, self._rate, group).items():
            self._window.setdefault(name, []).extend(parts)
        self.step += 1
        self._clock.steps += 1
        if self.step % self._config.log_steps == 0 or self.step == self.total:
            self._log()

    def _log(self) -> None:
        window = self._read_window()
        means = {name: math.fsum(parts) / len(parts) for name, parts in window.items()}
        self._window = {}
        self._trackers.row(self.step, {"epoch": self.step / self._per_epoch, "lr": self._rate, **means})
        self._report(loss=means["loss"])

    def _read_window(self) -> dict[str, list[float]]:
        """Return what was heard since the last row; raises SighError when a loss is no number."""
        window = {name: [float(part) for part in parts] for name, parts in self._window.items()}
        check_loss(window.get("loss", ()), self.step - 1, self._rate)
        return window

    def _pause(self) -> None:
        """Look, between two updates, whether to stop, and whether a checkpoint is due."""
        if self._ranks.any(bool(self._stop), self.step):
            raise Halt
        every = self._config.checkpoint_steps
        minutes = self._config.checkpoint_minutes
        if (every and self.step % every == 0) or (minutes and self._clock.since_saved() > 60 * minutes):
            self._checkpoint()

    def end_epoch(self) -> None:
        """Validate, keep the weights where they are the best, and save."""
        self._report(validating=True)
        metrics: dict[str, float] = {}
        value = None
        if self._ranks.first:
            try:
                with self._clock.out(), self._stop.at_once(), torch.no_grad():
                    self._learner.gather()
                    self._learner.kept.eval()
                    metrics = self._task.validate(self._learner.kept, self._machine.device)
                value = metrics[self._task.metric]
            except Halt:
                value = None
        value = self._ranks.hear_first(value)
        if value is None:
            raise Halt
        self._judge(value, metrics)
        self._checkpoint()
        if self._ranks.any(bool(self._stop), 0) and not self.has_ended():
            raise Halt

    def _judge(self, value: float, metrics: dict[str, float]) -> None:
        self._validated = True
        self._value = value
        self._trackers.row(self.step, {f"validation/{name}": number for name, number in metrics.items()})
        if self.improvement.hear(value, self._config, higher_is_better=self._task.higher_is_better):
            self.improvement.keep(self.step, value, metrics)
            if self._ranks.first:
                with self._clock.out():
                    write_best(self._store, self.step, self._learner.kept.state_dict())
        self._report(validated=True)

    def _checkpoint(self) -> None:
        if not self._ranks.first:
            return
        with self._clock.out():
            window = self._read_window()
            state: Json = {
                "improvement": self.improvement.as_json(),
                "learner": self._learner.state(),
                "validated": self._validated,
                "window": window,
            }
            self._trackers.flush()
            write_checkpoint(self._store, Checkpoint(self.step, self._learner.tensors(), state))
            retain(self._store, self._config.keep, self.improvement.best_step)
        self._clock.saved()

    def _resume(self) -> None:
        found = read_latest(self._store, self.say)
        # Or the first process might write, and sweep, what another one still reads.
        self._ranks.meet()
        if found is None:
            return
        self._learner.restore(found.tensors, found.state["learner"])
        self.step = found.step
        self.improvement = Improvement.restored(found.state["improvement"])
        self._validated = found.state["validated"]
        self._window = found.state["window"]
        self.say(f"goes on from step {self.step:,} of {self.total:,}")

    def _report(
        self, loss: float | None = None, *, validating: bool = False, validated: bool = False
    ) -> None:
        epochs = math.ceil(self.total / self._per_epoch)
        # What is validated is the epoch that has just ended.
        ended = 1 if validating or validated else 0
        self.watch(
            Progress(
                step=self.step,
                steps=self.total,
                epoch=min((self.step - ended) // self._per_epoch + 1, epochs),
                epochs=epochs,
                loss=loss,
                rate=self._clock.rate(),
                waiting=self._clock.share_waited(),
                metric=self._task.metric,
                value=self._value,
                best=self.improvement.best,
                metrics=dict(self.improvement.best_metrics),
                validating=validating,
                validated=validated,
            )
        )

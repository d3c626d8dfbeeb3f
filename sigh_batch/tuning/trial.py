"""A trial: one training in a process that stays for the next, watched and stopped from outside.

The training runs in a thread and waits after every validation until it may go on, so that a trial that is
to stop wastes nothing. What goes wrong in it is a sentence, told as a result; only a process that dies says
nothing.
"""

from __future__ import annotations

import math
import queue
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from ray import tune

from sigh_batch.config.spec import RunSpec
from sigh_batch.data.sample import Json
from sigh_batch.errors import Interrupted, SighError
from sigh_batch.training.progress import Outcome, Progress
from sigh_batch.training.stopping import Halt
from sigh_batch.tuning.nearby import bring_near

Train = Callable[..., Outcome]
"""What trains: it takes a RunSpec and what hears of progress."""

_STEP_SECONDS = 2.0
_PARTING_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Order:
    """What a trial is to do."""

    number: int
    spec: str
    """The training, as JSON."""
    train: Train
    seconds: float | None = None
    """How long it may take."""
    copy: bool = True
    """Whether data that is not in a folder is brought to this node first."""


class Trial(tune.Trainable):
    """What Ray Tune starts, steps and stops; a step is an epoch."""

    _failed: str
    _waits: bool

    def setup(self, config: Json) -> None:
        """Begin a trial."""
        self._begin(config["order"])

    def reset_config(self, new_config: Json) -> bool:
        """Begin another trial in the same process."""
        self._end()
        self._begin(new_config["order"])
        return True

    def step(self) -> Json:
        """Let the training go on to its next validation, and return what that said.

        Nothing is returned now and then in between, so that a trial can be stopped within an epoch.
        """
        if self._failed:
            raise RuntimeError(self._failed)
        if self._waits:
            self._waits = False
            self._permits.put(True)
        spent = time.monotonic() - self._started
        limit = self._order.seconds
        told: Json = {}
        if limit is not None and spent >= limit:
            message = f"it took longer than {limit / 60:g} minutes (tune.trial_minutes)"
            told = {"failed": message, "kind": "SighError"}
        else:
            with suppress(queue.Empty):
                told = self._told.get(
                    timeout=_STEP_SECONDS if limit is None else min(_STEP_SECONDS, limit - spent)
                )
                self._waits = True
        self._failed = told.get("failed", "")
        return {"seconds": time.monotonic() - self._started, "node": socket.gethostname(), **told}

    def save_checkpoint(self, checkpoint_dir: str) -> None:
        """Keep nothing: a training keeps its own checkpoints in its output."""

    def load_checkpoint(self, checkpoint: Json | None) -> None:
        """Take nothing."""

    def cleanup(self) -> None:
        """Stop what is under way."""
        self._end()

    def _begin(self, order: Order) -> None:
        self._order = order
        self._started = time.monotonic()
        self._failed = ""
        self._waits = True
        self._told: queue.Queue[Json] = queue.Queue()
        self._permits: queue.Queue[bool] = queue.Queue()
        self._stop = threading.Event()
        work = Work(order, self._told, self._permits, self._stop)
        self._thread = threading.Thread(target=work.run, name=f"trial-{order.number}", daemon=True)
        self._thread.start()

    def _end(self) -> None:
        self._stop.set()
        self._permits.put(False)
        self._thread.join(_PARTING_SECONDS)


class Work:
    """The training of a trial, in its thread."""

    def __init__(
        self, order: Order, told: queue.Queue[Json], permits: queue.Queue[bool], stop: threading.Event
    ) -> None:
        self._order = order
        self._told = told
        self._permits = permits
        self._stop = stop
        self._validating: float | None = None
        self._quickest: float | None = None
        self._heard: Json = {}
        self._batch = 0

    def run(self) -> None:
        """Train, and tell of every validation, and of the end."""
        try:
            self._wait()
            spec = RunSpec.from_json(self._order.spec)
            if self._order.copy and spec.source:
                spec = spec.model_copy(update={"source": bring_near(spec.source, spec.settings.store)})
            self._batch = spec.settings.train.batch
            outcome = self._order.train(spec, self._watch)
            self._heard.setdefault("epoch", spec.settings.train.epochs)
            metrics = {**self._heard.get("metrics", {}), **outcome.metrics}
            self._told.put({**self._heard, "metrics": metrics, "ended": True, "done": True})
        except (Interrupted, Halt):
            return
        except SighError as error:
            self._tell_failure(str(error), type(error).__name__)
        except MemoryError:
            self._tell_failure("it ran out of memory", "SighError")
        except BaseException as error:
            self._tell_failure(describe(error), "SighError")

    def _watch(self, progress: Progress) -> None:
        if self._stop.is_set():
            raise Halt
        if progress.validating:
            self._validating = time.monotonic()
        if not progress.validated:
            return
        if self._validating is not None:
            took = 1000 * (time.monotonic() - self._validating)
            self._quickest = took if self._quickest is None else min(took, self._quickest)
        metrics = {**progress.metrics, **({} if self._quickest is None else {"milliseconds": self._quickest})}
        self._heard = {
            "epoch": math.ceil(progress.step * progress.epochs / progress.steps),
            "value": progress.value,
            "metrics": metrics,
            "pictures_per_second": progress.rate * self._batch,
        }
        self._told.put(dict(self._heard))
        self._wait()

    def _wait(self) -> None:
        """Wait until the trial may go on."""
        if not self._permits.get():
            raise Halt

    def _tell_failure(self, message: str, kind: str) -> None:
        self._told.put({"failed": message, "kind": kind})


def describe(error: BaseException) -> str:
    """Return what went wrong in a sentence: that memory ran out in our words, everything else in its own."""
    first = (str(error).splitlines() or [""])[0]
    if "out of memory" in first.lower():
        return f"it ran out of memory ({first[:200]}); lower the largest batch of the space"
    return f"{type(error).__name__}: {first}"

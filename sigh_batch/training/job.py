"""A whole training: from what it is asked to do to a model in the store, called as often as need be."""

from __future__ import annotations

import functools
import time
import traceback
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import torch

from sigh_batch.config.identity import config_hash, whole_values
from sigh_batch.config.spec import HOW as SECTIONS_HOW
from sigh_batch.config.spec import RunSpec
from sigh_batch.config.train import HOW, TrainConfig
from sigh_batch.data.identity import Identity, check_claim, claim
from sigh_batch.data.sample import Json
from sigh_batch.errors import ConfigError, Interrupted, SighError, Unreachable
from sigh_batch.models.document import ModelDocument
from sigh_batch.models.file import read_model
from sigh_batch.runlog import RunLog
from sigh_batch.sources.opening import open_source
from sigh_batch.store import Store, absolute_url, open_store
from sigh_batch.training.checkpoint import read_best
from sigh_batch.training.learner import Learner
from sigh_batch.training.loop import Loop, Say
from sigh_batch.training.machine import choose_machine, count_ranks
from sigh_batch.training.naming import is_model_url
from sigh_batch.training.outcome import write_outcome, written_outcome
from sigh_batch.training.processes import side_by_side
from sigh_batch.training.progress import Outcome, Watch
from sigh_batch.training.services import Subject, open_services
from sigh_batch.training.stopping import Halt, StopFlag
from sigh_batch.training.task import Assignment, Noting, Task
from sigh_batch.training.tasks import make_task, sections_of
from sigh_batch.training.trackers import EventFiles, MetricsFile, Trackers

REVISION = 1
"""Raised whenever the same settings would train another model than before."""
_PACKAGES = ("torch", "torchvision", "timm", "numpy")

Weights = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a training would do, before anything is written."""

    spec: RunSpec
    assignment: Assignment
    identity: Identity
    weights: Weights | None
    """The weights that it starts from, where it goes on from a model."""

    @property
    def config(self) -> TrainConfig:
        """The settings of the training."""
        return self.spec.settings.train


def plan_training(spec: RunSpec) -> Plan:
    """Look at the data, and at the model to start from; raises ConfigError when they are not there."""
    settings = spec.settings
    if spec.source is None:
        raise ConfigError("training needs data; name a set, or a folder with a subfolder a class, by --data")
    name = settings.train.model
    start: ModelDocument | None = None
    weights: Weights | None = None
    if is_model_url(name):
        start, weights = _open_model(spec)
        name = start.architecture.name
    source = open_source(spec.source, settings.store).identity
    values = whole_values("train", settings, source, HOW, sections_of(name))
    if start is not None and start.weights is not None:
        # The same weights from another place are the same beginning.
        values["train"]["model"] = start.weights.sha256
    return Plan(
        spec=spec,
        assignment=Assignment(model=name, data=spec.source, settings=settings, start=start),
        identity=Identity(kind="train", config_hash=config_hash(values), engine=_engine(), values=values),
        weights=weights,
    )


def render(spec: RunSpec) -> dict[str, Any]:
    """Return what `train` would do, without touching the output."""
    plan = plan_training(spec)
    return {
        "kind": spec.kind,
        "data": spec.source,
        "out": spec.out,
        "network": plan.assignment.model,
        "config_hash": plan.identity.config_hash,
        "engine": dict(plan.identity.engine),
        "device": choose_machine(plan.config, 0, count_ranks(plan.config)).name,
        "settings": spec.settings.model_dump(mode="json"),
    }


def train(spec: RunSpec, watch: Watch = lambda _progress: None, say: Say = lambda _line: None) -> Outcome:
    """Train to the end, or find that it was done; what was begun here is gone on with.

    `watch` hears how far it is, and `say` what else a user should know, which also goes into the log.
    Raises RunMismatch when the output is of another run, Interrupted when training was told to stop.
    """
    started = time.monotonic()
    plan = plan_training(spec)
    store = open_store(spec.out, spec.settings.store)
    if check_claim(store, plan.identity) and (document := written_outcome(store)):
        return _outcome(spec, document, already=True)
    task = make_task(plan.assignment)
    claim(store, plan.identity, _kept(spec))
    log = RunLog(store, echo=False)

    def tell(line: str) -> None:
        log.say(line)
        say(line)

    try:
        document = _carry_out(plan, task, store, tell, watch)
    except SighError as error:
        log.say(str(error))
        raise
    except Exception:
        log.say(f"a defect in sigh:\n{traceback.format_exc()}")
        raise
    finally:
        log.flush()
    return _outcome(spec, document, seconds=time.monotonic() - started)


def _carry_out(plan: Plan, task: Task, store: Store, say: Say, watch: Watch) -> ModelDocument:
    config = plan.config
    ranks = count_ranks(config)
    machine = choose_machine(config, 0, ranks)
    say(f"trains {plan.assignment.model} on {machine.name}")
    for note in task.notes if isinstance(task, Noting) else ():
        say(note)
    part = functools.partial(_take_part, plan.spec, ranks)
    with StopFlag() as stop, side_by_side(part, ranks, _backend(machine.device)):
        learner, loop = _begin(plan, task, store, 0, ranks, stop, watch, say)
        try:
            loop.run(functools.partial(_open_trackers, plan, store, say))
        except Halt:
            stop.pass_on()
            raise Interrupted(
                f"stopped at step {loop.step:,} of {loop.total:,}; the same command again goes on from there"
            ) from None
        best = loop.improvement.best_step
        if best is None:
            say(f"{task.metric} was never a number; the last weights are kept")
        else:
            learner.kept.load_state_dict(read_best(store, best))
            say(f"keeps the weights after step {best:,}, which were the best")
        return write_outcome(
            store,
            task,
            learner.kept,
            machine.device,
            training=_told(plan, loop, machine.name),
            data={"identity": plan.identity.values["source"]},
            versions={"sigh-batch": metadata.version("sigh-batch"), **plan.identity.engine},
            metrics=loop.improvement.best_metrics,
        )


def _open_trackers(plan: Plan, store: Store, say: Say, step: int) -> Trackers:
    """Return all that get the numbers of a training that goes on from `step`."""
    subject = Subject(
        project=plan.config.project,
        out=absolute_url(plan.spec.out),
        config_hash=plan.identity.config_hash,
        settings=plan.identity.values["train"],
    )
    others = open_services(plan.config.trackers, subject, say)
    return Trackers([MetricsFile(store, step), EventFiles(store, step), *others], say)


def _take_part(spec: RunSpec, ranks: int, rank: int) -> None:
    """Be one of several processes that train; the first one writes."""
    plan = plan_training(spec)
    store = open_store(spec.out, spec.settings.store)
    _, loop = _begin(plan, make_task(plan.assignment), store, rank, ranks, StopFlag())
    try:
        loop.run(lambda _step: Trackers((), print))
    except Halt:
        return


def _begin(
    plan: Plan,
    task: Task,
    store: Store,
    rank: int,
    ranks: int,
    stop: StopFlag,
    watch: Watch = lambda _progress: None,
    say: Say = lambda _line: None,
) -> tuple[Learner, Loop]:
    config = plan.config
    if config.threads:
        torch.set_num_threads(config.threads)
    machine = choose_machine(config, rank, ranks)
    learner = Learner(task, config, machine, plan.spec.settings.seed, plan.weights)
    return learner, Loop(task, config, learner, machine, store, stop=stop, watch=watch, say=say)


def _open_model(spec: RunSpec) -> tuple[ModelDocument, Weights]:
    url = spec.settings.train.model
    try:
        return read_model(open_store(url, spec.settings.store, create=False))
    except Unreachable as error:
        raise ConfigError(f"there is no model to train further at {url!r}: {error}") from error


def _backend(device: torch.device) -> str:
    return "nccl" if device.type == "cuda" else "gloo"


def _engine() -> dict[str, str]:
    return {"revision": f"train/{REVISION}", **{name: metadata.version(name) for name in _PACKAGES}}


def _kept(spec: RunSpec) -> dict[str, Any]:
    """Return what run.json keeps: enough to go on from any working folder."""
    settings = spec.settings.model_dump(mode="json", exclude=SECTIONS_HOW)
    return {"kind": spec.kind, "source": absolute_url(spec.source or ""), "settings": settings}


def _told(plan: Plan, loop: Loop, machine: str) -> Json:
    """Return what model.json says of how it was trained."""
    return {
        "seed": plan.spec.settings.seed,
        **plan.identity.values["train"],
        **{name: plan.identity.values[name] for name in sections_of(plan.assignment.model)},
        "config_hash": plan.identity.config_hash,
        "steps_made": loop.step,
        "best_step": loop.improvement.best_step,
        "machine": machine,
    }


def _outcome(
    spec: RunSpec, document: ModelDocument, *, seconds: float = 0.0, already: bool = False
) -> Outcome:
    made, planned = document.training.get("steps_made", 0), document.training.get("best_step")
    return Outcome(
        out=spec.out,
        name=document.name,
        steps=made,
        best_step=planned,
        metrics=document.metrics,
        seconds=seconds,
        already=already,
    )

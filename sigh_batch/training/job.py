"""A whole training: from what it is asked to do to a model in the store, called as often as need be."""

from __future__ import annotations

import functools
import time
import traceback
from importlib import metadata

import torch

from sigh_batch.config.spec import RunSpec
from sigh_batch.data.identity import check_claim, claim
from sigh_batch.data.sample import Json
from sigh_batch.errors import Interrupted, SighError
from sigh_batch.models.document import ModelDocument
from sigh_batch.runlog import RunLog
from sigh_batch.store import Store, absolute_url, open_store
from sigh_batch.training.checkpoint import read_best
from sigh_batch.training.learner import Learner
from sigh_batch.training.loop import Loop, Say
from sigh_batch.training.machine import Machine, choose_machine, count_ranks
from sigh_batch.training.outcome import write_outcome, written_outcome
from sigh_batch.training.plan import Plan, kept_spec, plan_training
from sigh_batch.training.processes import side_by_side
from sigh_batch.training.progress import Outcome, Watch
from sigh_batch.training.services import Subject, open_services
from sigh_batch.training.stopping import Halt, StopFlag
from sigh_batch.training.task import Noting, Task
from sigh_batch.training.tasks import make_task, sections_of
from sigh_batch.training.telling import Told
from sigh_batch.training.trackers import EventFiles, MetricsFile, Trackers


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
    machine = choose_machine(plan.config, 0, count_ranks(plan.config))
    claim(store, plan.identity, kept_spec(spec))
    log = RunLog(store, echo=False)
    told = Told(log, watch, say)
    try:
        document = _carry_out(plan, task, machine, store, told)
    except SighError as error:
        log.say(str(error))
        raise
    except Exception:
        log.say(f"a defect in sigh:\n{traceback.format_exc()}")
        raise
    finally:
        log.flush()
    return _outcome(spec, document, seconds=time.monotonic() - started)


def _carry_out(plan: Plan, task: Task, machine: Machine, store: Store, told: Told) -> ModelDocument:
    ranks, say = machine.ranks, told.say
    say(f"trains {plan.assignment.model} on {machine.name}")
    for note in task.notes if isinstance(task, Noting) else ():
        say(note)
    part = functools.partial(_take_part, plan.spec, ranks)
    with StopFlag() as stop, side_by_side(part, ranks, _backend(machine.device)):
        learner, loop = _begin(plan, task, store, 0, ranks, stop, told)
        try:
            loop.run(functools.partial(_open_trackers, plan, store, say))
            # What follows changes no weight, and is done again when it was not finished.
            with stop.at_once():
                return _finish(plan, task, machine, store, learner, loop)
        except Halt:
            stop.pass_on()
            raise Interrupted(
                f"stopped at step {loop.step:,} of {loop.total:,}; the same command again goes on from there"
            ) from None


def _finish(
    plan: Plan, task: Task, machine: Machine, store: Store, learner: Learner, loop: Loop
) -> ModelDocument:
    """Write the model that training ended with."""
    best = loop.improvement.best_step
    if best is None:
        loop.say(f"{task.metric} was never a number; the last weights are kept")
    else:
        learner.kept.load_state_dict(read_best(store, best))
        loop.say(f"keeps the weights after step {best:,}, which were the {plan.config.weights}")
    if plan.config.threads:
        # The other processes have ended, and their cores are free.
        torch.set_num_threads(plan.config.threads * machine.ranks)
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
    told: Told | None = None,
) -> tuple[Learner, Loop]:
    config = plan.config
    if config.threads:
        torch.set_num_threads(config.threads)
    machine = choose_machine(config, rank, ranks)
    if machine.device.type == "cuda":
        torch.cuda.set_device(machine.device)
    learner = Learner(task, config, machine, plan.spec.settings.seed, plan.weights)
    loop = Loop(task, config, learner, machine, store, stop=stop)
    if told:
        loop.watch, loop.say = told.watch, told.say
    return learner, loop


def _backend(device: torch.device) -> str:
    return "nccl" if device.type == "cuda" else "gloo"


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

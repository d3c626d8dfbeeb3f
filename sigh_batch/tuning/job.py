"""A whole study: from what is asked to trials that have all ended, called as often as need be."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from sigh_batch.config.identity import config_hash, whole_values
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec
from sigh_batch.config.train import HOW as TRAIN_HOW
from sigh_batch.config.tune import HOW, TuneConfig
from sigh_batch.data.identity import Identity, check_claim, claim
from sigh_batch.data.sample import Json
from sigh_batch.errors import Interrupted, SighError
from sigh_batch.sources.opening import open_source
from sigh_batch.store import Store, absolute_url, open_store
from sigh_batch.training.fresh import fresh_values
from sigh_batch.training.job import train
from sigh_batch.training.plan import plan_training
from sigh_batch.training.stopping import StopFlag
from sigh_batch.training.tasks import make_task
from sigh_batch.tuning.cluster import join, patience
from sigh_batch.tuning.distributed import fit_by_ray
from sigh_batch.tuning.grid import combinations, count_trials
from sigh_batch.tuning.inline import fit_inline
from sigh_batch.tuning.ledger import Ledger, open_ledger
from sigh_batch.tuning.retention import Retention, trial_key
from sigh_batch.tuning.scheduling import make_scheduler
from sigh_batch.tuning.search import StudySearch
from sigh_batch.tuning.space import Space, Values, sections
from sigh_batch.tuning.summary import Summary, summarise, write_summary
from sigh_batch.tuning.tally import Telling
from sigh_batch.tuning.trial import Order, Train

REVISION = 1
"""Raised whenever the same settings would search another way than before."""

Watch = Callable[[FrozenTrial], None]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a study would do, before anything is written."""

    spec: RunSpec
    space: Space
    config: TuneConfig
    """How it searches, its objectives named."""
    cells: tuple[Values, ...]
    """The combinations of a grid."""
    identity: Identity

    @property
    def wanted(self) -> int:
        """How many trials there are to be."""
        return count_trials(self.config, self.cells)

    @property
    def study(self) -> str:
        """The study's name in its storage."""
        last = self.spec.out.rstrip("/").rpartition("/")[2]
        return self.config.study or f"{last}-{self.identity.config_hash}"


def plan_study(spec: RunSpec) -> Plan:
    """Check the space and look at the data; raises ConfigError where one is wrong."""
    settings = spec.settings
    space = Space.of(settings)
    cells = tuple(combinations(space)) if settings.tune.search == "grid" else ()
    trained = _training(spec, settings, f"{spec.out.rstrip('/')}/{trial_key(0)}")
    objectives = settings.tune.objectives or _objective(trained)
    assert spec.source is not None
    values = _deciding(spec, settings)
    engine = {
        "revision": f"tune/{REVISION}",
        **{name: metadata.version(name) for name in ("optuna", "torch")},
    }
    return Plan(
        spec=spec,
        space=space,
        config=settings.tune.model_copy(update={"objectives": objectives}),
        cells=cells,
        identity=Identity(kind="tune", config_hash=config_hash(values), engine=engine, values=values),
    )


def render(spec: RunSpec) -> Json:
    """Return what `tune` would do, without touching the output."""
    plan = plan_study(spec)
    return {
        "kind": spec.kind,
        "data": spec.source,
        "out": spec.out,
        "trials": plan.wanted,
        "objectives": dict(plan.config.objectives),
        "config_hash": plan.identity.config_hash,
        "engine": dict(plan.identity.engine),
        "space": {
            axis.path: axis.dimension.model_dump(mode="json", exclude_defaults=True)
            for axis in plan.space.axes
        },
        "settings": spec.settings.model_dump(mode="json"),
    }


def tune(
    spec: RunSpec,
    watch: Watch = lambda _trial: None,
    say: Say = lambda _line: None,
    trainer: Train = train,
) -> Summary:
    """Search to the end, or find that it was done; what was begun here is gone on with.

    Raises RunMismatch when the output is of another run, Interrupted when it was told to stop, and whatever
    kept trials from being carried out at all.
    """
    plan = plan_study(spec)
    store = open_store(spec.out, spec.settings.store)
    check_claim(store, plan.identity)
    with open_ledger(store, plan.config.storage) as ledger:
        study = _carry_out(plan, store, ledger, watch, say, trainer)
        summary = summarise(study, plan.config, plan.space, plan.cells, spec, plan.identity.config_hash)
    write_summary(store, summary, plan.space)
    return summary


def _carry_out(plan: Plan, store: Store, ledger: Ledger, watch: Watch, say: Say, trainer: Train) -> Study:
    config = plan.config
    hours = config.hours
    until = None if hours is None else time.monotonic() + 3600 * hours
    retention = Retention(store, config, len(plan.cells))

    def hear(trial: FrozenTrial) -> None:
        telling.tell()
        watch(trial)
        if trial.state == TrialState.RUNNING and trial.intermediate_values and not claimed:
            claim(store, plan.identity, _kept(plan.spec))
            claimed.append(True)
        if trial.state.is_finished():
            retention.sweep(search.study, but=trial.number)

    claimed: list[bool] = []
    search = StudySearch(
        config,
        plan.space,
        plan.spec.settings.seed,
        ledger,
        plan.study,
        plan.cells,
        order=lambda number, values, seed: {"order": _order(plan, number, values, seed, trainer)},
        over=lambda: until is not None and time.monotonic() >= until,
        watch=hear,
    )
    telling = Telling(store, search.study, plan.wanted)
    if search.ended() < plan.wanted:
        stop = _fit(search, config, plan.spec.settings.train.epochs, say)
        if search.fault and not stop:
            raise search.fault
        ledger.flush(now=True)
        if stop:
            stop.pass_on()
            raise Interrupted(
                f"stopped after {search.ended():,} of {plan.wanted:,} trials; the same command goes on"
            )
    telling.tell()
    retention.sweep(search.study)
    return search.study


def _fit(search: StudySearch, config: TuneConfig, epochs: int, say: Say) -> StopFlag:
    """Carry out the trials, by Ray or without it; return whether that was stopped."""
    scheduler = make_scheduler(config, epochs, search.study.get_trials(deepcopy=False))
    stop = StopFlag()

    def is_over() -> bool:
        if stop and search.fault is None:
            search.fault = Interrupted("stopped")
        return search.fault is not None or search.is_over()

    if config.ray == "none":
        search.slots = 1
        with stop:
            fit_inline(search, scheduler, is_over)
    else:
        # Ray takes signals for itself when it starts, so that ours come after.
        with join(config, say) as share, stop:
            search.slots = share.slots
            fit_by_ray(search, scheduler, share, patience(config), is_over)
    return stop


def _order(plan: Plan, number: int, values: Values, seed: int, trainer: Train) -> Order:
    settings = plan.space.apply(values).model_copy(update={"seed": seed, "tune": TuneConfig()})
    out = f"{absolute_url(plan.spec.out).rstrip('/')}/{trial_key(number)}"
    minutes = plan.config.trial_minutes
    return Order(
        number=number,
        spec=_training(plan.spec, settings, out).to_json(),
        train=trainer,
        seconds=None if minutes is None else 60 * minutes,
        copy=plan.config.copy_data,
    )


def _training(spec: RunSpec, settings: Settings, out: str) -> RunSpec:
    source = None if spec.source is None else absolute_url(spec.source)
    return RunSpec(kind="train", source=source, out=out, settings=settings)


def _objective(spec: RunSpec) -> dict[str, str]:
    """Return what training decides by."""
    task = make_task(plan_training(spec).assignment)
    return {task.metric: "max" if task.higher_is_better else "min"}


def _deciding(spec: RunSpec, settings: Settings) -> Json:
    if spec.source is None:
        raise SighError("a study needs data; name a set, or a folder with a subfolder a class, by --data")
    source = open_source(spec.source, settings.store).identity
    values = whole_values("tune", settings, source, HOW)
    for name in sections():
        values[name] = whole_values(name, settings, {}, TRAIN_HOW if name == "train" else frozenset())[name]
    return values | fresh_values(settings, spec.source)


def _kept(spec: RunSpec) -> Json:
    """Return what run.json keeps: enough to go on from any working folder."""
    settings = spec.settings.model_dump(mode="json", exclude={"run", "store"})
    return {"kind": spec.kind, "source": absolute_url(spec.source or ""), "settings": settings}

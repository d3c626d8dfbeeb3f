"""Studies for benches: a training that only sleeps, carried out by `sigh tune` and by plain Ray Tune."""

from __future__ import annotations

import multiprocessing
import os
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import resident
from sigh_batch.config.layers import Layer
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.training.progress import Outcome, Progress, Watch

PACE = "BENCH_EPOCH_SECONDS"
LOW, HIGH = 1e-5, 1e-1
SLOTS = 2


@dataclass(frozen=True, slots=True)
class Load:
    """What a study has to carry out."""

    trials: int
    epochs: int
    seconds: float
    """How long an epoch takes."""

    @property
    def ideal(self) -> float:
        """Seconds that all of it takes when no slot ever waits."""
        return self.trials * self.epochs * self.seconds / SLOTS


@dataclass(frozen=True, slots=True)
class Course:
    """How a study went."""

    starting: float
    """Seconds until Ray was there."""
    seconds: float
    """Seconds from then to the end."""
    writing: float
    """Seconds of them that went into the study."""
    memory: tuple[int, ...] = ()
    """Resident bytes of the driver after each hundred trials."""


def alone(work: Callable[..., Course], *args: Any) -> Course:
    """Carry out work in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *args).result()


def train(spec: RunSpec, watch: Watch) -> Outcome:
    """Sleep for as many epochs as are asked for, and report after each."""
    config = spec.settings.train
    value = 0.0
    for epoch in range(1, config.epochs + 1):
        time.sleep(float(os.environ[PACE]))
        value = config.lr * epoch
        told: dict[str, Any] = {"step": epoch, "steps": config.epochs, "epoch": epoch}
        told |= {"epochs": config.epochs, "rate": 1.0, "value": value, "metrics": {"auc": value}}
        watch(Progress(**told, validating=True))
        watch(Progress(**told, validated=True))
    return Outcome(out=spec.out, name="bench", steps=config.epochs, best_step=1, metrics={"auc": value})


def ours(folder: str, load: Load, ray: str) -> Course:
    """Carry out a study by `sigh tune`."""
    from sigh_batch.tuning.cluster import hush
    from sigh_batch.tuning.job import tune

    data = Path(folder, "data", "class")
    data.mkdir(parents=True, exist_ok=True)
    (data / "one.png").write_bytes(b"not looked at")
    study = {
        "space": {"train.lr": {"low": LOW, "high": HIGH, "log": True}},
        "objectives": {"auc": "max"},
        "search": "random",
        "stop_early": "none",
        "baseline": False,
        "trials": load.trials,
        "ray": ray,
        "concurrency": SLOTS,
    }
    settings = resolve([Layer({"tune": study, "train": {"epochs": load.epochs}})]).settings
    spec = RunSpec(kind="tune", source=str(data.parent), out=str(Path(folder, "ours")), settings=settings)
    memory: list[int] = []
    ended: set[int] = set()

    def watch(trial: Any) -> None:
        if trial.state.is_finished() and trial.number not in ended:
            ended.add(trial.number)
            if len(ended) % 100 == 0:
                memory.append(resident())

    hush()
    with _ray(load, None if ray == "none" else SLOTS) as starting, _timed_writes() as writing:
        begun = time.perf_counter()
        tune(spec, watch, trainer=train)
        took = time.perf_counter() - begun
    return Course(starting, took, sum(writing), tuple(memory))


def plain(folder: str, load: Load) -> Course:
    """Carry out the same trials as a tutorial of Ray Tune does."""
    from ray import tune
    from ray.tune.search.optuna import OptunaSearch

    def trainable(config: dict[str, float]) -> None:
        import torch  # noqa: F401 -- what every training of interest loads

        for epoch in range(1, load.epochs + 1):
            time.sleep(load.seconds)
            tune.report({"auc": config["lr"] * epoch})

    with _ray(load, SLOTS) as starting:
        begun = time.perf_counter()
        tune.Tuner(
            trainable,
            param_space={"lr": tune.loguniform(LOW, HIGH)},
            tune_config=tune.TuneConfig(
                search_alg=OptunaSearch(),
                metric="auc",
                mode="max",
                num_samples=load.trials,
                max_concurrent_trials=SLOTS,
            ),
            run_config=tune.RunConfig(name="plain", storage_path=folder, verbose=0),
        ).fit()
        took = time.perf_counter() - begun
    return Course(starting, took, 0.0)


@contextmanager
def _ray(load: Load, slots: int | None) -> Iterator[float]:
    """Start Ray where there are slots, quietly, and give the seconds that it took."""
    os.environ[PACE] = str(load.seconds)
    os.environ["PYTHONPATH"] = str(Path.cwd())
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    warnings.simplefilter("ignore")
    if slots is None:
        yield 0.0
        return
    import logging

    import ray

    begun = time.perf_counter()
    how = {"include_dashboard": False, "log_to_driver": False, "logging_level": logging.ERROR}
    ray.init("local", num_cpus=slots, **how)
    try:
        yield time.perf_counter() - begun
    finally:
        ray.shutdown()


@contextmanager
def _timed_writes() -> Iterator[list[float]]:
    """Give a list that grows by the seconds of each write to the journal and of it to its disk or store.

    Of the file that tells how many trials there are too.
    """
    from sigh_batch.tuning.ledger import Ledger, _Journal
    from sigh_batch.tuning.tally import Telling

    spent: list[float] = []

    def timed(act: Callable[..., None]) -> Callable[..., None]:
        def run(*args: Any, **told: Any) -> None:
            begun = time.perf_counter()
            act(*args, **told)
            spent.append(time.perf_counter() - begun)

        return run

    kept: tuple[Any, Any, Any] = _Journal.append_logs, Ledger.flush, Telling.tell
    _Journal.append_logs, Ledger.flush, Telling.tell = map(timed, kept)  # type: ignore[method-assign]
    try:
        yield spent
    finally:
        _Journal.append_logs, Ledger.flush, Telling.tell = kept  # type: ignore[method-assign]

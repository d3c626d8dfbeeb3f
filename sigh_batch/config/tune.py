"""What a study searches, how, and on what."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from sigh_batch.config.base import Config
from sigh_batch.errors import ConfigError

Scalar = bool | int | float | str | None
"""What a choice may be."""
Mode = Literal["max", "min"]
Method = Literal["tpe", "random", "qmc", "cmaes", "gp", "grid"]

PASSWORD = "SIGH_STUDY_PASSWORD"  # noqa: S105 -- the name of a variable
"""Variable that the password of the study's database is read from."""

RAY_OBJECT_STORE = 80_000_000
"""Bytes of shared memory that Ray takes at least; trials exchange nothing through it."""

HOW = frozenset(
    {
        "trials",
        "ray",
        "concurrency",
        "cpus",
        "gpus",
        "hours",
        "trial_minutes",
        "wait_minutes",
        "retries",
        "keep",
        "copy_data",
        "storage",
        "study",
    }
)
"""Settings that say how a study is carried out: it may go on with others."""


class Dimension(Config):
    """The values that one setting may take: a range, or choices."""

    low: float | None = None
    """Smallest value of a range."""
    high: float | None = None
    """Largest value of a range, which is in it."""
    log: bool = False
    """Draw orders of magnitude equally often."""
    step: Annotated[float | None, Field(gt=0)] = None
    """Distance of the values; null takes any, or every whole number."""
    choices: Annotated[tuple[Scalar, ...] | None, Field(min_length=1)] = None
    """The values themselves, in place of a range."""
    when: dict[str, Scalar | tuple[Scalar, ...]] = Field(default={})
    """Other settings of the space, and the value or values that each must have for this one to be drawn."""
    points: Annotated[int | None, Field(ge=2)] = None
    """How many values of a range without steps a grid takes."""

    @model_validator(mode="after")
    def _check(self) -> Dimension:
        if (self.choices is None) == (self.low is None or self.high is None):
            raise ValueError("give low and high, or choices")
        if self.choices is not None:
            return self._checked_choices()
        assert self.low is not None
        assert self.high is not None
        if self.low >= self.high:
            raise ValueError(f"the range from {self.low:g} to {self.high:g} is empty; low must be below high")
        if self.log and self.low <= 0:
            raise ValueError(f"a range with log must begin above 0, not at {self.low:g}")
        if self.log and self.step is not None:
            raise ValueError("a range has either log or a step")
        if self.step is not None and self.step > self.high - self.low:
            raise ValueError(f"the step {self.step:g} is longer than the range")
        return self

    def _checked_choices(self) -> Dimension:
        assert self.choices is not None
        if self.log or self.step or self.points or self.low is not None or self.high is not None:
            raise ValueError("choices have no low, high, log, step or points")
        if len(set(map(repr, self.choices))) < len(self.choices):
            raise ValueError("a choice is there twice")
        return self


def _read_dimension(value: Any) -> Any:
    """Let a list stand for its choices."""
    return {"choices": value} if isinstance(value, list) else value


Space = dict[str, Annotated[Dimension, BeforeValidator(_read_dimension)]]


def fit(node: Mapping[str, float], cpus: float, gpus: float) -> int:
    """Return how many trials a node can hold; a whole GPU is never shared by more than what fits into one."""
    by_cpu = math.floor(node.get("CPU", 0.0) / cpus + 1e-9) if cpus else 10**6
    if not gpus:
        return 0 if by_cpu == 10**6 and not node.get("CPU") else by_cpu
    had = node.get("GPU", 0.0)
    by_gpu = math.floor(had) * math.floor(1 / gpus + 1e-9) if gpus < 1 else math.floor(had / gpus + 1e-9)
    return min(by_cpu, by_gpu)


class TuneConfig(Config):
    """How settings of training are searched."""

    space: Space = Field(default={})
    """What is searched: settings by their path, such as train.lr, each with a range or a list of choices."""
    preset: Literal["seed0"] | None = None
    """A space that ships with sigh, which `space` is laid over; seed0 has seven dimensions of a backbone."""
    objectives: dict[str, Mode] = Field(default={})
    """What is improved, and which way; none is the metric that training itself decides by, several are
    searched for their best compromises."""
    search: Method = "tpe"
    """How the next values are chosen: tpe, random, qmc, cmaes, gp, or grid for all there are."""
    startup: Annotated[int, Field(ge=1)] = 8
    """Trials that tpe, cmaes and gp draw at random before they follow what they have seen."""
    baseline: bool = True
    """Give the first trial the settings as they are, so that the search is measured by them."""
    repeats: Annotated[int, Field(ge=1)] = 1
    """How often a grid trains each combination, each time with another seed."""
    stop_early: Literal["asha", "none"] = "asha"
    """Stop trials that fall behind the others; a grid and several objectives never do."""
    grace: Annotated[int, Field(ge=1)] = 1
    """Epochs that each trial has before it may be stopped."""
    reduction: Annotated[int, Field(ge=2)] = 3
    """One of how many trials goes on beyond each rung."""

    trials: Annotated[int, Field(ge=1)] = 10
    """How many trials a study has; a grid has as many as its combinations and repeats."""
    ray: str = "local"
    """Where trials run: local starts Ray on this machine, auto finds a running one, HOST:PORT names it; none
    carries them out one after another without Ray. In pods that `sigh submit tune` starts it is pods."""
    concurrency: Annotated[int | None, Field(ge=1)] = None
    """Trials at a time; null is as many as fit."""
    cpus: Annotated[float, Field(ge=0)] = 1.0
    """Processor cores of a trial."""
    gpus: Annotated[float | None, Field(ge=0)] = None
    """GPUs of a trial, or a share of one such as 0.5; null is one where there are any."""
    hours: Annotated[float | None, Field(gt=0)] = None
    """How long the study goes on; trials under way are then stopped. Null sets no limit."""
    trial_minutes: Annotated[float | None, Field(gt=0)] = None
    """How long a trial may take before it is given up as hanging; null sets no limit."""
    wait_minutes: Annotated[float, Field(ge=0)] = 10.0
    """How long a cluster is waited for that cannot hold a trial yet."""
    retries: Annotated[int, Field(ge=0)] = 2
    """How often a trial whose process died goes on in another."""
    keep: Annotated[int, Field(ge=0)] = 3
    """Trials whose weights are kept: the best, and beside them the one with the settings as they were; 0
    keeps none. A grid keeps the best of each combination."""
    copy_data: bool = True
    """Copy data that is not in a folder to each node once, in place of reading it for every trial."""
    storage: str | None = None
    """URL of a database for the study, such as postgresql://user@host/name, its password in the variable
    SIGH_STUDY_PASSWORD; null is the file study.log of the output."""
    study: str | None = None
    """Name of the study in its storage; null is the name and the config hash of the output."""

    @field_validator("storage")
    @classmethod
    def _without_password(cls, value: str | None) -> str | None:
        if value is None:
            return value
        scheme, separator, rest = value.partition("://")
        if not separator:
            raise ValueError("must be the URL of a database, such as sqlite:///study.db")
        user = rest.partition("/")[0].rpartition("@")[0]
        if ":" in user:
            raise ValueError(
                f"must not hold a password ({scheme}://...): put it into the environment variable {PASSWORD}"
            )
        return value

    def shared_by(self, pods: int, room: Mapping[str, float]) -> TuneConfig:
        """Return how pods search that have so much room each: with as many trials at a time as all hold.

        Raises ConfigError when no pod can hold a trial.
        """
        gpus = self.gpus if self.gpus is not None else float(room["GPU"] > 0)
        slots = fit(room, self.cpus, gpus)
        if not slots:
            raise ConfigError(
                f"a trial asks for {self.cpus:g} cores and {gpus:g} GPUs (tune.cpus, tune.gpus), and a pod "
                f"has {room['CPU']:g} and {room['GPU']:g} (kubernetes.cpu, kubernetes.gpus)"
            )
        return self.model_copy(update={"concurrency": self.concurrency or pods * slots})

"""What an evaluation found, as plain values: evaluation.json is this and nothing else.

The scores of every picture are beside it in predictions.parquet, so that each number can be had again.
"""

from __future__ import annotations

from pydantic import Field, ValidationError

from sigh_batch.config.base import Config
from sigh_batch.errors import DataError, NotFound
from sigh_batch.store import Store

EVALUATION_KEY = "evaluation.json"
SCHEMA_VERSION = 1


class Value(Config):
    """A number and the interval that drawing whole groups again gives it."""

    value: float | None
    """The number; null where it cannot be had, as an AUC of one class."""
    low: float | None = None
    """Lower end of its 95 % interval."""
    high: float | None = None
    """Upper end."""


class Slice(Config):
    """The same numbers over a part of the pictures."""

    by: str
    """What divides: operation, skill, skin, font, locale, size, degradation, benign, source, ..."""
    name: str
    """Which part."""
    pictures: int
    """How many pictures it has."""
    forged: int
    """How many of them are forged."""
    metrics: dict[str, Value]
    """Numbers by name: auc, tpr_at_fpr_0.01, fpr, pixel_f1, ..."""


class Bin(Config):
    """One bar of a reliability diagram."""

    low: float
    """Least probability of its pictures."""
    high: float
    """Largest."""
    pictures: int
    """How many it has."""
    mean_probability: float | None
    """What the model said of them, on average."""
    share_forged: float | None
    """How many of them are forged."""


class Point(Config):
    """One strength of one degradation."""

    strength: float
    """The number that is varied: a quality, a sigma, a factor."""
    label: str
    """As people say it: jpeg 65."""
    pictures: int = 0
    """How many went through it and still tell the truth; pairs that it spoils are left out."""
    metrics: dict[str, Value]
    """Numbers by name."""


class Curve(Config):
    """How a model fares as a degradation grows."""

    degradation: str
    """Which one."""
    points: tuple[Point, ...]
    """From harmless to harsh."""


class Target(Config):
    """What was asked of the model, and what it reached."""

    name: str
    """In words."""
    metric: str
    """Which number: `auc`, `jpeg/65/auc` of a curve's point, `slices/benign/any/alarm_ratio`."""
    wanted: float
    """The limit."""
    at_least: bool
    """Whether more is better."""
    reached: Value
    """What came out."""

    @property
    def met(self) -> bool | None:
        """Whether what came out is good enough; None where nothing came out."""
        found = self.reached.value
        if found is None:
            return None
        return found >= self.wanted if self.at_least else found <= self.wanted


class Comparison(Config):
    """The model in question beside another one, on the same pictures."""

    model: str
    """Name of the other."""
    auc: Value
    """How much larger the AUC of the model in question is; 0 outside of the interval is no chance."""
    first_alone: int
    """Pictures whose verdict the model in question alone has right."""
    second_alone: int
    """Pictures whose verdict the other alone has right."""
    p_value: float
    """How often a coin would part these so unequally (McNemar's exact test)."""


class Evaluated(Config):
    """One model over one set."""

    model: str
    """Its name."""
    model_sha256: str
    """Hash of its weights."""
    pictures: int
    """How many were scored."""
    failed: int
    """How many could not be read."""
    forged: int
    """How many of them are forged, scene-depth ones left out."""
    metrics: dict[str, Value]
    """Numbers over all pictures but scene-depth pairs."""
    scene_depth: dict[str, Value] = Field(default={})
    """The same over pairs forged in the conversation: an honest detector is at chance there."""
    scene_depth_pictures: int = 0
    """How many pictures these are."""
    scene_depth_at_chance: bool | None = None
    """Whether the interval of their AUC holds 0.5; null without any."""
    slices: tuple[Slice, ...] = ()
    """The same over parts."""
    reliability: tuple[Bin, ...] = ()
    """How far probabilities can be taken at their word."""
    curves: tuple[Curve, ...] = ()
    """How it fares under degradations."""
    roc: tuple[tuple[float, float], ...] = ()
    """False-positive and true-positive rate, thinned to what can be seen."""
    confusion: dict[str, int] = Field(default={})
    """Counts by label and verdict, such as forged.flagged."""
    thresholds: dict[str, float] = Field(default={})
    """Where its verdicts begin: low, high, pixel."""
    classes: tuple[str, ...] = ()
    """Names of the classes, in the order of the matrix."""
    class_matrix: tuple[tuple[int, ...], ...] = ()
    """How often each class (row) was said to be each (column), by the likeliest one."""


class Evaluation(Config):
    """One or more models over one set, the first being the one in question."""

    schema_version: int = SCHEMA_VERSION
    """Version of this document's shape."""
    data: str
    """URL of the set."""
    data_identity: str
    """Hash of what decides its pictures."""
    split: str
    """Which split was scored."""
    models: tuple[Evaluated, ...]
    """What each reached."""
    targets: tuple[Target, ...] = ()
    """What was asked of the first."""
    comparisons: tuple[Comparison, ...] = ()
    """The first beside each of the others."""
    groups: int = 0
    """How many independent groups the pictures come from: what intervals are drawn over."""
    sweep_pairs: int = 0
    """How many pairs went through every degradation."""
    sweep_untouched: int = 0
    """How many of these pairs no degradation or lossy save had befallen before."""
    command: str
    """How to make it again."""


def read_evaluation(store: Store) -> Evaluation | None:
    """Return the evaluation of a store, or None where there is none; raises DataError for a damaged one."""
    try:
        text = store.get(EVALUATION_KEY)
    except NotFound:
        return None
    try:
        return Evaluation.model_validate_json(text)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        raise DataError(
            f"{EVALUATION_KEY} in {store.url} is damaged, or of another version: "
            f"{f'{place}: ' if place else ''}{problem['msg']}; run sigh evaluate again"
        ) from error

"""What was asked of a model, beside what it reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sigh_batch.config.evaluate import TargetConfig
from sigh_batch.errors import ConfigError
from sigh_batch.evaluation.document import Evaluated, Target, Value

_NOTHING = Value(value=None)


def check_targets(targets: Iterable[TargetConfig]) -> None:
    """Raise ConfigError for a target without a limit, or with a number that nobody can find."""
    for target in targets:
        if (target.at_least is None) == (target.at_most is None):
            raise ConfigError(f"the target {target.name!r} needs one of at_least and at_most")
        if len(target.metric.split("/")) not in (1, 3, 4):
            raise ConfigError(
                f"the target {target.name!r} has metric {target.metric!r}; name one as in 'auc', "
                "'jpeg/65/auc' or 'slices/benign/any/fpr'"
            )


def reach_targets(targets: Iterable[TargetConfig], found: Evaluated) -> Iterator[Target]:
    """Yield each target with what a model reached."""
    for target in targets:
        wanted = target.at_most if target.at_least is None else target.at_least
        assert wanted is not None
        yield Target(
            name=target.name,
            metric=target.metric,
            wanted=wanted,
            at_least=target.at_least is not None,
            reached=value_of(found, target.metric),
        )


def value_of(found: Evaluated, metric: str) -> Value:
    """Return the number that a path names; one without a value where there is none."""
    match metric.split("/"):
        case [name]:
            return found.metrics.get(name, _NOTHING)
        case [curve, strength, name]:
            points = [point for line in found.curves if line.degradation == curve for point in line.points]
            near = [point for point in points if f"{point.strength:g}" == strength]
            return near[0].metrics.get(name, _NOTHING) if near else _NOTHING
        case ["slices", by, part, name]:
            slices = [each for each in found.slices if (each.by, each.name) == (by, part)]
            return slices[0].metrics.get(name, _NOTHING) if slices else _NOTHING
    return _NOTHING

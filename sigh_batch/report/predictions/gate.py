"""`--fail-on 'auc<0.95'`: limits that a pipeline sets on what a report found."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sigh_batch.errors import ConfigError, GateFailed, UnknownName

_LIMIT = re.compile(
    r"\s*([A-Za-z][\w.]*)\s*(<=|>=|==|!=|<|>)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(%?)\s*"
)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_OF_LABELS = (
    *("auc", "ap", "tpr_at_fpr_0.01", "tpr_at_fpr_0.001", "ece", "brier", "nll"),
    *("recall", "precision", "fpr", "f1", "accuracy", "balanced_accuracy"),
)
_OF_EVALUATION = ("targets_missed",)


@dataclass(frozen=True, slots=True)
class Limit:
    """One expression: the report fails where it holds."""

    text: str
    metric: str
    sign: str
    bound: float

    def holds(self, value: float) -> bool:
        """Return whether a number is on the side that fails."""
        return _COMPARE[self.sign](value, self.bound)


@dataclass(frozen=True, slots=True)
class Checked:
    """A limit and the number it was held against."""

    limit: Limit
    value: float

    @property
    def passed(self) -> bool:
        """Whether the report may pass."""
        return not self.limit.holds(self.value)


def read_limit(text: str) -> Limit:
    """Return the limit that an expression states; raises ConfigError."""
    found = _LIMIT.fullmatch(text)
    if not found:
        raise ConfigError(
            f"not a limit: {text!r}; write a number's name, one of < <= > >= == != and a value, as 'auc<0.95'"
        )
    name, sign, value, percent = found.groups()
    return Limit(text.strip(), name, sign, float(value) / (100 if percent else 1))


def check_limits(limits: Sequence[Limit], numbers: Mapping[str, float | None]) -> list[Checked]:
    """Hold limits against numbers; raises UnknownName, or ConfigError where a number cannot be had."""
    return [Checked(limit, _value(limit, numbers)) for limit in limits]


def raise_broken(checked: Sequence[Checked]) -> None:
    """Raise GateFailed with a line for each broken limit."""
    broken = [f"{one.limit.metric} is {one.value:.6g}: {one.limit.text}" for one in checked if not one.passed]
    if broken:
        raise GateFailed("\n".join(broken))


def _value(limit: Limit, numbers: Mapping[str, float | None]) -> float:
    value = numbers.get(limit.metric)
    if value is not None:
        return value
    if limit.metric in numbers:
        reason = "these pictures give it no value; an AUC of one class is none, for example"
    elif limit.metric in _OF_LABELS:
        reason = "it takes pictures of both classes with true labels, and there are none, or too few"
    elif limit.metric in _OF_EVALUATION:
        reason = "it takes an evaluation; name one with --evaluation URL"
    else:
        known = sorted({*numbers, *_OF_LABELS, *_OF_EVALUATION})
        raise UnknownName("number in --fail-on", limit.metric, known, f"there are {', '.join(known)}")
    raise ConfigError(f"{limit.text!r} cannot be checked: {limit.metric} is not to be had: {reason}")

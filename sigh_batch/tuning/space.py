"""A search space: which settings of training vary, over what, and the settings that drawn values make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import ValidationError

from sigh_batch.config.resolve import leaves, types_at
from sigh_batch.config.settings import Settings
from sigh_batch.config.train import HOW
from sigh_batch.config.tune import Dimension, Scalar, TuneConfig
from sigh_batch.errors import ConfigError, UnknownName
from sigh_batch.tuning.presets import PRESETS

Values = dict[str, Scalar]
"""Drawn values by the path of their setting."""

_OPEN = ("train", "tiles", "backbone")
"""Sections that decide what is trained and how; all others are the same for every trial."""


class Drawer(Protocol):
    """What draws values: an Optuna trial, or anything that is called as one."""

    def suggest_float(
        self, name: str, low: float, high: float, *, step: float | None = None, log: bool = False
    ) -> float:
        """Return a value of a range."""

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:
        """Return a whole number of a range."""

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        """Return one of some values."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One setting that varies."""

    path: str
    dimension: Dimension
    whole: bool
    """Whether it is a whole number."""

    def draw(self, drawer: Drawer) -> Scalar:
        """Return a value."""
        told = self.dimension
        if told.choices is not None:
            chosen: Scalar = drawer.suggest_categorical(self.path, told.choices)
            return chosen
        assert told.low is not None
        assert told.high is not None
        if self.whole:
            low, high, step = int(told.low), int(told.high), int(told.step or 1)
            return drawer.suggest_int(self.path, low, high, step=step, log=told.log)
        return drawer.suggest_float(self.path, told.low, told.high, step=told.step, log=told.log)

    def holds(self, value: Any) -> bool:
        """Return whether a value is one of this axis."""
        told = self.dimension
        if told.choices is not None:
            return any(value == choice and type(value) is type(choice) for choice in told.choices)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        assert told.low is not None
        assert told.high is not None
        if not told.low <= value <= told.high:
            return False
        step = told.step or (1 if self.whole else None)
        if step is None or told.log:
            return True
        steps = (value - told.low) / step
        return abs(steps - round(steps)) < 1e-9

    def is_drawn(self, values: Mapping[str, Any]) -> bool:
        """Return whether the values of other axes ask for one of this."""
        return all(
            path in values and values[path] in _all(wanted) for path, wanted in self.dimension.when.items()
        )

    def ends(self) -> tuple[Scalar, ...]:
        """Return the values that stand for all in a check: the ends of a range, or every choice."""
        told = self.dimension
        if told.choices is not None:
            return told.choices
        assert told.low is not None
        assert told.high is not None
        return (int(told.low), int(told.high)) if self.whole else (told.low, told.high)


@dataclass(frozen=True, slots=True)
class Space:
    """Settings that vary, those that others depend on first."""

    axes: tuple[Axis, ...]
    base: Settings
    """The settings that do not vary."""

    @classmethod
    def of(cls, settings: Settings) -> Space:
        """Return the space that settings ask for.

        Raises ConfigError when it is empty, names what is no setting of training, or holds values that one
        cannot have.
        """
        space, base = _with_preset(settings)
        if not space:
            raise ConfigError("nothing is searched: name settings in tune.space, or set tune.preset=seed0")
        axes = [Axis(path, dimension, _check_path(path, dimension)) for path, dimension in space.items()]
        found = cls(_ordered(axes), base)
        for axis in found.axes:
            found.check(axis)
        return found

    def check(self, axis: Axis) -> None:
        """Raise ConfigError when a setting cannot have the values of its axis."""
        parents = {path: _all(wanted)[0] for path, wanted in axis.dimension.when.items()}
        for path, wanted in axis.dimension.when.items():
            parent = next(other for other in self.axes if other.path == path)
            for value in _all(wanted):
                if not parent.holds(value):
                    raise ConfigError(
                        f"tune.space: {axis.path} asks for {path} = {value!r}, which is never drawn"
                    )
        for value in axis.ends():
            try:
                self.apply({**parents, axis.path: value})
            except ConfigError as error:
                raise ConfigError(f"tune.space: {axis.path} cannot be {value!r}: {error}") from error

    def draw(self, drawer: Drawer) -> Values:
        """Return a value of every axis whose condition holds."""
        values: Values = {}
        for axis in self.axes:
            if axis.is_drawn(values):
                values[axis.path] = axis.draw(drawer)
        return values

    def baseline(self) -> Values:
        """Return the values that the settings have anyway, where the space has them."""
        found: Values = {}
        for axis in self.axes:
            value = value_at(self.base, axis.path)
            if axis.is_drawn(found) and axis.holds(value):
                found[axis.path] = float(value) if isinstance(value, int) and _is_range(axis) else value
        return found

    def apply(self, values: Mapping[str, Any]) -> Settings:
        """Return the settings with these values; raises ConfigError when one does not fit."""
        tree = self.base.model_dump()
        for path, value in values.items():
            here = tree
            *above, last = path.split(".")
            for part in above:
                here = here[part]
            here[last] = value
        try:
            return Settings.model_validate(tree)
        except ValidationError as error:
            problem = error.errors()[0]
            raise ConfigError(problem["msg"].removeprefix("Value error, ")) from error

    @property
    def is_conditional(self) -> bool:
        """Whether some settings vary only with certain values of others."""
        return any(axis.dimension.when for axis in self.axes)


def value_at(settings: Settings, path: str) -> Any:
    """Return the value of a setting by its path, or None where the path leads into a map without it."""
    here: Any = settings
    for part in path.split("."):
        here = here.get(part) if isinstance(here, dict) else getattr(here, part)
    return here


def _is_range(axis: Axis) -> bool:
    return axis.dimension.choices is None and not axis.whole


def _with_preset(settings: Settings) -> tuple[dict[str, Dimension], Settings]:
    tune: TuneConfig = settings.tune
    if tune.preset is None:
        return tune.space, settings
    preset = PRESETS[tune.preset]
    fixed = Space((), settings).apply(preset.fixed)
    return {**preset.space, **tune.space}, fixed


def _check_path(path: str, dimension: Dimension) -> bool:
    """Return whether a setting is a whole number; raises ConfigError when it is none that can vary."""
    kinds = set(types_at(tuple(path.split(".")))) & {bool, int, float, str}
    if not kinds:
        raise UnknownName("setting in tune.space", path, searchable(), "`sigh config show` lists all")
    if not _varies(path):
        raise ConfigError(
            f"tune.space: {path} cannot vary; what decides a result in {' and '.join(sections())} can"
        )
    whole = int in kinds and float not in kinds
    if dimension.choices is None:
        if not kinds & {int, float}:
            raise ConfigError(f"tune.space: {path} is no number, so it has no range; give a list of choices")
        parts = [("low", dimension.low), ("high", dimension.high), ("step", dimension.step)]
        torn = [f"{name} {value:g}" for name, value in parts if whole and value is not None and value % 1]
        if torn:
            raise ConfigError(f"tune.space: {path} is a whole number, and its {torn[0]} is none")
    return whole


def searchable() -> list[str]:
    """Return the paths of all settings that may vary."""
    tree = Settings().model_dump(mode="json", include=set(sections()))
    return sorted(path for path in (".".join(parts) for parts, _ in leaves(tree)) if _varies(path))


def _varies(path: str) -> bool:
    top, _, below = path.partition(".")
    return top in _OPEN and not (top == "train" and below.partition(".")[0] in HOW)


def sections() -> list[str]:
    """Return the sections of the settings that decide what is trained and how."""
    return [name for name in _OPEN if name in Settings.model_fields]


def _ordered(axes: list[Axis]) -> tuple[Axis, ...]:
    """Return the axes, each behind those that it depends on."""
    by_path = {axis.path: axis for axis in axes}
    done: dict[str, Axis] = {}

    def visit(axis: Axis, above: tuple[str, ...]) -> None:
        if axis.path in above:
            raise ConfigError(
                f"tune.space: {axis.path} depends on itself ({' -> '.join((*above, axis.path))})"
            )
        for path in axis.dimension.when:
            if path not in by_path:
                raise UnknownName(f"condition of {axis.path}", path, by_path, "it must be in tune.space too")
            visit(by_path[path], (*above, axis.path))
        done.setdefault(axis.path, axis)

    for axis in axes:
        visit(axis, ())
    return tuple(done.values())


def _all(wanted: Scalar | tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    return wanted if isinstance(wanted, tuple) else (wanted,)

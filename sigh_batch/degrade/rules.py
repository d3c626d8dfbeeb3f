"""What parameters an operation takes: one table that checks them, says what is wrong, and describes them.

Parameters are plain JSON. A rule checks one value; `Fields` is the rule of a whole table of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sigh_batch.errors import ConfigError, UnknownName


class Rule(ABC):
    """What one value may be."""

    meaning: str

    @abstractmethod
    def allows(self, value: Any) -> bool:
        """Say whether a value is of the kind and in the range."""

    @abstractmethod
    def range(self) -> str:
        """Say in a few words what is allowed."""

    def check(self, where: str, value: Any) -> None:
        """Raise ConfigError unless the value is allowed; `where` is what the user calls it."""
        if not self.allows(value):
            raise ConfigError(f"{where} is {value!r} and must be {self.range()}")


@dataclass(frozen=True, slots=True)
class Number(Rule):
    """A number from low to high, both included."""

    low: float
    high: float
    meaning: str = ""

    def allows(self, value: Any) -> bool:
        """Take whole numbers too, but no truth values."""
        return (
            isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high
        )

    def range(self) -> str:
        """Name both ends."""
        return f"a number from {self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Whole(Rule):
    """A whole number from low to high, both included."""

    low: int
    high: int
    meaning: str = ""

    def allows(self, value: Any) -> bool:
        """Refuse 3.0: it would be written differently when the parameters are stored."""
        return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high

    def range(self) -> str:
        """Name both ends."""
        return f"a whole number from {self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class OneOf(Rule):
    """One of some words."""

    words: tuple[str, ...]
    meaning: str = ""

    def allows(self, value: Any) -> bool:
        """Compare exactly."""
        return value in self.words

    def range(self) -> str:
        """Name them all."""
        return "one of " + ", ".join(self.words)

    def check(self, where: str, value: Any) -> None:
        """Name the nearest word of an unknown one."""
        if not self.allows(value):
            raise UnknownName(where, str(value), self.words)


@dataclass(frozen=True, slots=True)
class Flag(Rule):
    """True or false."""

    meaning: str = ""

    def allows(self, value: Any) -> bool:
        """Take nothing that only counts as true."""
        return isinstance(value, bool)

    def range(self) -> str:
        """Name both."""
        return "true or false"


@dataclass(frozen=True, slots=True)
class Text(Rule):
    """One line of text."""

    longest: int
    meaning: str = ""

    def allows(self, value: Any) -> bool:
        """Refuse the empty text and line breaks."""
        return isinstance(value, str) and 0 < len(value) <= self.longest and value.isprintable()

    def range(self) -> str:
        """Name the length."""
        return f"1 to {self.longest} printable characters"


@dataclass(frozen=True, slots=True)
class Many(Rule):
    """A list of least to most values of one rule."""

    of: Rule
    least: int
    most: int
    meaning: str = ""

    def allows(self, value: Any) -> bool:
        """Check every item."""
        return (
            isinstance(value, list | tuple)
            and self.least <= len(value) <= self.most
            and all(map(self.of.allows, value))
        )

    def range(self) -> str:
        """Name the number and what each is."""
        count = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
        return f"a list of {count}, each {self.of.range()}"


@dataclass(frozen=True, slots=True)
class Fields(Rule):
    """An object that has exactly these fields."""

    rules: Mapping[str, Rule]
    meaning: str = ""

    def allows(self, value: Any) -> bool:
        """Say whether all fields are there and allowed."""
        return (
            isinstance(value, Mapping)
            and value.keys() == self.rules.keys()
            and all(rule.allows(value[name]) for name, rule in self.rules.items())
        )

    def range(self) -> str:
        """Name the fields."""
        return "an object of " + ", ".join(self.rules)

    def check(self, where: str, value: Any) -> None:
        """Say which field is unknown, missing or wrong."""
        if not isinstance(value, Mapping):
            raise ConfigError(f"{where} is {value!r} and must be {self.range()}")
        for name in value:
            if name not in self.rules:
                raise UnknownName(f"parameter of {where}", str(name), self.rules)
        missing = [name for name in self.rules if name not in value]
        if missing:
            raise ConfigError(f"{where} lacks {', '.join(missing)}; give every parameter")
        for name, rule in self.rules.items():
            rule.check(f"{where}: {name}", value[name])


@dataclass(frozen=True, slots=True)
class Table(Rule):
    """An object whose fields depend on another parameter: whoever uses it checks them."""

    meaning: str = ""

    def allows(self, value: Any) -> bool:
        """Take any object."""
        return isinstance(value, Mapping)

    def range(self) -> str:
        """Say no more than that."""
        return "an object"


RECTANGLE = Many(Number(0, 1), 4, 4)
"""Left, top, width and height as shares of the picture's width and height."""
COLOR = Many(Whole(0, 255), 3, 3)
SEED = Whole(0, 2**53, "seed of what is random in applying it")

"""Plots as data for a template: values become places in a box, nothing is drawn here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 520.0, 240.0
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places along one side of a plot."""

    low: float
    high: float
    length: float
    log: bool = False
    turned: bool = False
    """Whether it goes upwards, where pixels go down."""

    @classmethod
    def over(
        cls, values: Iterable[float], length: float, *, log: bool = False, turned: bool = False
    ) -> Scale:
        """Return the scale that all values fit into."""
        found = [value for value in values if math.isfinite(value)]
        low, high = (min(found), max(found)) if found else (0.0, 1.0)
        if low == high:
            room = abs(low) / 10 or 1.0
            low, high = (low / 2, high * 2) if log else (low - room, high + room)
        return cls(low, high, length, log, turned)

    def place(self, value: float) -> float:
        """Return where a value is, in pixels."""
        low, high, at = (math.log(part) if self.log else part for part in (self.low, self.high, value))
        share = (at - low) / (high - low)
        return round(self.length * (1 - share if self.turned else share), 1)

    def ticks(self, *, whole: bool = False) -> list[tuple[float, str]]:
        """Return places with what is written at them; `whole` are those of whole numbers alone."""
        if whole:
            first, last = math.ceil(self.low), math.floor(self.high)
            step = max(1, math.ceil((last - first) / _TICKS))
            return [(self.place(value), str(value)) for value in range(first, last + 1, step)]
        shares = [number / (_TICKS - 1) for number in range(_TICKS)]
        if self.log:
            values = [self.low * (self.high / self.low) ** share for share in shares]
        else:
            values = [self.low + (self.high - self.low) * share for share in shares]
        return [(self.place(value), f"{value:.3g}") for value in values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point of a plot."""

    x: float
    y: float
    kind: str
    """How it is drawn: good, told, best."""
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a plot."""

    points: str
    kind: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A box with its two scales, points and lines."""

    title: str
    label: str
    """What it shows, in a sentence, for whoever does not see it."""
    x: str
    y: str
    x_ticks: Sequence[tuple[float, str]]
    y_ticks: Sequence[tuple[float, str]]
    marks: Sequence[Mark] = ()
    lines: Sequence[Line] = ()
    areas: Sequence[str] = ()
    """Paths of SVG beneath everything, each laid over those before."""
    width: float = WIDTH
    height: float = HEIGHT


def points_of(pairs: Iterable[tuple[float, float]]) -> str:
    """Return places as SVG writes a line."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)

"""How one trial and one setting of a study are drawn and named, the same in every plot of its page."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from sigh_batch.data.sample import Json
from sigh_batch.data.searched import STATES
from sigh_batch.report.plots import Mark, Scale


def axis_scale(
    axis: Json, length: float, *, turned: bool = False
) -> tuple[Callable[[Any], float], list[tuple[float, str]]]:
    """Return what places a value of a setting, and its ticks; choices stand at equal distances."""
    if axis.get("choices") is not None:
        choices = axis["choices"]
        gap = length / max(len(choices) - 1, 1)
        places = {repr(choice): round(number * gap, 1) for number, choice in enumerate(choices)}
        ticks = [(places[repr(choice)], say(choice)) for choice in choices]
        return (lambda value: places[repr(value)]), ticks
    scale = Scale(axis["low"], axis["high"], length, axis.get("log", False), turned)
    return scale.place, scale.ticks()


def mark_of(row: Json, x: float, y: float, best: int | None) -> Mark:
    """Return the point of a trial."""
    kind = "best" if row["number"] == best else "good" if row["state"] == "complete" else "told"
    return Mark(x=x, y=y, kind=kind, title=title_of(row))


def title_of(row: Json) -> str:
    """Return what a trial is and what it reached."""
    reached = ", ".join(f"{name} {value:.4g}" for name, value in row["values"].items())
    return f"trial {row['number']}, {STATES[row['state']]}: {reached}"


def way_of(mode: str) -> float:
    """Return what makes the better value the lower one."""
    return -1.0 if mode == "max" else 1.0


def say(value: Any) -> str:
    """Return a value of a setting as people read it."""
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.4g}"
    return "none" if value is None else str(value)

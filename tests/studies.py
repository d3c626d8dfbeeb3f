"""What tests of studies share."""

from __future__ import annotations

from typing import Any

from sigh_batch.config.layers import Layer
from sigh_batch.config.resolve import resolve
from sigh_batch.config.settings import Settings


def settings_of(space: Any = None, **tune: Any) -> Settings:
    return resolve([Layer({"tune": {"space": space or {}, **tune}})]).settings


class Lowest:
    """Draws the lowest value of everything, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}

    def suggest_float(self, name: str, low: float, high: float, **how: Any) -> float:
        self.asked[name] = (low, high, how)
        return low

    def suggest_int(self, name: str, low: int, high: int, **how: Any) -> int:
        self.asked[name] = (low, high, how)
        return low

    def suggest_categorical(self, name: str, choices: Any) -> Any:
        self.asked[name] = choices
        return choices[0]

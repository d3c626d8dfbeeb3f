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


def study_document(count: int, **told: Any) -> dict[str, Any]:
    """Return what tune.json holds of a study of some trials, every third of them stopped early."""
    axes = [
        {"path": "train.lr", "low": 1e-5, "high": 1e-1, "log": True},
        {"path": "train.optimiser", "choices": ["adamw", "sgd"]},
        {"path": "train.batch", "low": 16, "high": 64},
    ]
    trials = [_trial(number, number % 3 == 0 and number > 0) for number in range(count)]
    states = [row["state"] for row in trials]
    return {
        "schema": 1,
        "url": "./study",
        "data": "./forged",
        "name": "study-1",
        "config_hash": "00c0ffee",
        "seed": 0,
        "seconds": 12.0 * count,
        "search": "tpe",
        "objectives": {"auc": "max"},
        "wanted": count,
        "counts": {state: states.count(state) for state in sorted(set(states))},
        "best": count - 1 if count else None,
        "front": [],
        "importances": {},
        "axes": axes,
        "cells": [],
        "trials": trials,
        **told,
    }


def _trial(number: int, pruned: bool) -> dict[str, Any]:
    value = 0.5 + 0.03 * number
    return {
        "number": number,
        "state": "pruned" if pruned else "complete",
        "values": {"auc": value},
        "params": {
            "train.lr": 10.0 ** -(1 + number % 4),
            "train.optimiser": ("adamw", "sgd")[number % 2],
            "train.batch": 16,
        },
        "epochs": 2 if pruned else 4,
        "seconds": 12.0,
        "pictures_per_second": 80.5,
        "node": "node-7",
        "reason": "fell behind" if pruned else None,
        "curve": [[epoch, value - 0.1 / epoch] for epoch in (1, 2)],
        "metrics": {"auc": value},
        "baseline": number == 0,
        "began": "2026-01-01T00:00:00",
        "ended": "2026-01-01T00:00:12",
        "cell": None,
        "repeat": None,
        "model": None,
    }

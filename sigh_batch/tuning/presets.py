"""Spaces that ship with sigh."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sigh_batch.config.tune import Dimension


@dataclass(frozen=True, slots=True)
class Preset:
    """A space by name, and settings without which it would have no effect."""

    space: dict[str, Dimension]
    fixed: dict[str, Any] = field(default_factory=dict)


PRESETS = {
    "seed0": Preset(
        space={
            "train.lr": Dimension(low=1e-5, high=1e-2, log=True),
            "train.batch": Dimension(low=16, high=128, step=16),
            "train.weight_decay": Dimension(low=1e-5, high=1e-2, log=True),
            "train.shrink": Dimension(low=0.1, high=0.9, step=0.1),
            "backbone.hidden": Dimension(low=128, high=1024, step=128),
            "backbone.dropout": Dimension(low=0.2, high=0.7),
            "backbone.second_dropout": Dimension(low=0.1, high=0.5),
        },
        fixed={"train.schedule": "plateau"},
    )
}
"""seed0: seven dimensions of a backbone with a head of two layers, whose rate shrinks on a plateau."""

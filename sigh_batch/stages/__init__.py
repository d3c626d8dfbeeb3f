"""Pure functions from an index to a sample, one file a kind.

A stage knows no shard, store or cluster: its randomness comes from (seed, stage, index) alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sigh_batch.config.spec import RunSpec
from sigh_batch.data.sample import Sample
from sigh_batch.registry import Registry


class Stage(Protocol):
    """What makes the samples of one run."""

    def make(self, index: int) -> Sample:
        """Return sample `index`, the same whenever and wherever it is asked for.

        Raises ConfigError when no index can be made with these settings; anything else that is
        raised makes this one sample a row with its reason.
        """

    def id_of(self, index: int) -> str:
        """Return the id that sample `index` has, whether it can be made or not."""


stages: Registry[Callable[[RunSpec], Stage]] = Registry(
    "stage", {name: f"sigh_batch.stages.{name}" for name in ("distort", "generate")}
)
"""Every sharded kind, built from the spec of a run."""

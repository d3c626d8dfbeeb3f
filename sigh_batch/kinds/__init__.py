"""What the shards of each kind of run are: how one is made and kept, and what all of them become.

`run` knows the plan and who it belongs to; a kind knows what is in a shard. Whoever makes a shard, and
however often, its bytes are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sigh_batch.config.spec import HOW, RunSpec
from sigh_batch.data.identity import Identity, claim
from sigh_batch.data.merged import Merged
from sigh_batch.data.plan import Plan
from sigh_batch.data.record import Record
from sigh_batch.errors import ShardFailed
from sigh_batch.registry import Registry
from sigh_batch.store import Store, absolute_url


class Stopped(BaseException):
    """The process was asked to stop; not an Exception, so that no stage can swallow it."""


@dataclass(frozen=True)
class Site:
    """Where and for which run shards are made."""

    spec: RunSpec
    plan: Plan
    identity: Identity
    store: Store

    def claim(self) -> None:
        """Make the store this run's, or find that it is; raises RunMismatch when it is another's."""
        claim(self.store, self.identity, kept_spec(self.spec))


@dataclass(frozen=True)
class Watcher:
    """Who looks at a shard that is being made."""

    stop: Callable[[], bool] = lambda: False
    """Says whether the work shall end."""
    watch: Callable[[int], None] = lambda _samples: None
    """Hears how many samples are made."""
    say: Callable[[str], None] = lambda _line: None
    """Hears what failed."""


class Kind(Protocol):
    """Shards of one kind of run."""

    def make_shard(self, shard: int, watcher: Watcher) -> Record:
        """Make one shard, claim the store for the run, and publish the shard, its record last.

        Raises ShardFailed when more of it fails than run.max_failures allows, Stopped when the watcher says
        so; the store is untouched then.
        """

    def merge(self) -> Merged:
        """Write what all shards become, or find that it is there."""


class Allowance:
    """How many samples of a shard may fail: at least one, unless none may."""

    def __init__(self, share: float, shard: int, samples: int) -> None:
        self._shard = shard
        self._samples = samples
        self._allowed = max(1, int(share * samples)) if share else 0
        self._failures = 0

    def take(self, done: int, message: str) -> None:
        """Count a failure; raises ShardFailed when there are too many."""
        self._failures += 1
        if self._failures > self._allowed:
            raise ShardFailed(
                f"shard {self._shard}: {self._failures} of the first {done + 1} samples failed and "
                f"{self._allowed} of {self._samples} may (run.max_failures); the last: {message}"
            )


def kept_spec(spec: RunSpec) -> dict[str, object]:
    """Return what run.json keeps of a spec: all that decides bytes, nothing of how or where it ran.

    What the run reads is named so that it is found from any working folder.
    """
    settings = spec.settings.model_dump(mode="json", exclude=HOW)
    source = {"source": absolute_url(spec.source)} if spec.source else {}
    return {"kind": spec.kind, **source, "settings": settings}


kinds: Registry[Callable[[Site], Kind]] = Registry(
    "kind",
    {
        "distort": "sigh_batch.kinds.samples",
        "generate": "sigh_batch.kinds.samples",
        "predict": "sigh_batch.kinds.predictions",
    },
)
"""Every sharded kind, built over the site of a run."""

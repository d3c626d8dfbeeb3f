"""What is known of a run, and what that says: two plain records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sigh_batch.runners.kubernetes.objects import Object
from sigh_batch.runners.kubernetes.template import COMMAND, CONFIG_HASH, KIND_LABEL, OUT

ENDED = frozenset({"done", "failed"})


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a cluster knows of a run: plain objects."""

    job: Object
    """Its Job, or its RayJob."""
    pods: Sequence[Object] = ()
    """Its pods that have not succeeded."""
    events: Sequence[Object] = ()
    """What happened to it and to pods that wait, oldest first."""
    workload: Object | None = None
    """Kueue's view of it."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """A run at one moment."""

    run: str
    kind: str
    state: str
    """queued, waiting, running, stopping, done, failed."""
    why: str
    """One sentence."""
    pods: int
    done: int
    failed: int
    active: int
    failed_pods: str
    """The numbers of failed pods, such as 0,3-7."""
    out: str
    config_hash: str | None
    command: str
    created: str
    ended: str | None
    stuck: bool = False
    """Whether it waits for somebody's help."""
    exit_code: int = 0
    """What `sigh wait` ends with once the run has ended."""

    @classmethod
    def of(cls, run: Object, **now: Any) -> Status:
        """Return how a run stands, with what is written on it."""
        metadata = run["metadata"]
        annotations = metadata.get("annotations", {})
        return cls(
            run=metadata["name"],
            kind=metadata.get("labels", {}).get(KIND_LABEL, "?"),
            out=annotations.get(OUT, ""),
            config_hash=annotations.get(CONFIG_HASH),
            command=annotations.get(COMMAND, ""),
            created=metadata.get("creationTimestamp", ""),
            **now,
        )

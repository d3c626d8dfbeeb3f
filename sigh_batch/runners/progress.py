"""How far a run is: the one value that runners report and the command line shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of a run at one moment; `resumed` samples were there before it started."""

    samples: int
    failed: int
    resumed: int
    total: int
    shards: int
    shards_total: int

    @property
    def done(self) -> int:
        """Samples that need no more work."""
        return self.samples + self.resumed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a finished run has made; counts are those of this call, without resumed shards."""

    written: int
    failed: int
    resumed: int
    bytes: int
    shards: int
    seconds: float
    broken: tuple[str, ...] = ()
    """One sentence a shard that can never succeed."""

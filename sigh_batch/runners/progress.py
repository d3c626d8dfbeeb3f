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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run has come to, and what this call of it did."""

    total: int
    """Samples of the whole run."""
    total_failed: int
    """How many of them are rows with a reason in place of a picture, as far as shards are whole."""
    written: int
    failed: int
    resumed: int
    """Samples that were there before this call."""
    bytes: int
    shards: int
    seconds: float
    broken: tuple[str, ...] = ()
    """One sentence a shard that can never succeed; the run has no manifest then."""

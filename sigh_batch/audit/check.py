"""What an audit finds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from sigh_batch.data.sample import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    """A short stable word, such as balance or bytes_auc."""
    title: str
    """What holds when it passes, as a sentence."""
    value: float
    limit: float | None = None
    """The largest value that passes; None where the value is only told."""
    low: float | None = None
    high: float | None = None
    """Ends of the 95 % interval, where the value is an estimate."""
    note: str = ""
    """What the value is made of, or the first things that break the limit."""

    @property
    def passed(self) -> bool:
        """Say whether the limit is kept.

        An estimate breaks it only where its whole interval lies above a coin's 0.5: else chance explains it.
        """
        if self.limit is None or self.value <= self.limit:
            return True
        return self.low is not None and self.low <= 0.5

    def as_json(self) -> Json:
        """Return the fields as plain values."""
        return {**asdict(self), "passed": self.passed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """How one drawn parameter is distributed over the classes."""

    name: str
    clean: str
    """Its values on clean pictures, in words."""
    forged: str
    distance: float
    """Largest difference of the two distributions: 0 is equal, 1 has nothing in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Everything that was found about a set."""

    url: str
    config_hash: str
    samples: int
    """Pictures in the set, failed ones left out."""
    forged: int
    opened: int
    """Pictures that were opened."""
    checks: tuple[Check, ...]
    parameters: tuple[Parameter, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Say whether no limit is broken."""
        return all(check.passed for check in self.checks)

    def as_json(self) -> Json:
        """Return the fields as plain values."""
        return {
            "url": self.url,
            "config_hash": self.config_hash,
            "samples": self.samples,
            "forged": self.forged,
            "opened": self.opened,
            "passed": self.passed,
            "checks": [check.as_json() for check in self.checks],
            "parameters": [asdict(parameter) for parameter in self.parameters],
        }

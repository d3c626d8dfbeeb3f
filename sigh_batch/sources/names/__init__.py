"""The pictures that a run is told to score, whatever names them: one by one, in an order that stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

from sigh_batch.data.names import Name, readable
from sigh_batch.sources.folder import BESIDE, ENDINGS

Stamped = tuple[Name, str]
"""A name, and what else counts when it is asked whether two lists are the same."""
ReaderKind = Literal["files", "listed", "slices"]

_TOLD = 3


@dataclass
class Others:
    """Files that are not taken for pictures: how many, of which kinds, and the first few."""

    count: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    first: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Take a file into account."""
        self.count += 1
        self.kinds[PurePosixPath(name).suffix.lower() or "no ending"] += 1
        if len(self.first) < _TOLD:
            self.first.append(readable(name))

    def __str__(self) -> str:
        if not self.count:
            return ""
        shown = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.kinds.items())[:_TOLD])
        named = (name if name.isprintable() else ascii(name) for name in self.first)
        names = ", ".join(named) + (", ..." if self.count > _TOLD else "")
        return f"{self.count:,} other file{'s' * (self.count > 1)} ({shown}; {names})"


@dataclass(kw_only=True)
class Found:
    """What a user named: its pictures as they come, and how they are read later."""

    names: Iterator[Stamped]
    reader: ReaderKind
    root: str
    """What a reader needs to know of the place."""
    others: Others = field(default_factory=Others)
    """What was passed over, known once all names have come."""


def looks_like_picture(name: str) -> bool | None:
    """Return whether a file is taken for a picture by its name; None where that does not tell."""
    path = PurePosixPath(name)
    if any(part.startswith(".") for part in path.parts) or name.endswith(BESIDE):
        return False
    return path.suffix.lower() in ENDINGS if path.suffix else None

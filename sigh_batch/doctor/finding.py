"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what helps."""

    what: str
    state: Literal["ok", "warning", "fault"]
    detail: str
    fix: str = ""

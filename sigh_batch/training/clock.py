"""Where the time of a training goes: updates, waiting for data, everything else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Counts updates and their time; nothing that is learned depends on it."""

    def __init__(self) -> None:
        self.steps = 0
        """Updates since the beginning of this call."""
        self._started = self._saved = time.monotonic()
        self._out = self._waited = 0.0

    @contextmanager
    def out(self) -> Iterator[None]:
        """Leave out what is no update: validation, checkpoints."""
        since = time.monotonic()
        try:
            yield
        finally:
            self._out += time.monotonic() - since

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count as waiting for data."""
        since = time.monotonic()
        try:
            yield
        finally:
            self._waited += time.monotonic() - since

    def saved(self) -> None:
        """Note that a checkpoint was written."""
        self._saved = time.monotonic()

    def since_saved(self) -> float:
        """Return the seconds since the last checkpoint."""
        return time.monotonic() - self._saved

    def rate(self) -> float:
        """Return updates a second."""
        return self.steps / self._spent()

    def share_waited(self) -> float:
        """Return the share of the time that went into waiting for data."""
        return min(1.0, self._waited / self._spent())

    def _spent(self) -> float:
        return max(time.monotonic() - self._started - self._out, 1e-9)

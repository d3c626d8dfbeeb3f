"""Every error this product raises on purpose, and the exit code each one ends in.

SighError                     1  a run failed
├── ConfigError               2  wrong usage or configuration
│   ├── UnknownName           2  a name no registry or config has; carries the nearest one
│   ├── RunMismatch           2  the output belongs to a run with another configuration
│   └── MissingLibrary        2  an optional or system library is not there
├── StoreError                1  a store said no
│   ├── NotFound              1  no object of that key
│   ├── AlreadyExists         1  an if-absent write lost
│   ├── StoreFull             1  no room left
│   ├── Denied                4  credentials or permissions
│   └── Unreachable           5  no answer, or no such bucket or folder
├── DataError                 1  stored data is damaged or not what it says
│   ├── MissingGlyph          1  no font has a character that is to be drawn
│   └── InputFault            1  one thing that a run reads is at fault, and not the run
│       ├── UnreadablePicture 1  a picture that cannot be decoded; carries a short code
│       └── NothingToForge    1  a picture on which no edit finds a target
├── ShardFailed               1  one shard can never succeed (a worker exits 65)
├── PartialFailure            3  the run ended, some samples failed
├── GateFailed                6  a limit set by the user was broken
├── ClusterError              1  a cluster said no
│   ├── ClusterNotFound       1  it has no object of that name
│   ├── ClusterConflict       1  it has an object of that name already
│   ├── ClusterDenied         4  no right to do that there
│   └── ClusterUnreachable    5  it does not answer
├── RunFailed                 1  a run on a cluster failed (or the code it failed with)
├── RunGone                   7  a run was cancelled or deleted, by its time to live too
├── WaitedTooLong             8  a run has not ended in the time that was given to it
├── RunStuck                  9  a run cannot begin before somebody helps
└── Interrupted             130  stopped by the user (143 by SIGTERM)

A message says what happened, the value, and what to do. It is one sentence for one fault.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")


class SighError(Exception):
    """Base of every deliberate error; `exit_code` is what the command line ends with."""

    exit_code = 1


class ConfigError(SighError):
    """Wrong usage or configuration: running it again cannot help."""

    exit_code = 2


class UnknownName(ConfigError):
    """A name that is not known, with the nearest one that is."""

    def __init__(self, what: str, name: str, known: Iterable[str], hint: str = "") -> None:
        self.name = name
        self.known = sorted(known)
        message = f"unknown {what} {name!r}"
        nearest = nearest_name(name, self.known)
        if nearest:
            message += f"; did you mean {nearest!r}?"
        elif self.known:
            message += f"; known: {', '.join(self.known)}"
        super().__init__(f"{message} ({hint})" if hint else message)


class RunMismatch(ConfigError):
    """The output already holds a run made with another configuration."""


class MissingLibrary(ConfigError):
    """A library that this feature needs is not installed; the message holds the install line."""


class StoreError(SighError):
    """A store could not do what was asked; `transient` says that the same call may succeed later."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        self.transient = transient
        super().__init__(message)


class NotFound(StoreError):
    """No object has that key."""


class AlreadyExists(StoreError):
    """An if-absent write found an object of that key."""


class StoreFull(StoreError):
    """The store has no room left."""


class Denied(StoreError):
    """The credentials are wrong or lack a right."""

    exit_code = 4


class Unreachable(StoreError):
    """The store does not answer, or its bucket or folder does not exist."""

    exit_code = 5


class DataError(SighError):
    """Stored data is damaged, or is not what its record says."""


class MissingGlyph(DataError):
    """No font has a character that is to be drawn."""

    code = "missing_glyph"


class InputFault(DataError):
    """One thing that a run reads is at fault, and not the run: it becomes a row, however many there are."""


class UnreadablePicture(InputFault):
    """A picture that cannot be decoded, or is not to be; `code` is a short stable word for the reason."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class NothingToForge(InputFault):
    """A picture that offers no target to any of the operations that were drawn."""

    code = "nothing_to_forge"


class ShardFailed(SighError):
    """A shard that can never succeed, however often it is tried."""


class PartialFailure(SighError):
    """The run went to its end, but some samples failed and are rows with their reason."""

    exit_code = 3


class GateFailed(SighError):
    """A limit that the user set was broken."""

    exit_code = 6


class ClusterError(SighError):
    """A cluster could not do what was asked."""


class ClusterNotFound(ClusterError):
    """The cluster has no object of that name."""


class ClusterConflict(ClusterError):
    """The cluster has an object of that name already."""


class ClusterDenied(ClusterError):
    """The cluster does not know who asks, or does not let him do that."""

    exit_code = 4


class ClusterUnreachable(ClusterError):
    """The cluster does not answer."""

    exit_code = 5


class RunFailed(SighError):
    """A run on a cluster failed; ends with 2 when its configuration is wrong, and so on."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        self.exit_code = exit_code
        super().__init__(message)


class RunGone(SighError):
    """A run on a cluster was cancelled or deleted, by its time to live too."""

    exit_code = 7


class WaitedTooLong(SighError):
    """A run on a cluster goes on, and the time to wait for it is over."""

    exit_code = 8


class RunStuck(SighError):
    """A run on a cluster cannot begin before somebody helps, as when its image is not to be had."""

    exit_code = 9


class Interrupted(SighError):
    """Stopped by the user; what is done is kept."""

    exit_code = 130


def recall(kind: str, message: str) -> SighError:
    """Return the error that another process named by its class and sentence."""
    found = globals().get(kind, SighError)
    error: SighError = found.__new__(found)
    error.args = (message,)
    return error


def sentence_of(error: Exception) -> str:
    """Return what an error of any kind says, the same in every process: addresses of memory differ."""
    return _ADDRESS.sub("0x...", f"{type(error).__name__}: {error}")


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like `name`, or None when none is close."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return close[0] if close else None

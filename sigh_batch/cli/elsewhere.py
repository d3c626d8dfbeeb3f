"""How the command of a kind is made to hand its spec on, in place of working on this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import click

from sigh_batch.config.spec import RunSpec


@dataclass(frozen=True)
class Elsewhere:
    """The object of a click context that takes a spec."""

    send: Callable[[RunSpec], None]
    only_shown: bool = False
    """Whether the spec is wanted to be looked at, and nothing may be written."""


def elsewhere() -> Elsewhere | None:
    """Return who wants the spec of this call in place of this machine, where somebody does."""
    context = click.get_current_context(silent=True)
    return context.find_object(Elsewhere) if context else None


def only_shown() -> bool:
    """Return whether this call shows what would be sent, and must write nothing."""
    taker = elsewhere()
    return taker is not None and taker.only_shown


def sent_elsewhere(spec: RunSpec) -> bool:
    """Hand the spec to whoever wants it in place of this machine; return whether there is one."""
    taker = elsewhere()
    if taker:
        taker.send(spec)
    return taker is not None

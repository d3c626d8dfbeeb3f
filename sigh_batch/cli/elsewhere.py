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


def sent_elsewhere(spec: RunSpec) -> bool:
    """Hand the spec to whoever wants it in place of this machine; return whether there is one."""
    context = click.get_current_context(silent=True)
    elsewhere = context.find_object(Elsewhere) if context else None
    if elsewhere:
        elsewhere.send(spec)
    return elsewhere is not None

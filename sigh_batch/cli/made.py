"""What a run on a cluster has made, read from its store: how far it is, and whether samples failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sigh_batch.cli.sharded import counted
from sigh_batch.config.settings import Settings
from sigh_batch.errors import PartialFailure, SighError

if TYPE_CHECKING:
    from sigh_batch.runners.kubernetes.status import Status
    from sigh_batch.runners.standing import Standing

PATIENCE = 5.0
"""Seconds that a store which does not answer is tried again: somebody waits for the answer."""
SHARDED = ("generate", "distort", "predict")
"""Kinds whose shards many pods share, and whose samples may fail one by one."""


def look_at(url: str, settings: Settings) -> Standing:
    """Return how far the run at a place is."""
    from sigh_batch.runners.standing import look
    from sigh_batch.store import open_store

    seconds = min(PATIENCE, settings.store.retry_seconds)
    options = settings.store.model_copy(update={"retry_seconds": seconds})
    return look(open_store(url, options, create=False))


def try_to_look(url: str, settings: Settings) -> tuple[Standing | None, str | None]:
    """Return how far the run at a place is, or in a sentence why that is not known."""
    try:
        return look_at(url, settings), None
    except SighError as error:
        return None, f"what is made is not known here: {error}"


def check_samples(status: Status, settings: Settings, *, quiet: bool) -> None:
    """Raise PartialFailure where single samples of a run that is done failed, as the same run here does.

    Pods do not fail for these. Where the store is not reached from here, that is said and no error.
    """
    if status.kind not in SHARDED:
        return
    try:
        made = look_at(status.out, settings)
    except SighError as error:
        if not quiet:
            click.echo(f"note: whether samples failed is not known here: {error}", err=True)
        return
    if made.failed:
        total = counted(made.total, "sample")
        raise PartialFailure(f"{made.failed:,} of {total} failed; their rows in {status.out} say why")

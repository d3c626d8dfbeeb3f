"""What the verbs about runs on a cluster share: where it is, and how a run's state is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sigh_batch.cli.options import config_options, settings_of
from sigh_batch.config.settings import Settings

if TYPE_CHECKING:
    from sigh_batch.runners.kubernetes.cluster import Cluster
    from sigh_batch.runners.kubernetes.status import Status

F = TypeVar("F", bound=Callable[..., Any])

COLOURS = {"done": "green", "failed": "red", "running": "cyan"}


def place_options(command: F) -> F:
    """Add -n/--namespace and --context."""
    command = click.option("--context", help="Context of the kubeconfig; the current one unless given.")(
        command
    )
    return click.option("-n", "--namespace", help="Namespace of the run; the context's unless given.")(
        command
    )


def cluster_options(command: F) -> F:
    """Add what says which cluster is meant, and how this call is set."""
    return place_options(config_options(command))


def is_place(text: str) -> bool:
    """Return whether a word names a place where a run is stored, and not a run on a cluster."""
    return "/" in text or Path(text).exists()


def connect(
    files: tuple[Path, ...], sets: tuple[str, ...], namespace: str | None, context: str | None
) -> tuple[Settings, Cluster]:
    """Return the settings of a call and the cluster that it means."""
    from sigh_batch.runners.kubernetes.cluster import Cluster

    flags = {"kubernetes__namespace": namespace, "kubernetes__context": context}
    settings = settings_of(files, sets, **flags).settings
    return settings, Cluster.connect(settings.kubernetes)


def show_status(status: Status, as_json: bool) -> None:
    """Print a run's state and why it is so."""
    if as_json:
        click.echo(json.dumps(asdict(status)))
        return
    click.echo(f"{status.run}: {coloured(status.state)}: {status.why}")
    click.echo(f"  out: {status.out}")


def coloured(state: str) -> str:
    """Return a state in its colour."""
    return click.style(state, fg=COLOURS.get(state, "yellow"), bold=True)


def tell_changes(quiet: bool) -> Callable[[Status], None]:
    """Return what prints a run's state to standard error whenever it has changed."""
    last = ""

    def watch(status: Status) -> None:
        nonlocal last
        text = f"{status.state}: {status.why}"
        if text != last and not quiet:
            click.echo(f"{status.run}: {text}", err=True)
        last = text

    return watch

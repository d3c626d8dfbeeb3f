"""`sigh logs`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sigh_batch import intervals
from sigh_batch.cli.clusters import cluster_options, connect
from sigh_batch.config.settings import Settings
from sigh_batch.errors import Interrupted, SighError

if TYPE_CHECKING:
    from sigh_batch.runners.kubernetes.cluster import Cluster
    from sigh_batch.runners.kubernetes.logs import Line


@click.command("logs")
@click.argument("run")
@cluster_options
@click.option("-f", "--follow", is_flag=True, help="Go on until the run has ended.")
@click.option(
    "--shard",
    "pod",
    type=click.IntRange(0),
    metavar="N",
    help="Only pod N, which is shard N if there is one a shard.",
)
@click.option("--all", "everything", is_flag=True, help="All pods, which is so unless --shard is given.")
@click.option("--tail", type=click.IntRange(0), metavar="N", help="Only the last N lines of each pod.")
def command(
    run: str,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    namespace: str | None,
    context: str | None,
    follow: bool,
    pod: int | None,
    everything: bool,
    tail: int | None,
) -> None:
    """Print what the pods of a run say, each line headed by the number of its pod.

    What pods said that are gone is read from the run's store. Ctrl-C ends the listening and not the run.
    """
    if everything and pod is not None:
        raise click.UsageError("--all and --shard exclude each other")
    settings, cluster = connect(files, sets, namespace, context)
    if follow:
        follow_logs(cluster, run, pod, tail)
    else:
        _print_logs(cluster, settings, run, pod, tail)


def follow_logs(cluster: Cluster, run: str, pod: int | None = None, tail: int | None = None) -> None:
    """Print what the pods of a run say until it has ended."""
    from sigh_batch.runners.kubernetes import logs, runs

    runs.find(cluster, run)
    unheard: set[int] = set()
    try:
        _print(logs.follow(cluster, run, pod, tail, unheard))
    except KeyboardInterrupt:
        raise Interrupted(f"the run goes on without you; `sigh logs -f {run}` listens again") from None
    _tell_unheard(unheard)


def _print_logs(cluster: Cluster, settings: Settings, run: str, pod: int | None, tail: int | None) -> None:
    from sigh_batch.runners.kubernetes import logs, runs
    from sigh_batch.store import open_store

    status = runs.observe(cluster, run)
    unheard: set[int] = set()
    heard = _print(logs.read(cluster, run, pod, tail, unheard))
    if (pod is not None and heard) or len(heard) >= status.pods:
        return
    try:
        store = open_store(status.out, settings.store, create=False)
        heard |= _print(line for line in logs.stored(store, run, pod) if line.pod not in heard)
    except SighError as error:
        click.echo(
            f"pods that are gone left their words in {status.out}, which cannot be read here: {error}",
            err=True,
        )
    _tell_unheard(unheard - heard)


def _tell_unheard(pods: set[int]) -> None:
    if pods:
        click.echo(f"not heard, as their nodes do not answer: {intervals.write(sorted(pods))}", err=True)


def _print(lines: Iterable[Line]) -> set[int]:
    """Print lines with the number of their pod; return the numbers."""
    heard = set()
    for line in lines:
        heard.add(line.pod)
        click.echo(f"{click.style(f'[{line.pod}]', fg='cyan')} {line.text}")
    return heard

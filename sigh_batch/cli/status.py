"""`sigh status`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sigh_batch.cli.clusters import cluster_options, connect, is_place, show_status
from sigh_batch.cli.made import look_at, try_to_look
from sigh_batch.cli.options import settings_of
from sigh_batch.cli.progress import duration
from sigh_batch.config.settings import Settings

if TYPE_CHECKING:
    from sigh_batch.runners.kubernetes.status import Status
    from sigh_batch.runners.standing import Standing


@click.command("status")
@click.argument("place", metavar="URL|RUN")
@cluster_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--prometheus", is_flag=True, help="Print the numbers as Prometheus reads them.")
def command(
    place: str,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    namespace: str | None,
    context: str | None,
    as_json: bool,
    prometheus: bool,
) -> None:
    """Say how far a run is, and of one on a cluster in one sentence why it waits or failed.

    What is made is read from the run's records: wherever it is carried out, and when its pods are gone.

    \b
      sigh status nightly
      sigh status s3://bucket/ds
      sigh status s3://bucket/ds --prometheus > /var/lib/node_exporter/textfile/sigh.prom
    """
    if as_json and prometheus:
        raise click.UsageError("--json and --prometheus exclude each other")
    status: Status | None = None
    made: Standing | None
    if is_place(place):
        made, note = look_at(place, settings_of(files, sets).settings), None
    else:
        status, settings = _observe(place, files, sets, namespace, context)
        made, note = try_to_look(status.out, settings)
    if prometheus:
        _print_numbers(place, status, made, note)
    elif as_json:
        told = {"out": place} if status is None else asdict(status)
        click.echo(json.dumps({**told, "progress": made.as_json() if made else None, "note": note}))
    else:
        _tell(status, made, note)


def _observe(
    run: str, files: tuple[Path, ...], sets: tuple[str, ...], namespace: str | None, context: str | None
) -> tuple[Status, Settings]:
    from sigh_batch.runners.kubernetes import runs

    settings, cluster = connect(files, sets, namespace, context)
    return runs.observe(cluster, run), settings


def _print_numbers(place: str, status: Status | None, made: Standing | None, note: str | None) -> None:
    from sigh_batch.runners.prometheus import exposition

    labels = {"out": place} if status is None else {"run": status.run, "out": status.out}
    click.echo(exposition(labels, made, status.state if status else None), nl=False)
    if note:
        click.echo(note, err=True)


def _tell(status: Status | None, made: Standing | None, note: str | None) -> None:
    if status is not None:
        show_status(status, as_json=False)
        click.echo(f"  {f'made: {sentence(made)}' if made else note}")
    elif made is not None:
        click.echo(f"{made.kind}: {sentence(made)}")


def sentence(made: Standing) -> str:
    """Say how far a run is in a line."""
    from sigh_batch.data.searched import STATES

    parts = [f"{made.done:,g} of {made.total:,} {made.unit}"]
    if made.trials:
        parts += [f"{count:,} {STATES[state]}" for state, count in made.trials.items() if count]
    elif made.failed:
        parts.append(f"{'' if made.failed_exact else 'at least '}{made.failed:,} failed")
    if made.rate and made.unit == "samples":
        parts.append(f"{made.rate:,.3g} a second")
    if made.finished:
        parts.append("finished")
    elif made.seconds_left is not None:
        parts.append(f"{duration(made.seconds_left)} left")
    elif made.latest:
        age = datetime.now(UTC) - datetime.fromisoformat(made.latest)
        parts.append(f"nothing new for {duration(max(0.0, age.total_seconds()))}")
    return ", ".join(parts)

"""`sigh list`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sigh_batch.cli.clusters import cluster_options, connect
from sigh_batch.cli.table import print_table

if TYPE_CHECKING:
    from sigh_batch.runners.kubernetes.status import Status


@click.command("list")
@cluster_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but names.")
def command(
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    namespace: str | None,
    context: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """List the runs of a namespace, the newest last."""
    from sigh_batch.runners.kubernetes import runs

    _, cluster = connect(files, sets, namespace, context)
    found = sorted(runs.runs(cluster), key=lambda status: (status.created, status.run))
    if as_json:
        click.echo(json.dumps([asdict(status) for status in found]))
    elif quiet:
        click.echo("".join(f"{status.run}\n" for status in found), nl=False)
    elif found:
        print_table(("run", "kind", "state", "pods", "begun", "out"), [_row(status) for status in found])
    else:
        click.echo(f"no runs in namespace {cluster.namespace}", err=True)


def _row(status: Status) -> tuple[str, ...]:
    failed = f", {status.failed} failed" if status.failed else ""
    pods = f"{status.done}/{status.pods}{failed}"
    return status.run, status.kind, status.state, pods, status.created, status.out

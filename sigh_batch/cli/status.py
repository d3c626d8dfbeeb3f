"""`sigh status`."""

from __future__ import annotations

from pathlib import Path

import click

from sigh_batch.cli.clusters import cluster_options, connect, show_status


@click.command("status")
@click.argument("run")
@cluster_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    run: str,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    namespace: str | None,
    context: str | None,
    as_json: bool,
) -> None:
    """Say how far a run on a cluster is, and in one sentence why it waits or failed."""
    from sigh_batch.runners.kubernetes import runs

    _, cluster = connect(files, sets, namespace, context)
    show_status(runs.observe(cluster, run), as_json)

"""`sigh cancel`."""

from __future__ import annotations

from pathlib import Path

import click

from sigh_batch.cli.clusters import cluster_options, connect


@click.command("cancel")
@click.argument("run_names", metavar="RUN...", nargs=-1, required=True)
@cluster_options
@click.option("-q", "--quiet", is_flag=True, help="No talk, only the result.")
def command(
    run_names: tuple[str, ...],
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    namespace: str | None,
    context: str | None,
    quiet: bool,
) -> None:
    """Stop runs and take them out of the cluster; what they made stays in its store.

    Pods get their grace period. The same submission again goes on with what is there.
    """
    from sigh_batch.runners.kubernetes import runs

    _, cluster = connect(files, sets, namespace, context)
    for name in run_names:
        status = runs.cancel(cluster, name)
        click.echo(name)
        if not quiet:
            click.echo(f"{name} was {status.state}; what it made is in {status.out}", err=True)

"""`sigh wait`."""

from __future__ import annotations

from pathlib import Path

import click

from sigh_batch.cli.clusters import cluster_options, connect, show_status, tell_changes
from sigh_batch.cli.made import check_samples
from sigh_batch.errors import Interrupted


@click.command("wait")
@click.argument("run")
@cluster_options
@click.option("--timeout", type=float, metavar="SECONDS", help="Longest time to wait; none unless given.")
@click.option(
    "--patience",
    type=float,
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a run may need somebody's help, such as another image.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="No talk, only the result.")
def command(
    run: str,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    namespace: str | None,
    context: str | None,
    timeout: float | None,
    patience: float,
    as_json: bool,
    quiet: bool,
) -> None:
    """Wait for the end of a run on a cluster.

    Ends with 0 when it is done, and with 3 when single samples failed; with 1 when it failed, 2 for its
    configuration, 4 for want of rights; with 5 when the cluster does not answer, 7 when the run was deleted,
    8 after --timeout, and 9 when it needed somebody's help for longer than --patience. Ctrl-C ends the
    waiting and not the run.
    """
    from sigh_batch.runners.kubernetes import runs

    settings, cluster = connect(files, sets, namespace, context)
    try:
        watch = tell_changes(quiet)
        status = runs.wait(cluster, run, timeout=timeout, patience=patience, watch=watch)
        show_status(status, as_json)
        check_samples(status, settings, quiet=quiet)
    except KeyboardInterrupt:
        raise Interrupted(f"the run goes on without you; `sigh wait {run}` waits for it again") from None

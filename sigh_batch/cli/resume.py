"""`sigh resume`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sigh_batch.cli import evaluate, predict, train
from sigh_batch.cli.clusters import cluster_options, connect, is_place
from sigh_batch.cli.options import output_options, settings_of
from sigh_batch.cli.sharded import carry_out, counted
from sigh_batch.config.settings import Settings

if TYPE_CHECKING:
    from sigh_batch.runners.kubernetes.cluster import Cluster


@click.command("resume")
@click.argument("url", metavar="URL|RUN")
@click.option("--workers", type=int, help="Worker processes; one a core unless given.")
@cluster_options
@output_options
def command(
    url: str,
    workers: int | None,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    namespace: str | None,
    context: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Finish the run at URL here as it was begun: merge its manifest, or write its model.

    What decides bytes is read from the run itself; only how it is carried out can be set here. Given the
    name of a RUN on a cluster, what is missing of it is sent there again.
    """
    if not is_place(url):
        _send_again(connect(files, sets, namespace, context)[1], url, as_json=as_json, quiet=quiet)
        return
    _finish(url, settings_of(files, sets, run__workers=workers).settings, as_json=as_json, quiet=quiet)


def _finish(url: str, here: Settings, *, as_json: bool, quiet: bool) -> None:
    from sigh_batch.run import read_spec

    spec = read_spec(url, here)
    if spec.kind == "train":
        train.carry_out(spec, as_json=as_json, quiet=quiet)
    elif spec.kind == "evaluate":
        evaluate.carry_out(spec, as_json=as_json, quiet=quiet)
    elif spec.kind == "predict":
        predict.go_on(spec, as_json=as_json, quiet=quiet)
    else:
        carry_out(spec, dry_run=False, as_json=as_json, quiet=quiet)


def _send_again(cluster: Cluster, name: str, *, as_json: bool, quiet: bool) -> None:
    from sigh_batch.runners.kubernetes import runs
    from sigh_batch.runners.kubernetes.explain import explain
    from sigh_batch.runners.kubernetes.status import Facts

    job = runs.resume(cluster, name)
    pods = explain(Facts(job=job)).pods if job else 0
    if not quiet:
        click.echo(f"{counted(pods, 'pod')} of {name} sent again" if job else f"{name} is done", err=True)
    click.echo(json.dumps({"run": name, "pods": pods}) if as_json else name)

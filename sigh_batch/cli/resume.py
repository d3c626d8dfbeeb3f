"""`sigh resume`."""

from __future__ import annotations

from pathlib import Path

import click

from sigh_batch.cli import train
from sigh_batch.cli.options import config_options, output_options, settings_of
from sigh_batch.cli.sharded import carry_out


@click.command("resume")
@click.argument("url")
@click.option("--workers", type=int, help="Worker processes; one a core unless given.")
@config_options
@output_options
def command(
    url: str, workers: int | None, files: tuple[Path, ...], sets: tuple[str, ...], as_json: bool, quiet: bool
) -> None:
    """Finish the run at URL as it was begun: merge its manifest, or write its model.

    What decides bytes is read from the run itself; only how it is carried out can be set here.
    """
    from sigh_batch.run import read_spec

    here = settings_of(files, sets, run__workers=workers).settings
    spec = read_spec(url, here)
    if spec.kind == "train":
        train.carry_out(spec, as_json=as_json, quiet=quiet)
    else:
        carry_out(spec, dry_run=False, as_json=as_json, quiet=quiet)

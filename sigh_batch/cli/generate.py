"""`sigh generate`."""

from __future__ import annotations

from pathlib import Path

import click

from sigh_batch.cli.options import config_options, output_options, run_options, settings_of
from sigh_batch.cli.sharded import carry_out
from sigh_batch.config.spec import RunSpec


@click.command("generate")
@click.option("--out", required=True, metavar="URL", help="Folder or s3://bucket/prefix to write.")
@run_options
@config_options
@output_options
def command(
    out: str,
    count: int | None,
    seed: int | None,
    shards: int | None,
    workers: int | None,
    progress: str | None,
    dry_run: bool,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Make a labelled set of chat screenshots.

    The same settings make the same bytes, on any number of workers. A run that was stopped goes on
    where it was when the same command is given again.

    \b
      sigh generate --out ./ds --count 2000 --seed 7
      sigh generate --out s3://bucket/ds --count 100000 --set generate.skins=bubbles
    """
    resolved = settings_of(
        files, sets, count=count, seed=seed, shards=shards, run__workers=workers, run__progress=progress
    )
    spec = RunSpec(kind="generate", out=out, settings=resolved.settings)
    carry_out(spec, dry_run=dry_run, as_json=as_json, quiet=quiet)

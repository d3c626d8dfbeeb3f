"""`sigh demo`."""

from __future__ import annotations

from pathlib import Path

import click

from sigh_batch.cli.data import check_set
from sigh_batch.cli.options import config_options, settings_of
from sigh_batch.cli.sharded import carry_out
from sigh_batch.config.spec import RunSpec
from sigh_batch.errors import DataError


@click.command("demo")
@click.option("--out", default="demo", show_default=True, metavar="URL", help="Where the set goes.")
@click.option("--count", type=int, default=300, show_default=True, help="How many screenshots.")
@config_options
def command(out: str, count: int, files: tuple[Path, ...], sets: tuple[str, ...]) -> None:
    """Make a small set, check every byte of it, and write a page to look at.

    The last line is the path of the page.
    """
    from sigh_batch.report.show import write_page
    from sigh_batch.store import open_store

    settings = settings_of(files, sets, count=count, seed=7, shards=min(count, 6)).settings
    spec = RunSpec(kind="generate", out=out, settings=settings)
    carry_out(spec, dry_run=False, as_json=False, quiet=False, tell=None)
    samples, problems = check_set(out, settings, quiet=True)
    if problems:
        raise DataError("\n".join(problems))
    click.echo(f"verified {samples:,} samples: every hash, picture and mask", err=True)
    _, page = write_page(open_store(out, settings.store), 60, None, spec.to_command())
    click.echo("look at this page in a browser:", err=True)
    click.echo(Path(page).resolve() if Path(page).exists() else page)

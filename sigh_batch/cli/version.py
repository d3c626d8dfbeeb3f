"""`sigh version`."""

from __future__ import annotations

import json
import platform

import click

from sigh_batch import __version__
from sigh_batch.cli.options import output_options, settings_of


@click.command("version")
@output_options
def command(as_json: bool, quiet: bool) -> None:
    """Print the version, and the versions that decide the bytes of a run."""
    if quiet:
        click.echo(__version__)
        return
    from sigh_batch.stages.engine import engine_of

    python = platform.python_version()
    engine = engine_of("generate", settings_of((), ()).settings)
    if as_json:
        click.echo(json.dumps({"sigh_batch": __version__, "python": python, "engine": engine}))
        return
    click.echo(f"sigh {__version__} on Python {python}")
    for name, version in engine.items():
        click.echo(f"  {name} {version}")

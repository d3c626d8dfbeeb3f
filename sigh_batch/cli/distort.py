"""`sigh distort`."""

from __future__ import annotations

from pathlib import Path

import click

from sigh_batch.cli.elsewhere import elsewhere
from sigh_batch.cli.options import config_options, output_options, run_options, settings_of
from sigh_batch.cli.sharded import carry_out
from sigh_batch.config.resolve import Resolved
from sigh_batch.config.spec import RunSpec
from sigh_batch.errors import ConfigError, UnknownName


@click.command("distort")
@click.option("--in", "source", required=True, metavar="URL", help="A finished set, or a folder of pictures.")
@click.option("--out", required=True, metavar="URL", help="Folder or s3://bucket/prefix to write.")
@run_options
@config_options
@output_options
def command(
    source: str,
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
    """Forge pictures: every other sample is forged, beside its clean twin.

    Both of a pair go the same way through honest edits, degradations and encoders, so that nothing but
    the forged pixels tells them apart. Without --count every picture of --in is used once.

    \b
      sigh distort --in ./ds --out ./forged --seed 7
      sigh distort --in ./photos --out ./forged --set distort.operations='[splice, erase]'
    """
    resolved = settings_of(
        files, sets, count=count, seed=seed, shards=shards, run__workers=workers, run__progress=progress
    )
    spec = RunSpec(kind="distort", source=source, out=out, settings=resolved.settings)
    spec = _sized(spec, resolved, quiet)
    carry_out(spec, dry_run=dry_run, as_json=as_json, quiet=quiet)


def _sized(spec: RunSpec, resolved: Resolved, quiet: bool) -> RunSpec:
    """Return the spec with two samples a picture, unless somebody said how many; say what is left out.

    What is sent elsewhere with a count is not looked at: pods may reach what this machine does not.
    """
    if elsewhere() and ("count",) in resolved.written:
        return spec
    from sigh_batch.stages.material import read_from
    from sigh_batch.stages.scenes import hindrance

    source = read_from(spec)
    _check_names(spec, resolved, foreign=source.origin is None)
    notes = list(source.notes)
    reason = hindrance(source) if spec.settings.distort.scene and source.origin else None
    if reason:
        notes.append(f"no conversation of {spec.source} is forged, only pixels: {reason}")
    for note in () if quiet else notes:
        click.echo(f"note: {note}", err=True)
    if ("count",) in resolved.written:
        return spec
    settings = spec.settings.model_copy(update={"count": 2 * len(source)})
    return spec.model_copy(update={"settings": settings})


def _check_names(spec: RunSpec, resolved: Resolved, *, foreign: bool) -> None:
    """Refuse settings that name what there is not, before anything is written, and say where they stand."""
    from sigh_batch.stages.forging import Plan
    from sigh_batch.stages.world import World

    try:
        Plan(spec.settings.distort, foreign=foreign)
        World(spec.settings.distort)
    except UnknownName as error:
        where = resolved.where(error.name)
        raise ConfigError(f"{error} ({where})" if where else str(error)) from error

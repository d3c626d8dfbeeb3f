"""`sigh predict`."""

from __future__ import annotations

import json
import shlex
from typing import Any

import click

from sigh_batch.cli.elsewhere import elsewhere, only_shown
from sigh_batch.cli.options import config_options, output_options, progress_options, settings_of
from sigh_batch.cli.sharded import Tell, Words, carry_out, print_plan
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec

_WORDS = Words(thing="picture", where="the rows with verdict error say why", stored=" of tamper maps")
_FILES = ("predictions.parquet", "predictions.jsonl", "predictions.csv", "submission.csv")
_VERDICTS = ("flagged", "uncertain", "clean", "error")


@click.command("predict")
@click.option(
    "--in",
    "source",
    required=True,
    metavar="URL",
    help="A folder, prefix, set, picture, glob, zip, tar, or a CSV or Parquet of names; - reads names.",
)
@click.option("--out", required=True, metavar="URL", help="Folder or s3://bucket/prefix to write.")
@click.option(
    "--model", "models", multiple=True, metavar="URL", help="A trained model, or default; repeatable."
)
@click.option("--shards", type=int, help="How many shards to divide the pictures into.")
@click.option("--csv-raw", is_flag=True, default=None, help="Write text cells of CSV as they are.")
@progress_options
@config_options
@output_options
def command(source: str, out: str, models: tuple[str, ...], **options: Any) -> None:
    """Score pictures: is each forged, where, and how sure is that.

    Every picture gets a row, also one that cannot be read; then the exit code is 3. A run that was
    stopped goes on where it was when the same command is given again. Without --model the model that
    comes with sigh looks at the pictures.

    \b
      sigh predict --in ./pictures --out ./scores
      sigh predict --in s3://bucket/inbox --out s3://bucket/scores --model ./m --model ./n
      find . -name '*.png' -print0 | sigh predict --in - --out ./scores
      sigh predict --in test.csv --out ./scores --set predict.root=./images
    """
    spec = _spec_of(source, out, models, options)
    _score(spec, options["dry_run"], options["as_json"], options["quiet"])


def _spec_of(source: str, out: str, models: tuple[str, ...], options: dict[str, Any]) -> RunSpec:
    settings = settings_of(
        options["files"],
        options["sets"],
        shards=options["shards"],
        predict__models=list(models) or None,
        predict__csv_raw=options["csv_raw"],
        run__workers=options["workers"],
        run__progress=options["progress"],
    ).settings
    return RunSpec(kind="predict", source=source, out=out, settings=settings)


def _score(spec: RunSpec, dry_run: bool, as_json: bool, quiet: bool) -> None:
    """List the pictures, score them, and say what came of it."""
    from sigh_batch.kinds.predictions import list_pictures
    from sigh_batch.run import Run
    from sigh_batch.runners import local

    with list_pictures(spec) as listed:
        if listed.others and not quiet:
            click.echo(f"note: not read in {spec.source}: {listed.others}", err=True)
        if dry_run:
            print_plan(local.render(listed.spec), as_json)
            return
        if not only_shown():
            here = elsewhere() is None
            listed.keep(Run.open(listed.spec, made_here=here), made_here=here)
    go_on(listed.spec, as_json=as_json, quiet=quiet)


def go_on(spec: RunSpec, *, as_json: bool, quiet: bool) -> None:
    """Score what is still to be scored of a run that is begun, and say what came of it."""
    tell = _teller(spec.settings)
    carry_out(spec, dry_run=False, as_json=as_json, quiet=quiet, words=_WORDS, tell=tell)


def _teller(settings: Settings) -> Tell:
    """Return what shows the result of a run: verdicts, and where the files are."""

    def tell(facts: dict[str, Any], as_json: bool, quiet: bool) -> None:
        from sigh_batch.data.prediction_files import read_verdicts
        from sigh_batch.report.predictions.reach import told_reaches, warn
        from sigh_batch.store import open_store

        store = open_store(facts["out"], settings.store, create=False)
        base = facts["out"].rstrip("/")
        files = [f"{base}/{name}" for name in _FILES if store.stat(name) is not None]
        verdicts = read_verdicts(store) if files else {}
        reaches = told_reaches(store)
        if as_json:
            told = {"verdicts": verdicts, "files": files, "models": [reach.as_json() for reach in reaches]}
            click.echo(json.dumps({**facts, **told}))
        elif quiet:
            click.echo(facts["out"])
        else:
            _print(verdicts, files)
            if files:
                click.echo(f"note: {warn(reaches)}\nnext: sigh report {shlex.quote(base)}", err=True)

    return tell


def _print(verdicts: dict[str, int], files: list[str]) -> None:
    total = sum(verdicts.values())
    for verdict in _VERDICTS:
        count = verdicts.get(verdict, 0)
        if count or verdict != "error":
            click.echo(f"{verdict:<10} {count:>12,}  {count / max(total, 1):>6.1%}")
    for file in files:
        click.echo(file)

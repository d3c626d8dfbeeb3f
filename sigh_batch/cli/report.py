"""`sigh report`."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from sigh_batch.cli.options import config_options, output_options, settings_of
from sigh_batch.cli.table import print_table
from sigh_batch.errors import ConfigError, SighError

if TYPE_CHECKING:
    from sigh_batch.config.settings import Settings
    from sigh_batch.report.predictions.write import Written

_SHOWN = (
    *("flagged", "uncertain", "clean", "failed_files"),
    *("auc", "tpr_at_fpr_0.01", "recall", "fpr", "ece", "least_agreement", "targets_missed"),
)
"""The numbers that are printed, where they are known."""


@click.command("report")
@click.argument("url")
@click.option(
    "--evaluation", metavar="URL", help="Where `sigh evaluate` wrote, if not beside the predictions."
)
@click.option("--pictures", metavar="URL", help="Where the scored pictures are, if they have moved.")
@click.option("--out", metavar="URL", help="Write the report here, not to report/ of the predictions.")
@click.option(
    "--layout",
    type=click.Choice(("file", "dir")),
    default="file",
    show_default=True,
    help="One file, or a folder with more and larger pictures.",
)
@click.option(
    "--fail-on",
    "limits",
    multiple=True,
    metavar="EXPR",
    help="End with 6 where this holds, as 'auc<0.95' or 'failed_files>0'; repeatable.",
)
@config_options
@output_options
def command(
    url: str,
    evaluation: str | None,
    pictures: str | None,
    out: str | None,
    layout: Literal["file", "dir"],
    limits: tuple[str, ...],
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Write a page, summaries and numbers of what models say of pictures.

    URL is where `sigh predict` or `sigh evaluate` wrote. The page needs no network and is one file. Beside
    it lie report.json, summary.md for pull requests and junit.xml.

    \b
      sigh report ./scores
      sigh report ./scores --fail-on 'auc<0.95' --fail-on 'failed_files>0'
      sigh report ./scores --layout dir --out ./handed-over
    """
    from sigh_batch.report.predictions.gate import raise_broken, read_limit
    from sigh_batch.report.predictions.write import Asked, write_report

    settings = settings_of(files, sets).settings
    if _told_training(url, settings, limits):
        return
    asked = Asked(url=url, evaluation=evaluation, pictures=pictures, out=out, layout=layout)
    command = shlex.join(["sigh", "report", *_own_words(url)])
    read = [read_limit(text) for text in limits]
    asked = replace(asked, limits=read, made_by=_made_by(url, settings), command=command)
    written = write_report(asked, settings.store)
    _tell(written, as_json, quiet)
    raise_broken(written.checked)


def _told_training(url: str, settings: Settings, limits: tuple[str, ...]) -> bool:
    """Write the reports of a training, where one lies at the URL; return whether it does.

    Raises ConfigError for limits: a training has no predictions that they could hold for.
    """
    from sigh_batch.report.training import is_training, write_training
    from sigh_batch.store import open_store

    store = open_store(url, settings.store, create=False)
    if not is_training(store):
        return False
    if limits:
        raise ConfigError(
            f"{url} is a training, which --fail-on {limits[0]!r} cannot judge; evaluate its model"
        )
    click.echo(write_training(store))
    return True


def _own_words(url: str) -> list[str]:
    """Return the words of this call as they were written, or the shortest that do the same."""
    words = sys.argv[1:]
    return words[1:] if words[:1] == ["report"] else [url]


def _made_by(url: str, settings: Settings) -> str:
    """Return the command that made the predictions, where their run is known."""
    from sigh_batch.run import read_spec

    try:
        spec = read_spec(url, settings)
    except (SighError, KeyError):
        return ""
    return spec.to_command() if spec.kind == "predict" else ""


def _tell(written: Written, as_json: bool, quiet: bool) -> None:
    from sigh_batch.report.predictions.reach import warn

    findings = written.findings
    if as_json:
        click.echo(json.dumps({"page": written.page, "numbers": findings.numbers}, ensure_ascii=False))
        return
    if not quiet:
        shown = f"{written.shown:,} shown, {findings.rows:,} rows read"
        click.echo(f"{findings.pictures:,} pictures, {findings.failed:,} failed ({shown})", err=True)
        _print_numbers(written)
        if findings.pictures:
            click.echo(f"note: {warn(findings.reaches)}", err=True)
        click.echo(f"all numbers: {written.page.rpartition('/')[0]}/report.json", err=True)
    click.echo(written.page)


def _print_numbers(written: Written) -> None:
    """Print the numbers that a terminal has room for, and every one that a limit is about."""
    numbers = written.findings.numbers
    asked = [one.limit.metric for one in written.checked]
    names = [name for name in dict.fromkeys((*_SHOWN, *asked)) if name in numbers]
    print_table(("number", "value"), [(name, _numeral(numbers[name])) for name in names])


def _numeral(value: float | None) -> str:
    return "none" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.4g}"

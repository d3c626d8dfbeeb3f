"""`sigh evaluate`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sigh_batch.cli.elsewhere import sent_elsewhere
from sigh_batch.cli.options import (
    DEVICE,
    DRY_RUN,
    PROGRESS,
    SEED,
    config_options,
    output_options,
    settings_of,
    with_options,
)
from sigh_batch.cli.progress import show_progress
from sigh_batch.cli.sharded import print_plan
from sigh_batch.cli.table import print_table
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec

if TYPE_CHECKING:
    from sigh_batch.evaluation.document import Evaluation
    from sigh_batch.evaluation.job import Watch


_options = with_options(
    click.option(
        "--model",
        "models",
        multiple=True,
        metavar="URL",
        help="A model, or default; repeatable, the first is judged.",
    ),
    click.option("--data", metavar="URL", help="A set, or a folder of classes."),
    click.option("--out", required=True, metavar="URL", help="Where the evaluation goes."),
    click.option("--split", metavar="NAME", help="Which split to score; all scores every picture."),
    click.option("--pictures", type=int, help="Score about so many, in whole groups."),
    click.option("--no-sweep", is_flag=True, help="Leave the robustness sweep out."),
    DEVICE,
    SEED,
    PROGRESS,
    click.option("--markdown", is_flag=True, help="Print all tables as Markdown."),
    DRY_RUN,
)
"""What evaluation takes beside what every verb does."""


@click.command("evaluate")
@_options
@config_options
@output_options
def command(
    data: str | None,
    out: str,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    markdown: bool,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    **flags: Any,
) -> None:
    """Measure models on labelled pictures: order, calibration, maps, slices, and a sweep of degradations.

    Every number has a 95 % interval from drawing whole groups again. evaluation.json and the score of every
    picture go to --out; the same command goes on where it was stopped. Without --data it shows what is there.

    \b
      sigh evaluate --model ./model --data ./forged --out ./evaluation
      sigh evaluate --model ./model --model ./baseline --data ./forged --out ./evaluation
      sigh evaluate --out ./evaluation --markdown
    """
    settings = _settings(files, sets, **flags)
    if data is None:
        _tell(_stored(out, settings), out, as_json=as_json, markdown=markdown, quiet=quiet)
        return
    spec = RunSpec(kind="evaluate", source=data, out=out, settings=settings)
    if dry_run:
        from sigh_batch.evaluation.job import render

        print_plan(render(spec), as_json)
    elif not sent_elsewhere(spec):
        carry_out(spec, as_json=as_json, markdown=markdown, quiet=quiet)


def carry_out(spec: RunSpec, *, as_json: bool, quiet: bool, markdown: bool = False) -> None:
    """Evaluate in this process, show how it goes, and tell what was found."""
    from sigh_batch.evaluation.job import evaluate

    with show_evaluation(spec.settings.run.progress, quiet) as watch:
        outcome = evaluate(spec, watch)
    if outcome.already and not quiet:
        click.echo("already done: nothing was scored again", err=True)
    _tell(outcome.evaluation, spec.out, as_json=as_json, markdown=markdown, quiet=quiet)


@contextmanager
def show_evaluation(mode: str, quiet: bool) -> Iterator[Watch]:
    """Give the function that hears how far an evaluation is."""
    from sigh_batch.runners.progress import Progress as Shown

    with show_progress(mode, quiet, "evaluate") as show:
        yield lambda progress: show(
            Shown(
                samples=progress.done - progress.resumed,
                failed=progress.failed,
                resumed=progress.resumed,
                total=progress.total,
                shards=0,
                shards_total=0,
            )
        )


def _settings(files: tuple[Path, ...], sets: tuple[str, ...], **flags: Any) -> Settings:
    told = {
        "evaluate__models": list(flags["models"]) or None,
        "evaluate__split": flags["split"],
        "evaluate__pictures": flags["pictures"],
        "evaluate__sweep_pairs": 0 if flags["no_sweep"] else None,
        "evaluate__device": flags["device"],
    }
    return settings_of(files, sets, seed=flags["seed"], run__progress=flags["progress"], **told).settings


def _stored(out: str, settings: Settings) -> Evaluation:
    from sigh_batch.errors import NotFound
    from sigh_batch.evaluation.document import read_evaluation
    from sigh_batch.store import open_store

    found = read_evaluation(open_store(out, settings.store, create=False))
    if found is None:
        raise NotFound(f"there is no evaluation in {out}; make one by naming a set or folder with --data")
    return found


def _tell(found: Evaluation, out: str, *, as_json: bool, markdown: bool, quiet: bool) -> None:
    from sigh_batch.evaluation import tables

    if as_json:
        click.echo(json.dumps(found.model_dump(mode="json"), ensure_ascii=False))
    elif markdown:
        click.echo(tables.markdown(found), nl=False)
    else:
        base = out.rstrip("/")
        if not quiet:
            click.echo(f"{tables.scope(found)}\n")
            for table in tables.short_tables(found):
                click.echo(f"{table.title}\n")
                print_table(table.heads, table.rows)
                click.echo()
            place = shlex.quote(base)
            click.echo(f"all of it: sigh evaluate --out {place} --markdown, or sigh report {place}", err=True)
        click.echo(f"{base}/evaluation.json")

"""`sigh data`: ls, show, verify, export, remake."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sigh_batch.cli.options import config_options, output_options, settings_of
from sigh_batch.cli.progress import show_progress
from sigh_batch.cli.table import print_table
from sigh_batch.errors import DataError

if TYPE_CHECKING:
    from sigh_batch.data.sets import FoundSet
    from sigh_batch.report.facts import SetFacts

FORMATS = ("coco", "folder", "huggingface", "imagefolder", "webdataset")


@click.group("data")
def command() -> None:
    """List, look at, verify and export sets."""


@command.command("ls")
@click.argument("url", default=".")
@config_options
@output_options
def ls(url: str, files: tuple[Path, ...], sets: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """List the sets at URL and below it, finished or not; -q prints their URLs only."""
    from sigh_batch.data.sets import find_sets
    from sigh_batch.store import open_store

    found = list(find_sets(open_store(url, settings_of(files, sets).settings.store, create=False)))
    if as_json:
        click.echo(json.dumps([entry.as_json() for entry in found]))
    elif quiet:
        click.echo("".join(f"{entry.url}\n" for entry in found), nl=False)
    elif not found:
        click.echo(f"no sets at {url} or below it", err=True)
    else:
        print_table(("set", "kind", "samples", "shards", "state", "config"), [_row(entry) for entry in found])


@command.command("show")
@click.argument("url")
@click.option(
    "--limit", type=click.IntRange(min=1), default=60, show_default=True, help="Pictures on the page."
)
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    help="Write the page here, not to report/index.html of the set.",
)
@config_options
@output_options
def show(
    url: str,
    limit: int,
    html: Path | None,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Print what a set is made of, and write an offline page of its pictures with every annotation."""
    from sigh_batch.report.show import write_page
    from sigh_batch.run import read_spec
    from sigh_batch.store import open_store

    settings = settings_of(files, sets).settings
    store = open_store(url, settings.store, create=False)
    facts, page = write_page(store, limit, html, read_spec(url, settings).to_command())
    if as_json:
        click.echo(json.dumps({**asdict(facts), "page": page}))
        return
    if not quiet:
        print_facts(facts)
    click.echo(page)


@command.command("verify")
@click.argument("url")
@config_options
@output_options
def verify(url: str, files: tuple[Path, ...], sets: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """Check every hash, count, picture and mask of a set again.

    Ends with 1 when something is wrong; each problem is a line on standard output.
    """
    settings = settings_of(files, sets).settings
    samples, problems = check_set(url, settings, quiet)
    if as_json:
        click.echo(json.dumps({"url": url, "samples": samples, "problems": problems}))
    else:
        for problem in problems:
            click.echo(problem)
    if problems:
        raise DataError(f"{len(problems):,} problems in {url}")
    if not quiet:
        click.echo(f"{samples:,} samples are whole", err=True)


@command.command("export")
@click.argument("url")
@click.option("--out", required=True, metavar="URL", help="Empty folder or prefix to write.")
@click.option("--format", "name", required=True, type=click.Choice(FORMATS), help="Layout to write.")
@click.option("--split", help="Only this split.")
@config_options
@output_options
def export(
    url: str,
    out: str,
    name: str,
    split: str | None,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Write a set in another layout.

    \b
      folder       pictures, masks and JSON as plain files, a folder a split
      imagefolder  <split>/<class>/picture, as torchvision reads it
      huggingface  an imagefolder with metadata, as `datasets.load_dataset` reads it
      coco         pictures and annotations/<split>.json: boxes of elements, pixels of forgeries
      webdataset   tar shards a split
    """
    from sigh_batch.data.export.formats import export as write
    from sigh_batch.data.loader import open_dataset
    from sigh_batch.runners.progress import Progress
    from sigh_batch.store import open_store

    settings = settings_of(files, sets).settings
    dataset = open_dataset(open_store(url, settings.store, create=False))
    chosen = dataset if split is None else dataset.where(split=split)
    written = 0
    with show_progress(settings.run.progress, quiet, "export") as watch:
        for written in write(chosen, open_store(out, settings.store), name):
            watch(Progress(samples=written, failed=0, resumed=0, total=len(chosen), shards=0, shards_total=0))
    click.echo(json.dumps({"out": out, "format": name, "samples": written}) if as_json else out)


@command.command("remake")
@click.argument("url")
@click.argument("index", type=int)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(), metavar="FOLDER", help="Where it goes."
)
@config_options
@output_options
def remake(
    url: str,
    index: int,
    out: Path,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Make sample INDEX of the set at URL again, from its settings alone, and compare it with the stored one.

    Writes its picture, mask and annotation into FOLDER; ends with 1 when the bytes differ.
    """
    from sigh_batch.data.export.single import write_sample
    from sigh_batch.data.loader import open_dataset
    from sigh_batch.run import read_spec
    from sigh_batch.run import remake as make
    from sigh_batch.store import open_store

    settings = settings_of(files, sets).settings
    sample = make(read_spec(url, settings), index)
    stored = open_dataset(open_store(url, settings.store, create=False)).where(index=index)
    paths = write_sample(sample, out)
    made = (sample.image, sample.mask, sample.source_mask)
    if not len(stored) or made != (stored[0].image, stored[0].mask, stored[0].source):
        raise DataError(f"sample {index} is not what {url} holds; `sigh data verify` looks at the set")
    if not quiet:
        click.echo(f"equal to the stored sample, byte for byte: {sample.id}", err=True)
    click.echo(json.dumps({"id": sample.id, "files": paths}) if as_json else "\n".join(paths))


def _row(entry: FoundSet) -> tuple[str, ...]:
    count, shards = f"{entry.count:,}", f"{entry.shards:,}"
    return entry.url, entry.kind, count, shards, entry.state, entry.config_hash


def check_set(url: str, settings: Any, quiet: bool) -> tuple[int, list[str]]:
    """Verify a set with progress; return how many samples it has and what is wrong with them."""
    import os

    from sigh_batch.data.verify import verify as check
    from sigh_batch.runners.progress import Progress
    from sigh_batch.store import open_store

    store = open_store(url, settings.store, create=False)
    workers = settings.run.workers or os.cpu_count() or 1
    problems: list[str] = []
    samples = 0
    with show_progress(settings.run.progress, quiet, "verify") as watch:
        for state in check(store, workers):
            samples = state.samples
            problems += state.problems
            watch(
                Progress(
                    samples=samples,
                    failed=0,
                    resumed=0,
                    total=state.samples_total,
                    shards=state.shards,
                    shards_total=state.total,
                )
            )
    return samples, problems


def print_facts(facts: SetFacts) -> None:
    """Print what a set is made of, a line a column."""
    failed = f", {facts.failed:,} failed" if facts.failed else ""
    size = f"{facts.bytes / 1e6:,.1f} MB of pictures"
    click.echo(f"{facts.count:,} samples{failed}, {size}, config {facts.config_hash}")
    rows = []
    for name, counts in facts.counts.items():
        shown = ", ".join(f"{value} {count:,}" for value, count in counts.items())
        rows.append((name, shown))
    print_table(("", ""), rows)

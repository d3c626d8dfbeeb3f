"""`sigh tune`, `sigh tune show` and `sigh tune compare`."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sigh_batch.cli.options import (
    DRY_RUN,
    PROGRESS,
    SEED,
    config_options,
    output_options,
    settings_of,
    with_options,
)
from sigh_batch.cli.sharded import print_plan
from sigh_batch.cli.table import print_table
from sigh_batch.config.spec import RunSpec
from sigh_batch.errors import ConfigError, NotFound

if TYPE_CHECKING:
    from sigh_batch.config.settings import Settings
    from sigh_batch.evaluation.document import Evaluation
    from sigh_batch.store import StoreOptions
    from sigh_batch.tuning.summary import Summary

_SHOWN = 10


_options = with_options(
    click.option("--data", metavar="URL", help="A set, or a folder of classes."),
    click.option("--out", metavar="URL", help="Where the study goes, and its trials."),
    click.option("--model", metavar="NAME|URL", help="tiles, a backbone, or a model to train further."),
    click.option("--trials", type=int, help="How many trials there are to be, those before included."),
    click.option("--ray", metavar="WHERE", help="local, auto, HOST:PORT, or none for one after another."),
    click.option("--grid", is_flag=True, help="Train every combination of the space."),
    click.option("--repeats", type=int, help="How often a grid trains each, with other seeds."),
    click.option("--epochs", type=int, help="How often each trial goes through the data."),
    SEED,
    PROGRESS,
    DRY_RUN,
)
"""What a study takes beside what every verb does."""


@click.group("tune", invoke_without_command=True)
@_options
@config_options
@output_options
@click.pass_context
def command(
    context: click.Context,
    /,
    data: str | None,
    out: str | None,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    **flags: Any,
) -> None:
    """Search the settings that train the best model, on this machine or over the nodes of a Ray cluster.

    What is searched stands in tune.space of a config file. Trials that fall behind are stopped early.
    Whatever dies, the same command goes on: trials that have ended stay, those half done go on.

    \b
      sigh tune -c jobs/configs/tune.yaml --data ./forged --out ./study --trials 40
      sigh tune ... --ray auto                   on a running Ray cluster
      sigh tune ... --grid --repeats 3           every combination, three times
      sigh tune show ./study                     what came of it
      sigh tune compare ./study                  whether the best is better by more than luck
      sigh train --from-tune ./study --data ./forged --out ./model
      optuna-dashboard ./study/study.log         the stock dashboard reads it too
    """
    if context.invoked_subcommand is not None:
        return
    if data is None or out is None:
        raise ConfigError("a study needs data and a place: sigh tune --data URL --out URL")
    spec = RunSpec(kind="tune", source=data, out=out, settings=_settings(files, sets, **flags))
    if dry_run:
        from sigh_batch.tuning.job import render

        print_plan(render(spec), as_json)
        return
    carry_out(spec, as_json=as_json, quiet=quiet)


@command.command("show")
@click.argument("url")
@click.option("--trial", type=int, help="Show one trial, in place of the study.")
@config_options
@output_options
def show(
    url: str, trial: int | None, files: tuple[Path, ...], sets: tuple[str, ...], as_json: bool, quiet: bool
) -> None:
    """Show what a study came to: its best trials, and which settings matter."""
    from sigh_batch.store import open_store
    from sigh_batch.tuning.summary import read_summary

    summary = read_summary(open_store(url, settings_of(files, sets).settings.store, create=False))
    if as_json:
        click.echo(json.dumps(asdict(summary if trial is None else summary.trial(trial)), ensure_ascii=False))
    elif trial is not None:
        row = summary.trial(trial)
        print_table(("what", "value"), [(name, str(value)) for name, value in asdict(row).items()])
    else:
        _tell(summary, quiet)


@command.command("compare")
@click.argument("url")
@click.option("--data", metavar="URL", help="Pictures to measure on, in place of the study's.")
@PROGRESS
@config_options
@output_options
def compare(
    url: str,
    data: str | None,
    progress: str | None,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Measure the best trial beside the settings as they were, on pictures that no trial has seen.

    Of many trials one is the best by luck alone. This evaluates the models of both on the test split, with
    an interval for the difference, and says it on the study's page.
    """
    settings = settings_of(files, sets, run__progress=progress).settings
    found, out = _measure(url, data, settings, quiet)
    click.echo(json.dumps(found.comparisons[0].model_dump(mode="json")) if as_json else out)


def _measure(url: str, data: str | None, settings: Settings, quiet: bool) -> tuple[Evaluation, str]:
    """Evaluate the best trial of a study beside its first one; return what was found, and where it lies."""
    from sigh_batch.cli.evaluate import show_evaluation
    from sigh_batch.data.searched import comparison_key
    from sigh_batch.evaluation.job import evaluate
    from sigh_batch.report.tune import say_gain, write_tune_page
    from sigh_batch.store import open_store
    from sigh_batch.tuning.summary import read_summary

    store = open_store(url, settings.store, create=False)
    summary = read_summary(store)
    best, before = summary.trial(), summary.baseline()
    told = {"models": (best.model, before.model), "sweep_pairs": 0, "examples": 0}
    settings = settings.model_copy(update={"evaluate": settings.evaluate.model_copy(update=told)})
    out = f"{url.rstrip('/')}/{comparison_key(best.number)}"
    spec = RunSpec(kind="evaluate", source=data or summary.data, out=out, settings=settings)
    with show_evaluation(settings.run.progress, quiet) as watch:
        found = evaluate(spec, watch).evaluation
    page = write_tune_page(store)
    if not quiet:
        click.echo(f"trial {best.number}: {say_gain(found)}", err=True)
        click.echo(f"page: {page}", err=True)
    return found, out


def carry_out(spec: RunSpec, *, as_json: bool, quiet: bool) -> None:
    """Carry out a study, show how it goes, write its page, and print where it is."""
    from sigh_batch.cli.searching import show_search
    from sigh_batch.report.tune import write_tune_page
    from sigh_batch.store import open_store
    from sigh_batch.tuning.job import tune

    with show_search(spec.settings.run.progress, quiet) as (watch, say), _joined(spec, say) as joined:
        summary = tune(joined, watch, say)
    page = write_tune_page(open_store(spec.out, spec.settings.store))
    if not quiet:
        _tell(summary, quiet=True)
        click.echo(f"page: {page}", err=True)
    click.echo(json.dumps(asdict(summary), ensure_ascii=False) if as_json else spec.out)


@contextmanager
def _joined(spec: RunSpec, say: Callable[[str], None]) -> Iterator[RunSpec]:
    """Give the study as this machine carries it out; a pod that is not the first serves it here instead."""
    config = spec.settings.tune
    if config.ray != "pods":
        yield spec
        return
    from sigh_batch.tuning.pods import Pod, follow, lead

    pod = Pod.here(os.environ)
    if pod.number:
        follow(pod, config, say)
    settings = spec.settings.model_copy(update={"tune": pod.shared(config)})
    with lead(pod):
        yield spec.model_copy(update={"settings": settings})


@contextmanager
def best_file(url: str, options: StoreOptions) -> Iterator[Path]:
    """Give a file with the best settings of a study; raises NotFound where no trial has ended by itself."""
    from sigh_batch.data.searched import BEST_KEY
    from sigh_batch.store import open_store

    store = open_store(url, options, create=False)
    try:
        text = store.get(BEST_KEY)
    except NotFound:
        raise NotFound(f"there are no best settings in {url}: no study there has a complete trial") from None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, BEST_KEY)
        path.write_bytes(text)
        yield path


def _settings(files: tuple[Path, ...], sets: tuple[str, ...], **flags: Any) -> Any:
    told = {
        "seed": flags["seed"],
        "run__progress": flags["progress"],
        **{f"train__{name}": flags[name] for name in ("model", "epochs")},
        "tune__search": "grid" if flags["grid"] else None,
        **{f"tune__{name}": flags[name] for name in ("trials", "ray", "repeats")},
    }
    return settings_of(files, sets, **told).settings


def _tell(summary: Summary, quiet: bool) -> None:
    """Print the best trials as a table, and in a sentence what there is."""
    counts = ", ".join(f"{count} {state}" for state, count in summary.counts.items())
    click.echo(
        f"{summary.name}: {sum(summary.counts.values())} of {summary.wanted} trials, {counts}", err=True
    )
    names = list(summary.objectives)
    way = -1.0 if summary.objectives[names[0]] == "max" else 1.0
    done = [row for row in summary.trials if row.state == "complete"]
    ranked = sorted(done, key=lambda row: (way * row.values[names[0]], row.number))[:_SHOWN]
    rows = [
        (
            f"{row.number}{' (as it was)' if row.baseline else ''}",
            *(f"{row.values[name]:.6g}" for name in names),
            *(_short(row.params.get(axis["path"])) for axis in summary.axes),
            f"{row.seconds:,.0f}",
        )
        for row in ranked
    ]
    if rows:
        titles = ("trial", *names, *(axis["path"] for axis in summary.axes), "seconds")
        if quiet:
            _print_best(summary)
        else:
            print_table(titles, rows)


def _print_best(summary: Summary) -> None:
    best = summary.trial()
    reached = ", ".join(f"{name} {value:.6g}" for name, value in best.values.items())
    params = ", ".join(f"{path} {_short(value)}" for path, value in best.params.items())
    click.echo(f"best: trial {best.number}, {reached}; {params}", err=True)


def _short(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)

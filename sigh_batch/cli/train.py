"""`sigh train`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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
from sigh_batch.cli.sharded import print_plan
from sigh_batch.config.settings import Settings
from sigh_batch.config.spec import RunSpec

if TYPE_CHECKING:
    from sigh_batch.training.progress import Outcome


_options = with_options(
    click.option("--data", required=True, metavar="URL", help="A set, or a folder of classes."),
    click.option("--out", required=True, metavar="URL", help="Where the model goes."),
    click.option("--from-tune", metavar="URL", help="A study, whose best settings are taken."),
    click.option("--model", metavar="NAME|URL", help="tiles, a backbone, or a model to train further."),
    click.option("--epochs", type=int, help="How often to go through the data."),
    DEVICE,
    SEED,
    click.option("--workers", type=int, help="Processes that load pictures."),
    PROGRESS,
    DRY_RUN,
)
"""What training takes beside what every verb does."""


@click.command("train")
@_options
@config_options
@output_options
def command(
    data: str,
    out: str,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    **flags: Any,
) -> None:
    """Train a model, calibrate it, and write it to --out, where --model of other verbs finds it.

    Checkpoints go to --out as it learns: the same command goes on from the last one, as if it had never been
    stopped, and says so when all is done.

    \b
      sigh train -c jobs/configs/train-tiles.yaml --data ./forged --out ./model
      sigh train --from-tune ./study --data ./forged --out ./model
      sigh train --model resnet50 --data ./folder-with-class-subfolders --out ./model
      sigh train --model ./model --data ./more --out ./better --epochs 2
    """
    spec = RunSpec(kind="train", source=data, out=out, settings=_settings(files, sets, **flags))
    if dry_run:
        from sigh_batch.training.plan import render

        print_plan(render(spec), as_json)
        return
    carry_out(spec, as_json=as_json, quiet=quiet)


def carry_out(spec: RunSpec, *, as_json: bool, quiet: bool) -> None:
    """Train in this process, show how it goes, and print where the model is."""
    from sigh_batch.cli.learning import show_learning
    from sigh_batch.training.job import train

    with show_learning(spec.settings.run.progress, quiet) as show:
        outcome = train(spec, show, show.say)
    if not quiet:
        click.echo(_sentence(outcome), err=True)
    click.echo(json.dumps(asdict(outcome)) if as_json else outcome.out)


def _settings(files: tuple[Path, ...], sets: tuple[str, ...], **flags: Any) -> Settings:
    study = flags.pop("from_tune")
    how = {"run__progress": flags.pop("progress")}
    seed = {"seed": flags.pop("seed")}
    told = {f"train__{name}": value for name, value in flags.items()}
    if study is None:
        return settings_of(files, sets, **how, **seed, **told).settings
    from sigh_batch.cli.tune import best_file

    # Settings of the call win over those of the study.
    with best_file(study, settings_of(files, sets).settings.store) as best:
        return settings_of((best, *files), sets, **how, **seed, **told).settings


def _sentence(outcome: Outcome) -> str:
    from sigh_batch.cli.progress import duration

    reached = ", ".join(f"{name} {value:.4f}" for name, value in outcome.metrics.items())
    if outcome.already:
        return f"already done: {outcome.name}; {reached}"
    return (
        f"{outcome.name}: {outcome.steps:,} steps in {duration(outcome.seconds)}, kept as it was after "
        f"{outcome.best_step or outcome.steps:,}; {reached}"
    )

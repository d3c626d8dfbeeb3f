"""Options that mean the same in every verb, and the settings that a call resolves to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from sigh_batch.config.layers import find_layers
from sigh_batch.config.resolve import Resolved, resolve

F = TypeVar("F", bound=Callable[..., Any])


def config_options(command: F) -> F:
    """Add -c/--config and --set."""
    command = click.option(
        "--set", "sets", multiple=True, metavar="A.B=VALUE", help="Set one setting; repeatable."
    )(command)
    return click.option(
        "-c",
        "--config",
        "files",
        multiple=True,
        type=click.Path(path_type=Path),
        help="A YAML file of settings; repeatable, later files win.",
    )(command)


SEED = click.option("--seed", type=int, help="Seed of every random draw.")
DEVICE = click.option("--device", help="auto, cpu, cuda, cuda:1.")
PROGRESS = click.option(
    "--progress", type=click.Choice(("auto", "bar", "plain", "json", "none")), help="How progress is shown."
)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Print what would be done, and do nothing.")


def with_options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the decorator that adds options, which help shows in this order."""

    def add(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return add


progress_options = with_options(
    click.option("--workers", type=int, help="Worker processes; one a core unless given."), PROGRESS, DRY_RUN
)
"""How a run is carried out: --workers, --progress and --dry-run."""

run_options = with_options(
    click.option("--count", type=int, help="How many samples to make."),
    SEED,
    click.option("--shards", type=int, help="How many shards to divide them into."),
    progress_options,
)
"""What every kind of run takes: --count, --seed, --shards, --workers and --progress."""


def output_options(command: F) -> F:
    """Add --json and -q."""
    command = click.option("-q", "--quiet", is_flag=True, help="No progress and no talk, only the result.")(
        command
    )
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(command)


def settings_of(files: tuple[Path, ...], sets: tuple[str, ...], **flags: Any) -> Resolved:
    """Resolve the settings of a call; `flags` are keyed by setting with __ for the dot."""
    return resolve(find_layers(files, sets, {key.replace("__", "."): value for key, value in flags.items()}))

"""How a training's progress looks: a bar on a terminal, plain lines elsewhere, JSON lines on request."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click

from sigh_batch.cli.progress import PLAIN_SECONDS, duration
from sigh_batch.training.progress import Progress, Watch


@contextmanager
def show_learning(mode: str, quiet: bool) -> Iterator[Watch]:
    """Give the function that a training reports its progress to."""
    if mode == "auto":
        mode = "bar" if sys.stderr.isatty() else "plain"
    if quiet or mode == "none":
        yield lambda _progress: None
    elif mode == "bar":
        with _bar() as watch:
            yield watch
    else:
        yield _Lines(as_json=mode == "json")


class _Lines:
    """Prints a line now and then, and one for what each validation said."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._next = time.monotonic() + PLAIN_SECONDS
        self._loss: float | None = None

    def __call__(self, progress: Progress) -> None:
        self._loss = self._loss if progress.loss is None else progress.loss
        now = time.monotonic()
        if not progress.validated and now < self._next:
            return
        self._next = now + PLAIN_SECONDS
        if self._as_json:
            click.echo(json.dumps(asdict(progress)), err=True)
        elif progress.validated and progress.value is not None:
            reached = f"{progress.metric} {progress.value:.4f}, best {_number(progress.best)}"
            click.echo(f"train: epoch {progress.epoch} of {progress.epochs}: {reached}", err=True)
        else:
            facts = [f"step {progress.step:,} of {progress.steps:,}", *_facts(progress, self._loss)]
            click.echo(f"train: {', '.join(facts)}", err=True)


@contextmanager
def _bar() -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    bars = Bars(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[counts]}"),
        TextColumn("{task.fields[facts]}", style="dim"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    with bars:
        task = bars.add_task("train", total=None, counts="", facts="starting")
        heard: dict[str, float] = {}

        def watch(progress: Progress) -> None:
            if progress.loss is not None:
                heard["loss"] = progress.loss
            facts = _facts(progress, heard.get("loss"))
            if progress.best is not None:
                facts.append(f"best {progress.metric} {progress.best:.4f}")
            counts = f"epoch {progress.epoch}/{progress.epochs}, step {progress.step:,}/{progress.steps:,}"
            bars.update(
                task,
                description="validate" if progress.validating else "train",
                completed=progress.step,
                total=progress.steps,
                counts=counts,
                facts=", ".join(facts),
            )

        yield watch


def _facts(progress: Progress, loss: float | None) -> list[str]:
    facts = [] if loss is None else [f"loss {loss:.4f}"]
    if progress.validating:
        return [*facts, "validating"]
    if progress.rate:
        facts.append(f"{progress.rate:.3g} steps a second")
        if progress.waiting >= 0.1:
            facts.append(f"{progress.waiting:.0%} of it waiting for data")
        if progress.step < progress.steps:
            facts.append(f"{duration(progress.seconds_left)} left")
    return facts


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"

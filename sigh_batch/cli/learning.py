"""How a training's progress looks: a bar on a terminal, plain lines elsewhere, JSON lines on request."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from types import TracebackType
from typing import Protocol

import click

from sigh_batch.cli.progress import PLAIN_SECONDS, duration
from sigh_batch.training.progress import Progress


class Show(Protocol):
    """What a training reports to."""

    def __call__(self, progress: Progress) -> None:
        """Show how far it is."""

    def say(self, line: str) -> None:
        """Show what else there is to know."""


@contextmanager
def show_learning(mode: str, quiet: bool) -> Iterator[Show]:
    """Give what a training reports its progress to."""
    if mode == "auto":
        mode = "bar" if sys.stderr.isatty() else "plain"
    if quiet or mode == "none":
        yield _Silence()
    elif mode == "bar":
        with _Bar() as bar:
            yield bar
    else:
        yield _Lines(as_json=mode == "json")


class _Silence:
    """Shows nothing."""

    def __call__(self, progress: Progress) -> None:
        """Show nothing."""

    def say(self, line: str) -> None:
        """Show nothing."""


class _Lines:
    """Prints a line now and then, and one for what each validation said."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._next = time.monotonic() + PLAIN_SECONDS
        self._loss: float | None = None

    def say(self, line: str) -> None:
        click.echo(json.dumps({"note": line}) if self._as_json else f"train: {line}", err=True)

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


class _Bar:
    """A bar over all steps, on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[counts]}"),
            TextColumn("{task.fields[facts]}", style="dim"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._task = self._bars.add_task("train", total=None, counts="", facts="starting")
        self._loss: float | None = None

    def __enter__(self) -> _Bar:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def say(self, line: str) -> None:
        self._bars.console.print(line, style="dim", markup=False, highlight=False)

    def __call__(self, progress: Progress) -> None:
        self._loss = self._loss if progress.loss is None else progress.loss
        facts = _facts(progress, self._loss)
        if progress.best is not None:
            facts.append(f"best {progress.metric} {progress.best:.4f}")
        self._bars.update(
            self._task,
            description="validate" if progress.validating else "train",
            completed=progress.step,
            total=progress.steps,
            counts=f"epoch {progress.epoch}/{progress.epochs}, step {progress.step:,}/{progress.steps:,}",
            facts=", ".join(facts),
        )


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

"""How a run's progress looks: a bar on a terminal, plain lines elsewhere, JSON lines on request.

Everything here goes to standard error.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from sigh_batch.runners.progress import Progress

PLAIN_SECONDS = 5.0
"""How often a plain line is printed, so that a pod's log stays readable."""

Watch = Callable[[Progress], None]


@contextmanager
def show_progress(mode: str, quiet: bool, what: str) -> Iterator[Watch]:
    """Give the function that a runner reports its progress to."""
    if mode == "auto":
        mode = "bar" if sys.stderr.isatty() else "plain"
    if quiet or mode == "none":
        yield lambda _progress: None
    elif mode == "bar":
        with _bar(what) as watch:
            yield watch
    else:
        yield _Lines(what, as_json=mode == "json")


class _Lines:
    """Prints a line now and then, and one when all is done."""

    def __init__(self, what: str, as_json: bool) -> None:
        self.what = what
        self.as_json = as_json
        self.started = time.monotonic()
        self.next = self.started + PLAIN_SECONDS
        self.finished = False

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        done = progress.done >= progress.total
        if self.finished or (now < self.next and not done) or (done and not progress.samples):
            return
        self.finished = done
        self.next = now + PLAIN_SECONDS
        rate = progress.samples / (now - self.started)
        left = (progress.total - progress.done) / rate if rate else None
        if self.as_json:
            fields = {
                "done": progress.done,
                "total": progress.total,
                "failed": progress.failed,
                "rate": round(rate, 2),
                "seconds_left": None if left is None else round(left, 1),
            }
            click.echo(json.dumps(fields), err=True)
            return
        text = f"{self.what}: {progress.done:,} of {progress.total:,}, {rate:,.0f} a second"
        if progress.failed:
            text += f", {progress.failed:,} failed"
        if left and not done:
            text += f", {duration(left)} left"
        click.echo(text, err=True)


@contextmanager
def _bar(what: str) -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    bars = Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[counts]}"),
        TextColumn("{task.fields[facts]}", style="dim"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=False,
    )
    started = time.monotonic()
    with bars:
        task = bars.add_task(what, total=None, counts="", facts="starting")

        def watch(progress: Progress) -> None:
            rate = progress.samples / max(time.monotonic() - started, 1e-9)
            facts = f"{rate:,.0f} a second" if progress.samples else "starting"
            if progress.samples and progress.done < progress.total:
                facts += f", {duration((progress.total - progress.done) / rate)} left"
            if progress.failed:
                facts += f", {progress.failed:,} failed"
            counts = f"{progress.done:,} of {progress.total:,}"
            bars.update(task, completed=progress.done, total=progress.total, counts=counts, facts=facts)

        yield watch


def duration(seconds: float) -> str:
    """Return a time in words."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"

"""How a study's progress looks: a table on a terminal, plain lines elsewhere, JSON lines on request."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

_ROWS = 12

Watch = Callable[[Any], None]
"""Hears of an Optuna trial whenever something became of it."""
Say = Callable[[str], None]


@contextmanager
def show_search(mode: str, quiet: bool) -> Iterator[tuple[Watch, Say]]:
    """Give the functions that hear of trials, and of everything else."""
    if mode == "auto":
        mode = "bar" if sys.stderr.isatty() else "plain"
    if quiet or mode == "none":
        yield lambda _trial: None, lambda _line: None
    elif mode == "bar":
        with _table() as (watch, say):
            yield watch, say
    else:
        yield _lines(as_json=mode == "json"), lambda line: click.echo(f"tune: {line}", err=True)


def facts_of(trial: Any) -> dict[str, Any]:
    """Return what is shown of a trial."""
    told = trial.user_attrs
    return {
        "trial": trial.number,
        "state": trial.state.name.lower(),
        "epoch": told.get("epochs", 0),
        "values": _values(trial),
        "params": trial.params,
        "seconds": told.get("seconds", 0.0),
        "reason": told.get("reason"),
    }


def _values(trial: Any) -> dict[str, float]:
    """Return the objective as it last was, or of several objectives all that was reported."""
    if trial.intermediate_values:
        return {"value": trial.intermediate_values[max(trial.intermediate_values)]}
    return dict(trial.user_attrs.get("metrics", {}))


def _lines(*, as_json: bool) -> Watch:
    def watch(trial: Any) -> None:
        facts = facts_of(trial)
        click.echo(json.dumps(facts) if as_json else f"tune: {_sentence(facts)}", err=True)

    return watch


def _sentence(facts: dict[str, Any]) -> str:
    what = f"trial {facts['trial']}"
    params = ", ".join(f"{path} {_number(value)}" for path, value in facts["params"].items())
    if facts["state"] == "running" and not facts["epoch"]:
        return f"{what} begins: {params}"
    reached = ", ".join(f"{name} {_number(value)}" for name, value in facts["values"].items())
    if facts["state"] == "running":
        return f"{what}, epoch {facts['epoch']}: {reached}"
    ended = {"complete": "is complete", "pruned": "is stopped early", "fail": "failed"}[facts["state"]]
    reason = (
        f": {facts['reason']}" if facts["state"] == "fail" else f" after epoch {facts['epoch']}: {reached}"
    )
    return f"{what} {ended}{reason}"


@contextmanager
def _table() -> Iterator[tuple[Watch, Say]]:
    from rich.console import Console
    from rich.live import Live
    from rich.table import Table

    trials: dict[int, dict[str, Any]] = {}

    def draw() -> Table:
        table = Table("trial", "state", "epoch", "reached", "settings", "seconds", box=None, pad_edge=False)
        for facts in [trials[number] for number in sorted(trials)][-_ROWS:]:
            params = ", ".join(
                f"{path.rpartition('.')[2]} {_number(value)}" for path, value in facts["params"].items()
            )
            reached = ", ".join(f"{name} {_number(value)}" for name, value in facts["values"].items())
            table.add_row(
                str(facts["trial"]),
                facts["state"],
                str(facts["epoch"]),
                facts["reason"] if facts["state"] == "fail" else reached,
                params,
                f"{facts['seconds']:,.0f}",
            )
        return table

    with Live(console=Console(stderr=True), refresh_per_second=4, get_renderable=draw) as live:

        def watch(trial: Any) -> None:
            trials[trial.number] = facts_of(trial)

        yield watch, live.console.print


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)

"""What every sharded kind does on the command line: carry out a spec, show it, report it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from sigh_batch.cli.elsewhere import sent_elsewhere
from sigh_batch.cli.progress import show_progress
from sigh_batch.config.spec import RunSpec
from sigh_batch.errors import PartialFailure, ShardFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a kind calls that of which it makes many."""

    thing: str = "sample"
    where: str = "the manifest's rows with an error_code say why"
    """What tells of those that failed."""
    stored: str = ""
    """Of what the bytes are that are told."""


_WORDS = Words()

Tell = Callable[[dict[str, Any], bool, bool], None]
"""Prints the result of a run: its facts, whether as JSON, whether no more than the result."""


def tell_place(facts: dict[str, Any], as_json: bool, quiet: bool) -> None:
    """Print where a set is."""
    del quiet
    click.echo(json.dumps(facts) if as_json else facts["out"])


def carry_out(
    spec: RunSpec,
    *,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    tell: Tell | None = tell_place,
    words: Words = _WORDS,
) -> None:
    """Run a spec with local workers, or print what that would do; `tell` prints the result.

    Raises PartialFailure when samples failed, ShardFailed when shards did.
    """
    from sigh_batch.runners import local

    if sent_elsewhere(spec):
        return
    if dry_run:
        print_plan(local.render(spec), as_json)
        return
    with show_progress(spec.settings.run.progress, quiet, spec.kind) as watch:
        outcome = local.run(spec, watch)
    facts = {
        "out": spec.out,
        "samples": outcome.written,
        "failed": outcome.failed,
        "resumed": outcome.resumed,
        "shards": outcome.shards,
        "bytes": outcome.bytes,
        "seconds": round(outcome.seconds, 3),
    }
    if not quiet:
        _talk(facts, words, broken=bool(outcome.broken))
    if tell:
        tell(facts, as_json, quiet)
    if outcome.broken:
        raise ShardFailed("\n".join(outcome.broken))
    if outcome.total_failed:
        raise PartialFailure(
            f"{outcome.total_failed:,} of {counted(outcome.total, words.thing)} failed; {words.where}"
        )


def _talk(facts: dict[str, Any], words: Words, *, broken: bool) -> None:
    if not facts["shards"]:
        said = "nothing was made, and there before" if broken else "already done"
        click.echo(f"{said}: {counted(facts['resumed'], words.thing)}", err=True)
        return
    made = facts["samples"] + facts["failed"]
    shards, size = counted(facts["shards"], "shard"), f"{facts['bytes'] / 1e6:,.1f} MB{words.stored}"
    text = f"{counted(made, words.thing)} in {shards}, {size}"
    text += f", {made / facts['seconds']:,.0f} a second" if facts["seconds"] else ""
    if facts["resumed"]:
        text += f"; {facts['resumed']:,} were there before"
    click.echo(text, err=True)


def counted(number: int, thing: str) -> str:
    """Return how many of a thing there are, in words."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def print_plan(plan: dict[str, Any], as_json: bool) -> None:
    """Print what a run would do."""
    if as_json:
        click.echo(json.dumps(plan))
        return
    import yaml

    click.echo(yaml.safe_dump(plan, sort_keys=False, allow_unicode=True).rstrip())

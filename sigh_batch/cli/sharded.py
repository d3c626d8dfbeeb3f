"""What every sharded kind does on the command line: carry out a spec, show it, report it."""

from __future__ import annotations

import json
from typing import Any

import click

from sigh_batch.cli.elsewhere import sent_elsewhere
from sigh_batch.cli.progress import show_progress
from sigh_batch.config.spec import RunSpec
from sigh_batch.errors import PartialFailure, ShardFailed


def carry_out(spec: RunSpec, *, dry_run: bool, as_json: bool, quiet: bool, result: bool = True) -> None:
    """Run a spec with local workers, or print what that would do; `result` prints where the set is.

    Raises PartialFailure when samples failed, ShardFailed when shards did.
    """
    from sigh_batch.runners import local

    if sent_elsewhere(spec):
        return
    if dry_run:
        _print(local.render(spec), as_json)
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
        _talk(facts)
    if result:
        click.echo(json.dumps(facts) if as_json else spec.out)
    if outcome.broken:
        raise ShardFailed("\n".join(outcome.broken))
    if outcome.total_failed:
        raise PartialFailure(
            f"{outcome.total_failed:,} of {outcome.total:,} samples failed; "
            "the manifest's rows with an error_code say why"
        )


def _talk(facts: dict[str, Any]) -> None:
    if not facts["shards"]:
        click.echo(f"already done: {facts['resumed']:,} samples", err=True)
        return
    made = facts["samples"] + facts["failed"]
    text = f"{counted(made, 'sample')} in {counted(facts['shards'], 'shard')}, {facts['bytes'] / 1e6:,.1f} MB"
    text += f", {made / facts['seconds']:,.0f} a second" if facts["seconds"] else ""
    if facts["resumed"]:
        text += f"; {facts['resumed']:,} were there before"
    click.echo(text, err=True)


def counted(number: int, thing: str) -> str:
    """Return how many of a thing there are, in words."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _print(plan: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(plan))
        return
    import yaml

    click.echo(yaml.safe_dump(plan, sort_keys=False, allow_unicode=True).rstrip())

"""`sigh describe`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sigh_batch.cli.clusters import cluster_options, coloured, connect
from sigh_batch.cli.table import print_table

if TYPE_CHECKING:
    from sigh_batch.runners.kubernetes.status import Facts, Status

SHOWN = 20
"""Pods and events that are shown at most."""


@click.command("describe")
@click.argument("run")
@cluster_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    run: str,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    namespace: str | None,
    context: str | None,
    as_json: bool,
) -> None:
    """Show all that a cluster knows of a run: state, conditions, pods that have not finished, events."""
    from sigh_batch.runners.kubernetes import runs
    from sigh_batch.runners.kubernetes.explain import explain

    _, cluster = connect(files, sets, namespace, context)
    facts = runs.facts(cluster, runs.find(cluster, run))
    status = explain(facts)
    if as_json:
        click.echo(json.dumps({"status": asdict(status), **asdict(facts)}))
        return
    _show(status, facts)


def _show(status: Status, facts: Facts) -> None:
    click.echo(f"{status.run}: {coloured(status.state)}: {status.why}")
    for name, value in _rows(status):
        click.echo(f"  {name:<12} {value}")
    for title, heads, rows in (
        ("conditions", ("type", "status", "since", "message"), _conditions(facts)),
        ("pods that have not finished", ("pod", "phase", "node", "how it stands"), _pods(facts)),
        ("events", ("last seen", "reason", "about", "message"), _events(facts)),
    ):
        if rows:
            click.echo(f"\n{title}")
            print_table(heads, rows[-SHOWN:])


def _rows(status: Status) -> list[tuple[str, str]]:
    failed = f", {status.failed} failed for good ({status.failed_pods})" if status.failed else ""
    return [
        ("kind", status.kind),
        ("out", status.out),
        ("command", status.command),
        ("config hash", status.config_hash or "that of the command"),
        ("pods", f"{status.done} of {status.pods} finished, {status.active} active{failed}"),
        ("begun", status.created),
        ("ended", status.ended or "not yet"),
    ]


def _conditions(facts: Facts) -> list[tuple[str, ...]]:
    owners: list[dict[str, Any]] = [facts.job, *([facts.workload] if facts.workload else [])]
    return [
        (known["type"], known["status"], known.get("lastTransitionTime") or "", known.get("message") or "")
        for owner in owners
        for known in owner.get("status", {}).get("conditions") or ()
    ]


def _pods(facts: Facts) -> list[tuple[str, ...]]:
    from sigh_batch.runners.kubernetes.pods import ending, hindrances

    rows: list[tuple[str, ...]] = []
    for pod in facts.pods:
        hindrance = next(hindrances([pod], facts.events), ("", False))[0]
        told = ending(pod) or hindrance
        rows.append(
            (pod["metadata"]["name"], pod["status"].get("phase", ""), pod["spec"].get("nodeName") or "", told)
        )
    return rows


def _events(facts: Facts) -> list[tuple[str, ...]]:
    return [
        (
            event.get("lastTimestamp") or event.get("eventTime") or "",
            event.get("reason") or "",
            event.get("involvedObject", {}).get("name") or "",
            event.get("message") or "",
        )
        for event in facts.events
    ]

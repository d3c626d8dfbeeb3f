"""`sigh doctor`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from sigh_batch.cli.clusters import cluster_options
from sigh_batch.cli.options import output_options, settings_of

MARKS = {"ok": ("ok", "green"), "warning": ("warning", "yellow"), "fault": ("FAULT", "red")}


@click.command("doctor")
@click.argument("url", required=False)
@cluster_options
@output_options
def command(
    url: str | None,
    files: tuple[Path, ...],
    sets: tuple[str, ...],
    namespace: str | None,
    context: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Check this machine, the store at URL, and the cluster of the kubeconfig, with a fix for what is wrong.

    Where there is no kubeconfig nothing is said of clusters. Ends with 1 when something is at fault.

    \b
      sigh doctor
      sigh doctor s3://bucket -n forensics --set kubernetes.queue=team-a
    """
    from sigh_batch.doctor.examination import examine

    flags = {"kubernetes__namespace": namespace, "kubernetes__context": context}
    findings = []
    for finding in examine(settings_of(files, sets, **flags).settings, url):
        findings.append(finding)
        if not as_json and not (quiet and finding.state == "ok"):
            mark, colour = MARKS[finding.state]
            click.echo(f"{click.style(f'{mark:<8}', fg=colour)} {finding.what}: {finding.detail}")
            if finding.fix:
                click.echo(f"{'':<8}   fix: {finding.fix}")
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings]))
    return 1 if any(finding.state == "fault" for finding in findings) else 0

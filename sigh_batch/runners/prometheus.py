"""A run's numbers as Prometheus reads them: for the textfile folder of node_exporter, or a Pushgateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sigh_batch.runners.standing import Standing

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})

_Number = float | None


def exposition(labels: Mapping[str, str], standing: Standing | None, state: str | None = None) -> str:
    """Return the text of a run, in the format that every version of Prometheus takes.

    `labels` say whose numbers they are; `state` is what a cluster says of the run. What is not known has no
    line: a number that is missing is told from one that is 0.
    """
    told = "".join(f'{name}="{value.translate(_ESCAPES)}",' for name, value in labels.items()).rstrip(",")
    lines = []
    if state is not None:
        lines += _metric("state", "What the cluster says of the run.", f'{told},state="{state}"', 1.0)
    if standing is not None:
        told += f',kind="{standing.kind}",config_hash="{standing.config_hash}"'
        for name, meaning, number in _numbers(standing):
            if number is not None:
                lines += _metric(name, meaning, told, number)
    return "".join(f"{line}\n" for line in lines)


def _numbers(run: Standing) -> Iterator[tuple[str, str, _Number]]:
    yield f"{run.unit}_planned", f"How many {run.unit} the run is to make.", run.total
    yield f"{run.unit}_done", f"How many {run.unit} are made, failed ones included.", run.done
    if run.shards:
        yield "samples_failed", "Samples that are rows with a reason, at least.", run.failed
        yield "shards_planned", "How many shards the run has.", run.shards
        yield "shards_done", "How many shards are whole.", run.shards_done
    for state, count in (run.trials or {}).items():
        yield f"trials_{state}", f"How many trials are {state}.", count
    yield "finished", "Whether the result is whole.", float(run.finished)
    yield f"{run.unit}_per_second", "Rate in the hour before the newest record.", run.rate
    yield "left_seconds", "Time until the end at that rate.", run.seconds_left
    yield "began_timestamp_seconds", "When the first worker started.", _seconds(run.began)
    yield "latest_timestamp_seconds", "When the newest record was written.", _seconds(run.latest)


def _metric(name: str, meaning: str, labels: str, number: float) -> list[str]:
    full = f"sigh_run_{name}"
    return [f"# HELP {full} {meaning}", f"# TYPE {full} gauge", f"{full}{{{labels}}} {number:.15g}"]


def _seconds(text: str | None) -> _Number:
    return None if text is None else datetime.fromisoformat(text).timestamp()

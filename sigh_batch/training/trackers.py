"""Who gets the numbers of a training: metrics.jsonl and TensorBoard events in its own store, and services.

A row is told once it cannot be taken back by a resume or, where that may happen, is told again the same: the
files in the store are cut to the checkpoint that training goes on from. A service that fails costs its own
copy of the numbers and nothing else.
"""

from __future__ import annotations

import io
import json
import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from sigh_batch.data.sample import Json
from sigh_batch.data.trained import METRICS_KEY
from sigh_batch.errors import NotFound, StoreError
from sigh_batch.store import Store

EVENTS = "events/"

Values = Mapping[str, float]


class Tracker(Protocol):
    """Someone who gets the numbers."""

    def row(self, step: int, values: Values) -> None:
        """Take the numbers after `step` updates."""

    def flush(self) -> None:
        """Write what is not written yet."""

    def close(self) -> None:
        """End: no more rows come."""


class MetricsFile:
    """metrics.jsonl: a row an object, with no times in it, so that equal trainings give equal bytes."""

    def __init__(self, store: Store, step: int) -> None:
        self._store = store
        self._rows = [row for row in _read_rows(store) if row["step"] <= step]
        self._written = -1

    def row(self, step: int, values: Values) -> None:
        """Add a row; numbers that are none become null, as JSON has no word for them."""
        clean = {name: value if math.isfinite(value) else None for name, value in values.items()}
        self._rows.append({"step": step, **clean})

    def flush(self) -> None:
        """Write the file anew: objects can only be written whole."""
        if len(self._rows) == self._written:
            return
        self._store.put(METRICS_KEY, "".join(f"{json.dumps(row)}\n" for row in self._rows).encode())
        self._written = len(self._rows)

    def close(self) -> None:
        """Write the last rows."""
        self.flush()


class EventFiles:
    """TensorBoard's own files under events/, a new one a flush; they are read in the order of their names."""

    def __init__(self, store: Store, step: int) -> None:
        self._store = store
        self._since = step
        self._rows: list[tuple[float, int, Values]] = []
        self._fresh = True

    def row(self, step: int, values: Values) -> None:
        """Add a row."""
        self._rows.append((time.time(), step, values))

    def flush(self) -> None:
        """Write the rows since the last flush."""
        if not self._rows:
            return
        key = f"{EVENTS}events.out.tfevents.{self._rows[0][1]:010d}.sigh"
        self._store.put(key, _events(self._rows, self._since if self._fresh else None))
        self._rows, self._fresh = [], False

    def close(self) -> None:
        """Write the last rows."""
        self.flush()


class Trackers:
    """All that get the numbers; one that fails is told of once, and dropped."""

    def __init__(self, trackers: Iterable[Tracker], say: Callable[[str], None]) -> None:
        self._trackers = list(trackers)
        self._say = say

    def row(self, step: int, values: Values) -> None:
        """Tell everyone a row."""
        self._each(lambda tracker: tracker.row(step, values))

    def flush(self) -> None:
        """Let everyone write what is not written yet."""
        self._each(lambda tracker: tracker.flush())

    def close(self) -> None:
        """Tell everyone that no more rows come."""
        self._each(lambda tracker: tracker.close())

    def _each(self, call: Callable[[Tracker], None]) -> None:
        for tracker in list(self._trackers):
            try:
                call(tracker)
            except StoreError:
                raise
            except Exception as error:
                self._trackers.remove(tracker)
                name = type(tracker).__name__
                self._say(f"{name} failed and gets no more numbers: {type(error).__name__}: {error}")


def _read_rows(store: Store) -> list[Json]:
    try:
        lines = store.get(METRICS_KEY).decode().splitlines()
    except NotFound:
        return []
    return [json.loads(line) for line in lines]


def _events(rows: list[tuple[float, int, Values]], since: int | None) -> bytes:
    """Return the bytes of an event file; rows after `since` that an earlier call wrote are taken back."""
    from tensorboard.compat.proto.event_pb2 import Event, SessionLog
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

    target = io.BytesIO()
    writer = RecordWriter(target)
    first = rows[0][0]
    writer.write(Event(wall_time=first, file_version="brain.Event:2").SerializeToString())
    if since:
        start = SessionLog(status=SessionLog.START)
        writer.write(Event(wall_time=first, step=since + 1, session_log=start).SerializeToString())
    for moment, step, values in rows:
        numbers = [Summary.Value(tag=_tag(name), simple_value=value) for name, value in values.items()]
        event = Event(wall_time=moment, step=step, summary=Summary(value=numbers))
        writer.write(event.SerializeToString())
    return target.getvalue()


def _tag(name: str) -> str:
    """Return a name under which TensorBoard groups curves: what is not validation is training."""
    return name if "/" in name else f"train/{name}"

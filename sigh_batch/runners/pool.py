"""Worker processes on this machine and the lines they exchange with their runner.

A worker reads shard numbers from its standard input and reports on its standard output, one
line of JSON an event. When the runner dies the input ends and the worker stops by itself, so
no process is ever left behind.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any

from sigh_batch.config.spec import RunSpec

STOP_SECONDS = 6.0
"""How long workers may take to stop before they are killed; they promise less than five."""

Event = dict[str, Any]


class Worker:
    """One worker process: what it is busy with, and how to speak to it."""

    def __init__(self, spec: RunSpec, events: queue.SimpleQueue[tuple[Worker, Event]]) -> None:
        self.shard: int | None = None
        self.samples = 0
        self._events = events
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sigh_batch.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "SIGH_SPEC": spec.to_json(), "SIGH_FEED": "1"},
            # Ctrl-C on the terminal is for the runner alone, which then asks its workers to stop.
            start_new_session=True,
            text=True,
        )
        assert self._process.stdin is not None
        self._stdin = self._process.stdin
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def tell(self, line: str) -> None:
        """Send the worker a line: a shard number, or `end`."""
        with suppress(BrokenPipeError):  # it died; that arrives as an event of its own
            self._stdin.write(line + "\n")
            self._stdin.flush()

    def terminate(self) -> None:
        """Ask the process to stop."""
        self._process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait for the process to end, and kill it when it takes longer than `seconds`."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join()
        with suppress(BrokenPipeError):
            self._stdin.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._events.put((self, json.loads(line)))
        self._events.put((self, {"event": "exit", "code": self._process.wait()}))


class WorkerPool:
    """A set of workers whose events arrive in one place; leaving the block stops them all."""

    def __init__(self, spec: RunSpec) -> None:
        self._spec = spec
        self._events: queue.SimpleQueue[tuple[Worker, Event]] = queue.SimpleQueue()
        self._workers: list[Worker] = []

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            worker.wait(STOP_SECONDS)

    def start(self) -> None:
        """Start one more worker."""
        self._workers.append(Worker(self._spec, self._events))

    def samples_under_way(self) -> int:
        """Return how many samples of unfinished shards are made."""
        return sum(worker.samples for worker in self._workers)

    def events(self) -> Iterator[tuple[Worker, Event]]:
        """Yield events until no worker is left."""
        while self._workers:
            worker, event = self._events.get()
            if event["event"] == "exit":
                self._workers.remove(worker)
                worker.wait(STOP_SECONDS)
            yield worker, event

"""The local runner: a run goes to its end with worker processes on this machine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from sigh_batch import errors
from sigh_batch.config.spec import RunSpec
from sigh_batch.run import Run, plan_run
from sigh_batch.runners.pool import Event, Worker, WorkerPool
from sigh_batch.runners.progress import Outcome, Progress

ATTEMPTS = 3
"""How often a shard may take its worker down before the run gives up."""

Watch = Callable[[Progress], None]


def render(spec: RunSpec) -> dict[str, Any]:
    """Return what `run` would do, without touching the store."""
    plan, identity = plan_run(spec)
    return {
        "kind": spec.kind,
        "out": spec.out,
        "config_hash": identity.config_hash,
        "engine": dict(identity.engine),
        "shards": len(plan),
        "workers": _pool_size(spec, len(plan)),
        "settings": spec.settings.model_dump(mode="json"),
    }


def run(spec: RunSpec, watch: Watch = lambda _progress: None) -> Outcome:
    """Make every shard that is not there yet, merge the manifest, and say what was made.

    Raises Interrupted when the user stops it and the worker's own error when the whole run cannot
    go on; shards that can never succeed are named in the outcome.
    """
    work = _Work(Run.open(spec), watch)
    try:
        return work.carry_out()
    except KeyboardInterrupt:
        raise errors.Interrupted(work.stopped_sentence()) from None


def _pool_size(spec: RunSpec, shards: int) -> int:
    return max(1, min(spec.settings.run.workers or os.cpu_count() or 1, shards))


class _Work:
    """The state of one run under way."""

    def __init__(self, run: Run, watch: Watch) -> None:
        self.run = run
        self.watch = watch
        self.started = time.monotonic()
        remaining = run.remaining()
        self.todo: Iterator[int] = iter(remaining)
        self.left = len(remaining)
        self.resumed = run.plan.count - sum(len(run.plan.samples(shard)) for shard in remaining)
        self.again: list[int] = []
        self.attempts: dict[int, int] = {}
        self.written = self.failed = self.bytes = self.shards = 0
        self.broken: list[str] = []

    def carry_out(self) -> Outcome:
        """Feed the workers until every shard is made or broken, then merge."""
        with WorkerPool(self.run.spec) as pool:
            self._report(pool)
            for _ in range(_pool_size(self.run.spec, self.left) if self.left else 0):
                pool.start()
            for worker, event in pool.events():
                self._handle(pool, worker, event)
                self._report(pool)
        return Outcome(
            total=self.run.plan.count,
            total_failed=self.failed if self.broken else self.run.merge().failed,
            written=self.written,
            failed=self.failed,
            resumed=self.resumed,
            bytes=self.bytes,
            shards=self.shards,
            seconds=time.monotonic() - self.started,
            broken=tuple(self.broken),
        )

    def stopped_sentence(self) -> str:
        """Say how far the run came and how it goes on."""
        whole = len(self.run.plan)
        done = whole - self.left
        return f"stopped with {done} of {whole} shards done; the same command again goes on from there"

    def _handle(self, pool: WorkerPool, worker: Worker, event: Event) -> None:
        match event["event"]:
            case "ready":
                self._feed(worker)
            case "progress":
                worker.samples = event["samples"]
            case "shard":
                self.left -= 1
                self.shards += 1
                self.written += event["written"]
                self.failed += event["failed"]
                self.bytes += event["bytes"]
                self._feed(worker)
            case "broken":
                self.left -= 1
                self.broken.append(event["message"])
                self._feed(worker)
            case "fatal":
                raise errors.recall(event["type"], event["message"])
            case "exit":
                self._replace(pool, worker, event["code"])

    def _feed(self, worker: Worker) -> None:
        worker.samples = 0
        worker.shard = self.again.pop() if self.again else next(self.todo, None)
        worker.tell("end" if worker.shard is None else str(worker.shard))

    def _replace(self, pool: WorkerPool, worker: Worker, code: int) -> None:
        """Give a dead worker's shard to a new one; a worker without a shard ended as it should."""
        if worker.shard is None:
            return
        shard = worker.shard
        self.attempts[shard] = self.attempts.get(shard, 0) + 1
        if self.attempts[shard] == ATTEMPTS:
            cause = f"signal {-code}" if code < 0 else f"exit code {code}"
            raise errors.SighError(
                f"shard {shard} took its worker down {ATTEMPTS} times (last by {cause}); "
                "look at the worker's log under logs/, and at the machine's memory"
            )
        self.again.append(shard)
        pool.start()

    def _report(self, pool: WorkerPool) -> None:
        self.watch(
            Progress(
                samples=self.written + self.failed + pool.samples_under_way(),
                failed=self.failed,
                resumed=self.resumed,
                total=self.run.plan.count,
                shards=len(self.run.plan) - self.left,
                shards_total=len(self.run.plan),
            )
        )

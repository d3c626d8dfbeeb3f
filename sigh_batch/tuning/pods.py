"""Pods that share a study: the first starts Ray's head and asks for trials, the others lend it their room.

JOB_COMPLETION_INDEX   the number of this pod, from 0
SIGH_PODS              how many there are
SIGH_RAY_HEAD          HOST:PORT of the first pod
SIGH_RAY_CPUS          processor cores of a pod, for trials
SIGH_RAY_GPUS          its GPUs
RAY_AUTH_MODE=token    lets Ray ask for what they know each other by,
RAY_AUTH_TOKEN         which is this

Nothing of Ray outlives its pod. What became of trials is in the study's store, so that a first pod that comes
again goes on from there, and the others join it anew.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from sigh_batch.config.kubernetes import RAY_TOKEN
from sigh_batch.config.tune import RAY_OBJECT_STORE, TuneConfig
from sigh_batch.errors import ConfigError, Interrupted, SighError, Unreachable
from sigh_batch.training.stopping import StopFlag
from sigh_batch.tuning.cluster import hush, listens

STARTS = 3
"""How often Ray's head is started before that is given up."""
START_SECONDS = 300.0
"""How long it may take to listen."""
NAME_SECONDS = 90.0
"""How long a cluster may take to give the first pod its name."""
SILENT_SECONDS = 20.0
"""How long a head that does not answer is taken for alive."""
POLL_SECONDS = 1.0
_STOP_SECONDS = 20.0
_LAST_LINES = 5
_ENVIRONMENT = {
    # A node whose head is gone ends, in place of waiting a minute for it: the next one is another cluster's.
    "RAY_gcs_rpc_server_reconnect_timeout_s": str(int(SILENT_SECONDS)),
    "PYTHONUNBUFFERED": "1",
}
_STARTED = "Ray runtime started"

_NAMES = ("JOB_COMPLETION_INDEX", "SIGH_PODS", "SIGH_RAY_HEAD", "SIGH_RAY_CPUS", "SIGH_RAY_GPUS")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """What a pod is told by its environment."""

    number: int
    pods: int
    head: str
    cpus: int
    gpus: int

    @classmethod
    def here(cls, environment: Mapping[str, str]) -> Pod:
        """Return this pod; raises ConfigError outside of one."""
        missing = [name for name in (*_NAMES, RAY_TOKEN) if not environment.get(name)]
        if missing:
            raise ConfigError(
                f"{missing[0]} is not set: --ray pods is for the pods that `sigh submit tune --pods N` starts"
            )
        if environment.get("RAY_AUTH_MODE") != "token":
            raise ConfigError("RAY_AUTH_MODE must be token: without it anybody may run code in these pods")
        number, pods, head, cpus, gpus = (environment[name] for name in _NAMES)
        try:
            return cls(number=int(number), pods=int(pods), head=head, cpus=int(cpus), gpus=int(gpus))
        except ValueError as error:
            raise ConfigError(f"what this pod is told of its number and room is damaged: {error}") from None

    def arguments(self) -> list[str]:
        """Return what Ray is told of the room of this pod; the node may have more than is ours."""
        room = {"num-cpus": self.cpus, "num-gpus": self.gpus, "object-store-memory": RAY_OBJECT_STORE}
        return [f"--{name}={value}" for name, value in room.items()]

    def shared(self, config: TuneConfig) -> TuneConfig:
        """Return how the first pod searches: with as many trials at a time as all pods hold.

        Others may come later than it, and go. Raises ConfigError when no pod can hold a trial.
        """
        shared = config.shared_by(self.pods, {"CPU": self.cpus, "GPU": self.gpus})
        return shared.model_copy(update={"ray": self.head})


@contextmanager
def lead(pod: Pod) -> Iterator[None]:
    """Be Ray's head for as long as this lasts; its dashboard, which would run anybody's code, stays off.

    Raises SighError when it does not start. It is tried again: on a node that is very busy, Ray takes longer
    than it waits for itself.
    """
    port = pod.head.rpartition(":")[2]
    words = ("--head", f"--port={port}", "--include-dashboard=false", "--disable-usage-stats")
    for left in reversed(range(STARTS)):
        with _ray(*words, *pod.arguments()) as process:
            try:
                _await_head(pod, process)
            except SighError as error:
                if isinstance(error, ConfigError) or not left:
                    raise
                continue
            yield
            return


def follow(pod: Pod, config: TuneConfig, say: Say) -> NoReturn:
    """Lend this pod's room to the head, and to the next one when it dies, until told to stop.

    Raises Interrupted then, and Unreachable when there has been none for `tune.wait_minutes`.
    """
    alone = time.monotonic()
    with StopFlag() as stop:
        while not stop:
            if listens(pod.head):
                say(f"joining Ray's head at {pod.head}")
                _serve(pod, stop)
                say("Ray's head is gone" if not stop else "told to stop")
                alone = time.monotonic()
            elif time.monotonic() - alone > 60 * config.wait_minutes:
                raise Unreachable(
                    f"no Ray's head at {pod.head} for {config.wait_minutes:g} minutes (tune.wait_minutes); "
                    f"is there a headless Service {_service(pod)!r}, and what does `sigh logs --shard 0` say?"
                )
            time.sleep(POLL_SECONDS)
    stop.pass_on()
    raise Interrupted("told to stop; the study goes on without this pod")


def _serve(pod: Pod, stop: StopFlag) -> None:
    """Be one of the head's nodes until it or this is gone."""
    joined = _address_of(pod.head)
    with _ray(f"--address={pod.head}", *pod.arguments()) as process:
        heard = time.monotonic()
        while process.running() and not stop:
            if _address_of(pod.head) not in (joined, None):
                # A first pod that came again answers by the same name; Ray's node would try it for a minute.
                return
            if listens(pod.head):
                heard = time.monotonic()
            elif time.monotonic() - heard > SILENT_SECONDS:
                return
            time.sleep(POLL_SECONDS)


class _Process:
    """`ray start --block`, which takes its processes with it when it ends."""

    def __init__(self, words: tuple[str, ...], log: Path) -> None:
        self._log = log
        with log.open("wb") as out:
            self._process = subprocess.Popen(  # noqa: S603 -- our own words to our own Python
                [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", *words],
                env=_ENVIRONMENT | os.environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def running(self) -> bool:
        """Return whether it has not ended."""
        return self._process.poll() is None

    def started(self) -> bool:
        """Return whether it has said that all of its processes are there."""
        return _STARTED in self._log.read_text(encoding="utf-8", errors="replace")

    def said(self) -> str:
        """Return its last words."""
        with self._log.open(encoding="utf-8", errors="replace") as lines:
            return "; ".join([line.strip() for line in lines if line.strip()][-_LAST_LINES:])

    def stop(self) -> None:
        """End it, by force when it takes too long."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def _ray(*words: str) -> Iterator[_Process]:
    hush()
    with tempfile.TemporaryDirectory(prefix="sigh-ray-") as folder:
        process = _Process(words, Path(folder, "log"))
        try:
            yield process
        finally:
            process.stop()


def _await_head(pod: Pod, process: _Process) -> None:
    started = time.monotonic()
    while not (process.started() and listens(pod.head)):
        waited = time.monotonic() - started
        if not process.running():
            raise SighError(f"Ray's head did not start: {process.said()}")
        if waited > NAME_SECONDS and _address_of(pod.head) is None:
            raise ConfigError(
                f"the first pod is not found by its name {pod.head}: the namespace has no headless Service "
                f"{_service(pod)!r} for it; install the chart, or apply k8s/base (kubernetes.ray_service)"
            )
        if waited > START_SECONDS:
            raise SighError(f"Ray's head does not listen at {pod.head}: {process.said()}")
        time.sleep(POLL_SECONDS)


def _address_of(head: str) -> str | None:
    """Return where the pod of a name is, by IPv4 or IPv6, or None as long as it has none."""
    try:
        return min(str(found[4][0]) for found in socket.getaddrinfo(head.rpartition(":")[0], None))
    except OSError:
        return None


def _service(pod: Pod) -> str:
    return pod.head.rpartition(":")[0].partition(".")[2]

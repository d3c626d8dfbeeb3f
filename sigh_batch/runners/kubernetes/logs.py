"""What the pods of a run say: one by one, all at once as they work, or from the store once they are gone.

1. A line is told once, in the order in which its pod said it; lines of several pods come as they come.
2. A connection that breaks is made again where it broke; a pod that takes another's place is followed too.
3. Following ends when the run has ended or is gone, and every pod has been heard to its end.
"""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

from sigh_batch import errors
from sigh_batch.runners.kubernetes.cluster import Cluster
from sigh_batch.runners.kubernetes.explain import ENDED, Facts, explain
from sigh_batch.runners.kubernetes.objects import phase
from sigh_batch.runners.kubernetes.render import RUN_LABEL, Object
from sigh_batch.runners.standing import LOGS
from sigh_batch.store.protocol import Store

INDEX = "batch.kubernetes.io/job-completion-index"
LOOK_SECONDS = 2.0
"""How often new pods are looked for."""
SILENT_SECONDS = 60.0
"""After so long without a line the connection is made anew: a broken one may say nothing at all."""
STREAMS = 64
"""Pods that are followed at once; others wait their turn."""
_ENDED_PHASES = frozenset({"Succeeded", "Failed"})


class Line(NamedTuple):
    """What a pod said, and which pod it was."""

    pod: int
    text: str


Lines = queue.SimpleQueue[Line | errors.SighError | None]


def read(cluster: Cluster, name: str, pod: int | None = None, tail: int | None = None) -> Iterator[Line]:
    """Yield what the pods that are there have said so far, pod by pod; with `pod`, of that one."""
    for found in sorted(_pods(cluster, name, pod), key=lambda found: (_index(found), _created(found))):
        if phase(found) != "Pending":
            path = f"{cluster.pods(found['metadata']['name'])}/log"
            try:
                for text in cluster.lines(path, SILENT_SECONDS, tailLines=tail):
                    yield Line(_index(found), text)
            except (errors.ClusterNotFound, errors.ConfigError):  # gone meanwhile, or not begun
                continue


def follow(cluster: Cluster, name: str, pod: int | None = None, tail: int | None = None) -> Iterator[Line]:
    """Yield what the pods say as they say it, until the run has ended."""
    lines: Lines = queue.SimpleQueue()
    watcher = threading.Thread(target=_watch, args=(cluster, name, pod, tail, lines), daemon=True)
    watcher.start()
    while (line := lines.get()) is not None:
        if isinstance(line, errors.SighError):
            raise line
        yield line


def stored(store: Store, name: str, pod: int | None = None) -> Iterator[Line]:
    """Yield what the run's pods wrote to its store: it is there when the pods are gone."""
    segment = re.compile(rf"{LOGS}[^/]*-{re.escape(name)}-(\d+)-\d+\.\d+\.log")
    for found in store.list(LOGS):
        match = segment.fullmatch(found.key)
        if match and pod in (None, int(match[1])):
            for text in store.get(found.key).decode(errors="replace").splitlines():
                yield Line(int(match[1]), text)


def _watch(cluster: Cluster, name: str, pod: int | None, tail: int | None, lines: Lines) -> None:
    """Start a listener for every pod there is and comes, and send None once all is said."""
    listeners: dict[str, threading.Thread] = {}
    free = threading.Semaphore(STREAMS)
    over = False
    try:
        while not over:
            # Asked before the pods are listed, so that none is missed.
            over = _is_over(cluster, name)
            for found in _pods(cluster, name, pod):
                uid = found["metadata"]["uid"]
                if uid not in listeners and phase(found) != "Pending":
                    listener = _Listener(cluster, found, tail, lines, free)
                    listeners[uid] = threading.Thread(target=listener.run, daemon=True)
                    listeners[uid].start()
            if not over:
                time.sleep(LOOK_SECONDS)
        for thread in listeners.values():
            thread.join()
    except errors.SighError as error:
        lines.put(error)
    finally:
        lines.put(None)


def _is_over(cluster: Cluster, name: str) -> bool:
    while True:
        try:
            return explain(Facts(job=cluster.get(cluster.jobs(name)))).state in ENDED
        except errors.ClusterNotFound:
            return True
        except errors.ClusterUnreachable:
            time.sleep(LOOK_SECONDS)


class _Listener:
    """Hears one pod to its end, over as many connections as that takes."""

    def __init__(
        self,
        cluster: Cluster,
        pod: Object,
        tail: int | None,
        lines: Lines,
        free: threading.Semaphore,
    ) -> None:
        self._cluster = cluster
        self._name = pod["metadata"]["name"]
        self._index = _index(pod)
        self._tail = tail
        self._lines = lines
        self._free = free
        self._moment = ""
        self._at_moment = 0
        """How many lines of the last moment were told: a new connection begins with them."""

    def run(self) -> None:
        with self._free:
            while True:
                try:
                    ended = phase(self._cluster.get(self._cluster.pods(self._name))) in _ENDED_PHASES
                    self._listen(live=not ended)
                except errors.ClusterNotFound:
                    return
                except errors.SighError:
                    ended = False
                if ended:
                    return
                time.sleep(LOOK_SECONDS / 4)

    def _listen(self, *, live: bool) -> None:
        path = f"{self._cluster.pods(self._name)}/log"
        begun, told = self._moment, self._at_moment
        asked = {
            "follow": "true" if live else None,
            "timestamps": "true",
            "sinceTime": begun or None,
            "tailLines": None if begun else self._tail,
        }
        for line in self._cluster.lines(path, SILENT_SECONDS, **asked):
            moment, _, text = line.partition(" ")
            if _order(moment) < _order(begun):
                continue
            if moment == begun and told:
                told -= 1
                continue
            self._at_moment = self._at_moment + 1 if moment == self._moment else 1
            self._moment = moment
            self._lines.put(Line(self._index, text))


def _order(moment: str) -> str:
    """Return a text by which moments sort: fractions of a second leave out zeros at their end."""
    return moment.rstrip("Z")


def _pods(cluster: Cluster, name: str, pod: int | None) -> Iterator[Object]:
    selector = f"{RUN_LABEL}={name}" + (f",{INDEX}={pod}" if pod is not None else "")
    return cluster.list(cluster.pods(), labelSelector=selector)


def _index(pod: Object) -> int:
    return int(pod["metadata"].get("labels", {}).get(INDEX, 0))


def _created(pod: Object) -> str:
    return str(pod["metadata"].get("creationTimestamp") or "")

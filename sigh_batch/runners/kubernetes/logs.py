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
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from typing import NamedTuple

from sigh_batch import errors
from sigh_batch.runners.kubernetes.cluster import Cluster
from sigh_batch.runners.kubernetes.explain import explain
from sigh_batch.runners.kubernetes.objects import Object, phase
from sigh_batch.runners.kubernetes.pods import number_of
from sigh_batch.runners.kubernetes.status import ENDED, Facts
from sigh_batch.runners.kubernetes.template import INDEX, PART_LABEL, RUN_LABEL
from sigh_batch.store.protocol import Store

LOOK_SECONDS = 2.0
"""How often new pods are looked for."""
SILENT_SECONDS = 60.0
"""After so long without a line the connection is made anew: a broken one may say nothing at all."""
STREAMS = 64
"""Pods that are followed at once; others wait their turn."""
AHEAD = 16
"""Pods that are asked before it is their turn: a cluster takes some milliseconds for each of thousands."""
TRIES = 4
"""How often a pod that has ended is asked when its node does not answer."""
_ENDED_PHASES = frozenset({"Succeeded", "Failed"})


class Line(NamedTuple):
    """What a pod said, and which pod it was."""

    pod: int
    text: str


Lines = queue.SimpleQueue[Line | errors.SighError | None]


def read(
    cluster: Cluster,
    name: str,
    pod: int | None = None,
    tail: int | None = None,
    unheard: set[int] | None = None,
) -> Iterator[Line]:
    """Yield what the pods that are there have said so far, pod by pod; with `pod`, of that one.

    Pods whose node does not answer are left out, and their numbers noted in `unheard`: what they wrote to
    the store is there.
    """
    begun = [_Begun.of(found) for found in _pods(cluster, name, pod) if phase(found) != "Pending"]
    asked: deque[tuple[_Begun, Future[Iterator[str]]]] = deque()
    silent: set[str] = set()
    left_out = set() if unheard is None else unheard
    with ThreadPoolExecutor(AHEAD) as pool:
        for one in sorted(begun):
            if one.node in silent:
                left_out.add(one.number)
                continue
            asked.append((one, pool.submit(_open, cluster, one, tail)))
            if len(asked) == AHEAD:
                yield from _heard(cluster, *asked.popleft(), silent, left_out)
        for one, opened in asked:
            yield from _heard(cluster, one, opened, silent, left_out)


class _Begun(NamedTuple):
    """A pod that works or has ended, as little of it as thousands may take; they sort as they are read."""

    number: int
    created: str
    name: str
    node: str

    @classmethod
    def of(cls, pod: Object) -> _Begun:
        created = str(pod["metadata"].get("creationTimestamp") or "")
        return cls(_index(pod), created, pod["metadata"]["name"], pod["spec"].get("nodeName") or "")


def _open(cluster: Cluster, pod: _Begun, tail: int | None) -> Iterator[str]:
    """Return the lines of a pod once the first is there: the others wait on the way, and not in memory."""
    lines = cluster.lines(f"{cluster.pods(pod.name)}/log", SILENT_SECONDS, tailLines=tail)
    return chain(([first] if (first := next(lines, None)) is not None else ()), lines)


def _heard(
    cluster: Cluster, pod: _Begun, opened: Future[Iterator[str]], silent: set[str], left_out: set[int]
) -> Iterator[Line]:
    """Yield what a pod said; note it and its node where that does not answer."""
    try:
        lines = opened.result()
    except (errors.ClusterNotFound, errors.ConfigError):  # gone meanwhile, or not begun
        return
    except errors.ClusterUnreachable:
        cluster.version()  # it is the node that does not answer, and not the cluster
        silent.add(pod.node)
        left_out.add(pod.number)
        return
    for text in lines:
        yield Line(pod.number, text)


def follow(
    cluster: Cluster,
    name: str,
    pod: int | None = None,
    tail: int | None = None,
    unheard: set[int] | None = None,
) -> Iterator[Line]:
    """Yield what the pods say as they say it, until the run has ended; `unheard` is that of `read`."""
    lines: Lines = queue.SimpleQueue()
    left_out = set() if unheard is None else unheard
    watcher = threading.Thread(target=_watch, args=(cluster, name, pod, tail, lines, left_out), daemon=True)
    watcher.start()
    while (line := lines.get()) is not None:
        if isinstance(line, errors.SighError):
            raise line
        yield line


def stored(store: Store, name: str, pod: int | None = None) -> Iterator[Line]:
    """Yield what the run's pods wrote to its store: it is there when the pods are gone."""
    from sigh_batch.runners.standing import LOGS  # with it comes Parquet, which pods are heard without

    segment = re.compile(rf"{LOGS}[^/]*-{re.escape(name)}-(\d+)-\d+\.\d+\.log")
    for found in store.list(LOGS):
        match = segment.fullmatch(found.key)
        if match and pod in (None, int(match[1])):
            for text in store.get(found.key).decode(errors="replace").splitlines():
                yield Line(int(match[1]), text)


def _watch(
    cluster: Cluster, name: str, pod: int | None, tail: int | None, lines: Lines, left_out: set[int]
) -> None:
    """Have every pod heard that there is and comes, and send None once all is said."""
    known: set[str] = set()
    turns: queue.SimpleQueue[_Listener | None] = queue.SimpleQueue()
    threads: list[threading.Thread] = []
    over = False
    try:
        while not over:
            # Asked before the pods are listed, so that none is missed.
            over = _is_over(cluster, name)
            for found in _pods(cluster, name, pod):
                uid = found["metadata"]["uid"]
                if uid not in known and phase(found) != "Pending":
                    known.add(uid)
                    turns.put(_Listener(cluster, found, tail, lines, left_out))
                    if len(threads) < STREAMS:
                        threads.append(threading.Thread(target=_listen, args=(turns,), daemon=True))
                        threads[-1].start()
            if not over:
                time.sleep(LOOK_SECONDS)
        for _ in threads:
            turns.put(None)
        for thread in threads:
            thread.join()
    except errors.SighError as error:
        lines.put(error)
    finally:
        lines.put(None)


def _listen(turns: queue.SimpleQueue[_Listener | None]) -> None:
    """Hear pods one after the other, until None comes."""
    while (listener := turns.get()) is not None:
        listener.run()


def _is_over(cluster: Cluster, name: str) -> bool:
    while True:
        try:
            return explain(Facts(job=cluster.run(name))).state in ENDED
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
        left_out: set[int],
    ) -> None:
        self._cluster = cluster
        self._name = pod["metadata"]["name"]
        self._index = _index(pod)
        self._tail = tail
        self._lines = lines
        self._left_out = left_out
        self._moment = ""
        self._at_moment = 0
        """How many lines of the last moment were told: a new connection begins with them."""

    def run(self) -> None:
        failed = 0
        while failed < TRIES:
            ended = False
            try:
                ended = phase(self._cluster.get(self._cluster.pods(self._name))) in _ENDED_PHASES
                self._listen(live=not ended)
                if ended:
                    return
            except errors.ClusterNotFound:
                return
            except errors.SighError:
                failed += ended  # the node of one that works may come back
            time.sleep(LOOK_SECONDS / 4)
        self._left_out.add(self._index)

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
    ours = f"{RUN_LABEL}={name}"
    if pod is None:
        yield from cluster.list(cluster.pods(), labelSelector=ours)
        return
    for label in (INDEX, PART_LABEL):
        yield from cluster.list(cluster.pods(), labelSelector=f"{ours},{label}={pod}")


def _index(pod: Object) -> int:
    return number_of(pod) or 0

"""Runs in queues of a real Kueue, as `make e2e-kueue` names it; without one, all of this skips."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.conftest import install
from tests.kind import RELEASE, Kind, eventually

IMAGE, CHART = (os.environ.get(f"KUEUE_{what}") for what in ("IMAGE", "CHART"))
API = "kueue.x-k8s.io/v1beta2"
SYSTEM = "kueue-system"
CPU = "100m"
PODS = 2
"""So many pods of a run have room in a queue, and twice as many when the other is empty."""
SET = ("generate", "--count", "600", "--shards", "60", "--seed", "8", "--set", f"kubernetes.cpu={CPU}")


@pytest.fixture(scope="module")
def queues(kind: Kind) -> Iterator[tuple[str, str]]:
    """Two queues that lend each other what they do not need; the chart brings the first."""
    if not (IMAGE and CHART):
        pytest.skip("name an image of Kueue on the nodes and its chart: KUEUE_IMAGE=... KUEUE_CHART=...")
    repository, _, tag = IMAGE.rpartition(":")
    image = "controllerManager.manager.image"
    values = (f"{image}.repository={repository}", f"{image}.tag={tag}", f"{image}.pullPolicy=IfNotPresent")
    words = ("kueue", CHART, "-n", SYSTEM, "--create-namespace", "--wait", "--timeout", "10m")
    kind.helm("upgrade", "--install", *words, *(word for value in values for word in ("--set", value)))
    objects = json.dumps({"apiVersion": "v1", "kind": "List", "items": [*_quotas(), _local("theirs", "b")]})
    # Its webhook answers a moment after its pod is ready.
    eventually(
        lambda: kind.kubectl("apply", "-f", "-", stdin=objects, check=False), lambda said: "theirs" in said
    )
    install(kind, "--set", "queue.create=true", "--set", "queue.clusterQueue=a")
    yield RELEASE, "theirs"
    install(kind)
    kind.kubectl("delete", "-f", "-", "--wait=false", stdin=objects)


def test_runs_wait_for_room_make_room_and_are_all_made(kind: Kind, queues: tuple[str, str]) -> None:
    ours, theirs = queues
    told = kind.sigh("doctor", "s3://sigh", "--set", f"kubernetes.queue={ours}").out
    assert f"{ours} is there" in told
    submit(kind, "borrower", ours, pods=2 * PODS)
    kind.until("borrower", lambda status: status["state"] == "running")
    submit(kind, "patient", ours, pods=PODS)
    waiting = kind.until("patient", lambda status: status["state"] == "queued" and "no room" in status["why"])
    assert f"queue {ours!r} has no room yet: " in waiting["why"]
    submit(kind, "owner", theirs, pods=PODS)
    pushed = kind.until("borrower", lambda status: "make room" in status["why"])
    assert (pushed["state"], pushed["why"].partition(": ")[0]) == ("queued", "it had to make room")
    for name in ("owner", "borrower", "patient"):
        kind.sigh("wait", name)
    one, *others = (kind.made(name) for name in ("owner", "borrower", "patient"))
    assert all(other == one for other in others)


def test_a_queue_that_is_not_there_is_told(kind: Kind, queues: tuple[str, str]) -> None:
    submit(kind, "astray", "nowhere", pods=1)
    found = kind.until("astray", lambda status: status["state"] == "queued" and "nowhere" in status["why"])
    assert "nowhere" in found["why"]
    kind.sigh("cancel", "astray")


def submit(kind: Kind, name: str, queue: str, *, pods: int) -> None:
    words = ("--out", f"s3://sigh/{name}", "--name", name, "--queue", queue, "--pods", str(pods))
    kind.sigh("submit", *SET, *words)


def _quotas() -> list[dict[str, Any]]:
    def of(name: str) -> dict[str, Any]:
        room = {"cpu": f"{PODS}00m", "memory": "64Gi", "ephemeral-storage": "64Gi"}
        resources = [{"name": what, "nominalQuota": most} for what, most in room.items()]
        return {
            "apiVersion": API,
            "kind": "ClusterQueue",
            "metadata": {"name": name},
            "spec": {
                "namespaceSelector": {},
                "cohortName": "all",
                "preemption": {"reclaimWithinCohort": "Any"},
                "resourceGroups": [
                    {"coveredResources": [*room], "flavors": [{"name": "any", "resources": resources}]}
                ],
            },
        }

    flavor = {"apiVersion": API, "kind": "ResourceFlavor", "metadata": {"name": "any"}}
    return [flavor, of("a"), of("b")]


def _local(name: str, of: str) -> dict[str, Any]:
    return {"apiVersion": API, "kind": "LocalQueue", "metadata": {"name": name}, "spec": {"clusterQueue": of}}

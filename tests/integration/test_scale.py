"""Runs of thousands of pods before a real API server: commands stay quick and small. No pod is real."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.control_plane import ControlPlane
from tests.simulated import SAID, simulated

pytestmark = pytest.mark.cluster

PODS = 1000
"""Pods that only stand in the API server's store: nobody makes them work."""
PLAYED = int(os.environ.get("SIGH_PODS", "0"))
"""Pods that controllers make, a scheduler places and kwok plays; `make test-scale` says how many."""
NAMESPACE = "many"


class Cost(NamedTuple):
    """What a command took."""

    code: int
    seconds: float
    cpu: float
    """Seconds of processor time: other work of the machine is not among them."""
    mib: float
    out: str


@pytest.fixture(scope="module")
def kubeconfig(control_plane: ControlPlane) -> Path:
    """A namespace of its own."""
    control_plane.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
    account["metadata"] |= {"namespace": NAMESPACE}
    control_plane.create(account)
    return control_plane.kubeconfig("many", "admin-token", NAMESPACE)


@pytest.fixture
def played(tmp_path: Path) -> Iterator[ControlPlane]:
    """A cluster with nodes that kwok plays, and a namespace there."""
    with simulated(tmp_path) as plane:
        plane.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        yield plane


_WEIGH = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as weight:
    weight.write(f"{used.ru_maxrss} {used.ru_utime + used.ru_stime}")
sys.exit(code)
"""


def cost(kubeconfig: Path, *words: str) -> Cost:
    """Run a command in a process of its own."""
    began = time.monotonic()
    weight = kubeconfig.parent / "weight"
    # A process counts as its own what the one had that started it, here all tests; a small one is between.
    done = subprocess.run(
        [sys.executable, "-c", _WEIGH, str(weight), sys.executable, "-m", "sigh_batch", *words],
        env=os.environ | {"KUBECONFIG": str(kubeconfig)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - began
    kilobytes, cpu = map(float, weight.read_text().split())
    return Cost(done.returncode, seconds, cpu, kilobytes / 1024, done.stdout)


def submit(kubeconfig: Path, pods: int, *words: str) -> Cost:
    """Send a run of so many pods."""
    size = ("--count", str(pods * 10), "--shards", str(pods), "--name", "many")
    return cost(kubeconfig, "submit", "generate", "--out", "s3://bucket/many", *size, *words)


def look(kubeconfig: Path) -> dict[str, Cost]:
    """Put every question about a run that there is, and print what each took."""
    questions = {
        "status": ("status", "many"),
        "logs of one": ("logs", "many", "--shard", "3"),
        "wait": ("wait", "many", "--timeout", "0.1", "-q"),
        "list": ("list",),
        "describe": ("describe", "many"),
        "logs": ("logs", "many"),
    }
    return {name: told(name, cost(kubeconfig, *words)) for name, words in questions.items()}


def told(name: str, taken: Cost) -> Cost:
    """Print what a command took, and return it."""
    weight = f"{taken.seconds:6.2f} s {taken.cpu:6.2f} s of CPU {taken.mib:5.0f} MiB"
    print(f"{name:<12} {taken.code} {weight} {taken.out[-90:]!r}", flush=True)
    return taken


def make_pods(plane: ControlPlane, count: int) -> None:
    """Make the pods of the run, as the cluster's controller would."""
    job = job_of(plane)
    template = json.dumps(job["spec"]["template"])
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": "many", "uid": job["metadata"]["uid"]}

    def make(index: int) -> None:
        pod = {"apiVersion": "v1", "kind": "Pod", **json.loads(template)}
        pod["metadata"] |= {"name": f"many-{index}", "namespace": NAMESPACE, "ownerReferences": [owner]}
        pod["metadata"]["labels"] |= {
            "batch.kubernetes.io/job-completion-index": str(index),
            "batch.kubernetes.io/controller-uid": job["metadata"]["uid"],
        }
        plane.create(pod)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(count)))


def job_of(plane: ControlPlane) -> dict[str, Any]:
    """Return the Job of the run."""
    job: dict[str, Any] = plane.ask("GET", f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs/many")[0]
    return job


def await_run(plane: ControlPlane, what: Callable[[dict[str, Any]], bool], seconds: float) -> None:
    """Wait until the status of the run is as it should be."""
    until = time.monotonic() + seconds
    while not what(status := job_of(plane).get("status", {})):
        assert time.monotonic() < until, f"after {seconds:g} s: {status}"
        time.sleep(1)


def test_commands_are_quick_and_small_however_many_pods_there_are(
    control_plane: ControlPlane, kubeconfig: Path
) -> None:
    sent = submit(kubeconfig, PODS)
    make_pods(control_plane, PODS)
    costs = {"submit": told("submit", sent), **look(kubeconfig)}
    assert {name: taken.code for name, taken in costs.items()} == dict.fromkeys(costs, 0) | {"wait": 8}
    assert max(taken.mib for taken in costs.values()) < 300


@pytest.mark.skipif(not PLAYED, reason="SIGH_PODS is not set: run make test-scale")
def test_commands_about_played_pods_are_quick_and_small(played: ControlPlane) -> None:
    kubeconfig = played.kubeconfig("many", "admin-token", NAMESPACE)
    half = PLAYED // 2
    began = time.monotonic()
    sent = submit(kubeconfig, PLAYED, "--parallelism", str(half))
    await_run(played, lambda status: status.get("ready", 0) + status.get("succeeded", 0) >= half, 3600)
    print(f"\n{half} of {PLAYED} pods began within {time.monotonic() - began:.0f} s")
    working = {"submit": told("submit", sent), **look(kubeconfig)}
    await_run(played, lambda status: bool(status.get("completionTime")), 3600)
    print(f"all ended within {time.monotonic() - began:.0f} s")
    ended = {**look(kubeconfig), "logs -f": told("logs -f", cost(kubeconfig, "logs", "many", "-f"))}

    assert {name: taken.code for name, taken in working.items()} == dict.fromkeys(working, 0) | {"wait": 8}
    assert {name: taken.code for name, taken in ended.items()} == dict.fromkeys(ended, 0)
    assert f"all {PLAYED} pods finished" in ended["status"].out
    assert "many: done" in ended["wait"].out
    assert ended["logs of one"].out.startswith(f"[3] {SAID}\n")
    assert ended["logs -f"].out.count(SAID) == PLAYED
    heard = [line for line in ended["logs"].out.splitlines() if line.endswith(SAID)]
    assert heard == [f"[{number}] {SAID}" for number in range(PLAYED)]
    for costs in (working, ended):
        assert max(taken.mib for taken in costs.values()) < 300
        # All logs are a question for each pod.
        assert max(taken.cpu for name, taken in costs.items() if name not in ("logs", "logs -f")) < 2

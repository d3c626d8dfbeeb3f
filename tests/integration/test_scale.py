"""Runs of a thousand pods before a real API server: commands stay quick and small. No pod is real."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

PODS = 1000
NAMESPACE = "many"


class Cost(NamedTuple):
    """What a command took."""

    code: int
    seconds: float
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


_WEIGH = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as kilobytes:
    kilobytes.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


def cost(kubeconfig: Path, *words: str) -> Cost:
    """Run a command in a process of its own."""
    began = time.monotonic()
    kilobytes = kubeconfig.parent / "kilobytes"
    # A process counts as its own what the one had that started it, here all tests; a small one is between.
    done = subprocess.run(
        [sys.executable, "-c", _WEIGH, str(kilobytes), sys.executable, "-m", "sigh_batch", *words],
        env=os.environ | {"KUBECONFIG": str(kubeconfig)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    mib = int(kilobytes.read_text()) / 1024
    return Cost(done.returncode, time.monotonic() - began, mib, done.stdout)


def make_pods(plane: ControlPlane, count: int) -> None:
    """Make the pods of the run, as the cluster's controller would."""
    job: dict[str, Any] = plane.ask("GET", f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs/many")[0]
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


def test_commands_are_quick_and_small_however_many_pods_there_are(
    control_plane: ControlPlane, kubeconfig: Path
) -> None:
    size = ("--count", str(PODS * 10), "--shards", str(PODS))
    sent = cost(kubeconfig, "submit", "generate", "--out", "s3://bucket/many", *size, "--name", "many")
    make_pods(control_plane, PODS)
    costs = {
        "submit": sent,
        "status": cost(kubeconfig, "status", "many"),
        "logs": cost(kubeconfig, "logs", "many"),
        "logs of one": cost(kubeconfig, "logs", "many", "--shard", "3"),
        "wait": cost(kubeconfig, "wait", "many", "--timeout", "0.1", "-q"),
        "list": cost(kubeconfig, "list"),
    }
    for name, taken in costs.items():
        print(f"{name:<12} {taken.code} {taken.seconds:6.2f} s {taken.mib:5.0f} MiB {taken.out[-90:]!r}")
    assert {name: taken.code for name, taken in costs.items()} == dict.fromkeys(costs, 0) | {"wait": 8}
    assert max(taken.mib for taken in costs.values()) < 300

"""A cluster on loopback without containers: real controllers, a real scheduler, and nodes that kwok plays."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.control_plane import ADMIN, ControlPlane, free_ports, program, running

STAGES = Path(__file__).with_suffix(".yaml")
"""What becomes of nodes and pods, and when."""
NODES = 20
SAID = "drawn 10 of 10 samples"
"""What every pod says, a line."""
_CONTROLLERS = "job-controller,serviceaccount-controller,ttl-after-finished-controller"
_PACE = ("--leader-elect=false", "--kube-api-qps=1000", "--kube-api-burst=2000")
"""By default controllers ask 20 times a second: five thousand pods would take a quarter of an hour."""


@contextmanager
def simulated(folder: Path) -> Iterator[ControlPlane]:
    """Run a cluster of NODES nodes; skips where a program of it is not built."""
    manager, scheduler, kwok = map(program, ("kube-controller-manager", "kube-scheduler", "kwok"))
    (port,) = free_ports(1)
    with running(folder) as plane, ExitStack() as stack:
        kubeconfig = str(plane.kubeconfig("admin", ADMIN, "default"))
        log = stack.enter_context((folder / "controllers.log").open("wb"))
        for command in (
            [manager, "--kubeconfig", kubeconfig, "--controllers", _CONTROLLERS, "--secure-port=0", *_PACE],
            [scheduler, "--kubeconfig", kubeconfig, "--secure-port=0", *_PACE],
            [kwok, "--kubeconfig", kubeconfig, "--config", str(_config(folder)), "--manage-all-nodes",
             "--node-ip=127.0.0.1", f"--node-port={port}", f"--server-address=127.0.0.1:{port}"],
        ):  # fmt: skip
            process = subprocess.Popen(command, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.kill)
        for number in range(NODES):
            _add_node(plane, f"node-{number}")
        yield plane


def _config(folder: Path) -> Path:
    """Write what kwok plays, its nodes' logs among it."""
    said = folder / "said.log"
    said.write_text(f"2026-01-01T00:00:00.000000000Z stdout F {SAID}\n")
    logs = {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "ClusterLogs",
        "metadata": {"name": "logs"},
        "spec": {"logs": [{"logsFile": str(said), "follow": False}]},
    }
    path = folder / "kwok.yaml"
    path.write_text(f"{STAGES.read_text()}---\n{json.dumps(logs)}\n")
    return path


def _add_node(plane: ControlPlane, name: str) -> None:
    labels = {"kubernetes.io/hostname": name}
    plane.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}})
    # A new node bears a taint until a controller has seen it; none here looks after nodes.
    plane.ask("PATCH", f"/api/v1/nodes/{name}", {"spec": {"taints": None}})

"""What dies on the cluster of `make kind-up`, and a store that is busy when it is told to be."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sigh_batch import __version__, intervals, rng
from tests.kind import CONTROL, STORE, WORKER, Kind, on_node

BUSY = "busy-store"
PORT = 7070
LONGEST_BUSY = 15.0
"""Seconds: a worker goes on asking for a minute."""


class Chaos:
    """Kills something of a run at a time: every kind of kill in random order, then every kind again."""

    def __init__(self, kind: Kind, seed: int, *, pods: int, shards: int) -> None:
        self.seed = seed
        self._kind = kind
        self._pods, self._shards = pods, shards
        self._draws = rng.for_sample(seed, "kill", 0)
        self._deck: list[str] = []
        self._ways: dict[str, Callable[[str], bool]] = {
            "pod deleted": lambda name: self._delete(name, "--wait=false"),
            "pod deleted without grace": lambda name: self._delete(name, "--grace-period=0", "--force"),
            "process killed": lambda _name: self._kill("sigh_batch.worker"),
            "kubelet restarted": lambda _name: self._restart(),
            "S3 server killed": lambda _name: self._kill("versitygw .*posix"),
            "S3 server's pod deleted": lambda _name: self._delete_server(),
            "S3 server busy (503)": lambda _name: self._make_busy(),
        }

    def disturb(self, name: str, most: int) -> Iterator[str]:
        """Kill until the run has ended or enough is killed, and yield what was."""
        while most and not self._is_over(name):
            time.sleep(self._draws.uniform(0.0, 4.0))
            self._deck = self._deck or self._draws.shuffled(sorted(self._ways))
            # What is not there to be killed just now is drawn again.
            if self._ways[self._deck[-1]](name):
                most -= 1
                yield self._deck.pop()

    def _is_over(self, name: str) -> bool:
        """Say whether the run has ended; what counts as finished until then has to be in the store."""
        status = self._kind.get("job", name)["status"]
        with contextlib.suppress(BotoCoreError, ClientError):  # it may be what was killed
            there = set(self._kind.keys(name))
            for pod in intervals.parse(status.get("completedIndexes") or ""):
                wanted = {f"records/part-{shard:05}.json" for shard in range(pod, self._shards, self._pods)}
                assert wanted <= there, f"{name}: pod {pod} is counted as finished, drawn from {self.seed}"
        return any(known["type"] in ("Complete", "Failed") for known in status.get("conditions", ()))

    def _delete(self, name: str, *how: str) -> bool:
        running = ("-l", f"sigh-batch/run={name}", "--field-selector=status.phase=Running", "-o", "name")
        pods = self._kind.kubectl("get", "pods", *running).split()
        return bool(pods) and bool(
            self._kind.kubectl("delete", self._draws.choice(pods), "--ignore-not-found", *how)
        )

    def _delete_server(self) -> bool:
        without_grace = ("--grace-period=0", "--force", "--ignore-not-found")
        return bool(self._kind.kubectl("delete", "pod", f"{STORE}-0", *without_grace))

    def _kill(self, pattern: str) -> bool:
        found = on_node("pgrep", "-f", pattern, check=False).split()
        # It may have ended in between; then nothing was killed.
        return (
            bool(found)
            and on_node("sh", "-c", f"kill -9 {self._draws.choice(found)} && echo killed", check=False) != ""
        )

    def _restart(self) -> bool:
        on_node("systemctl", "restart", "kubelet", node=self._draws.choice([WORKER, CONTROL]))
        return True

    def _make_busy(self) -> bool:
        seconds = self._draws.uniform(1.0, LONGEST_BUSY)
        service = f"/api/v1/namespaces/{self._kind.namespace}/services/{BUSY}:{PORT}/proxy"
        # A service has no endpoint as long as a kubelet that has just started does not know its pod as ready.
        return self._kind.kubectl("get", "--raw", f"{service}/busy/{seconds:.1f}", check=False) != ""


@contextlib.contextmanager
def busy_store(kind: Kind) -> Iterator[str]:
    """Yield the address of a server before the S3 server of a namespace, for pods there."""
    script = (Path(__file__).parent / "busy.py").read_text()
    objects = [_configmap(script), _pod(), _service()]
    body = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    kind.kubectl("apply", "-f", "-", stdin=body)
    kind.kubectl("wait", "--for=condition=Ready", f"pod/{BUSY}", "--timeout=300s")
    yield f"http://{BUSY}:{PORT}"
    kind.kubectl("delete", "-f", "-", "--grace-period=1", stdin=body)


def _configmap(script: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": BUSY}, "data": {"busy.py": script}}


def _service() -> dict[str, Any]:
    spec = {"selector": {"app": BUSY}, "ports": [{"port": PORT}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": BUSY}, "spec": spec}


def _pod() -> dict[str, Any]:
    container = {
        "name": "busy",
        "image": f"sigh-batch:{__version__}-thin",
        "command": ["python", "/busy/busy.py", f"{STORE}:{PORT}"],
        "readinessProbe": {"tcpSocket": {"port": PORT}, "periodSeconds": 1},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "busy", "mountPath": "/busy"}],
    }
    # The chart's policies: the S3 server listens to what is of this name, and workers may reach this app.
    labels = {"app": BUSY, "app.kubernetes.io/name": "sigh-batch"}
    spec = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [{"name": "busy", "configMap": {"name": BUSY}}],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": BUSY, "labels": labels}, "spec": spec}

"""What a detector is trained with in pods: libraries, a set that is soon learned, and settings for it.

An image with torch has gigabytes. Pods here have the thin one, and find torch and Ray in the environment that
runs the tests: `make kind-up` shows it to the node.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kind import WORKER, Kind, on_node
from tests.servers import ROOT

LIBRARIES, PROGRAMS = "/libraries", "/programs"
PATH = f"{PROGRAMS}:/opt/sigh/bin:/usr/local/bin:/usr/bin:/bin"
RAY = f"""\
mkdir -p {PROGRAMS} && cd {PROGRAMS}
printf '#!/bin/sh\\nexec python -m ray.scripts.scripts "$@"\\n' >ray && chmod +x ray"""
"""What makes the command on a node that Ray's own installation would have brought, and KubeRay calls."""
OF_THE_IMAGE = (3, 11)
"""The Python of Debian bookworm."""
LESSON = (
    *("--set", "train.model=default", "--set", "train.threads=1", "--set", "train.workers=0"),
    *("--set", "tiles.crops=128", "--set", "tiles.pixels=32768", "--set", "tiles.late=0"),
    *("--set", "tiles.validation=4"),
)
SPACE = "tune.space={train.lr: {low: 1.0e-5, high: 1.0e-3, log: true}}"


@pytest.fixture(scope="module")
def torch(kind: Kind) -> Iterator[tuple[str, ...]]:
    """The words of a submission whose pods have torch, by a claim on what the node has of this machine."""
    if sys.version_info[:2] != OF_THE_IMAGE:
        pytest.skip("the libraries of this Python are of no use to that of the image")
    if not on_node("sh", "-c", f"ls -d {LIBRARIES}/torch", check=False):
        pytest.skip(f"{WORKER} has no {LIBRARIES}; make kind-down kind-up starts one that has")
    on_node("sh", "-c", RAY)
    claims = [body for folder in (LIBRARIES, PROGRAMS) for body in _claim(kind.namespace, folder)]
    claim = json.dumps({"apiVersion": "v1", "kind": "List", "items": claims})
    kind.kubectl("apply", "-f", "-", stdin=claim)
    settings = (
        f"kubernetes.volumes={{{LIBRARIES}: {LIBRARIES[1:]}, {PROGRAMS}: {PROGRAMS[1:]}}}",
        f"kubernetes.env={{PYTHONPATH: {LIBRARIES}, PATH: '{PATH}'}}",
        "kubernetes.memory=3Gi",
    )
    yield tuple(word for setting in settings for word in ("--set", setting))
    kind.kubectl("delete", "-f", "-", "--wait=false", stdin=claim)


@pytest.fixture(scope="module")
def lessons(kind: Kind) -> str:
    """The URL of a small set to learn from."""
    small = ("-c", str(ROOT / "jobs" / "configs" / "generate-small.yaml"), "--count", "60", "--shards", "4")
    kind.sigh("generate", *small, "--seed", "21", "--out", "s3://sigh/plain", "-q")
    kind.sigh("distort", "--in", "s3://sigh/plain", "--seed", "21", "--out", "s3://sigh/lessons", "-q")
    return "s3://sigh/lessons"


def _claim(namespace: str, folder: str) -> list[dict[str, Any]]:
    """Return a volume of a folder of the node, and a claim on it."""
    name = f"{folder[1:]}-of-{namespace}"
    shape = {"accessModes": ["ReadOnlyMany"], "storageClassName": ""}
    volume = {
        **shape,
        "capacity": {"storage": "1Gi"},
        "hostPath": {"path": folder, "type": "Directory"},
    }
    claim = {**shape, "volumeName": name, "resources": {"requests": {"storage": "1Gi"}}}
    return [
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": volume},
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": folder[1:]},
            "spec": claim,
        },
    ]

"""A study that a real KubeRay looks after, as `make e2e-rayjob` names it; without one, all of this skips."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from sigh_batch.store import open_store
from sigh_batch.tuning.summary import read_summary
from tests.e2e.lessons import LESSON, SPACE, lessons, torch
from tests.kind import Kind, eventually
from tests.servers import ROOT

__all__ = ["lessons", "torch"]

IMAGE, CHART = (os.environ.get(f"KUBERAY_{what}") for what in ("IMAGE", "CHART"))
SYSTEM = "kuberay-system"
PODS = 3
TRIALS = 8
SMALL = (*("--set", "kubernetes.cpu=200m"), *("--set", "tune.stop_early=none"))
HEAD, WORKER = "ray.io/node-type=head", "ray.io/node-type=worker"


@pytest.fixture(scope="module", autouse=True)
def operator(kind: Kind) -> Iterator[None]:
    """KubeRay's operator, in a namespace of its own."""
    if not (IMAGE and CHART):
        pytest.skip(
            "name an image of KubeRay on the nodes and its chart: KUBERAY_IMAGE=... KUBERAY_CHART=..."
        )
    repository, _, tag = IMAGE.rpartition(":")
    values = (f"image.repository={repository}", f"image.tag={tag}", "image.pullPolicy=IfNotPresent")
    words = ("kuberay-operator", CHART, "-n", SYSTEM, "--create-namespace", "--wait", "--timeout", "10m")
    kind.helm("upgrade", "--install", *words, *(word for value in values for word in ("--set", value)))
    yield
    # Without the operator nobody would let go of them.
    kind.kubectl("delete", "rayjobs", "--all")
    kind.helm("uninstall", "kuberay-operator", "-n", SYSTEM, "--wait")


def test_what_is_committed_is_what_the_operators_own_definition_takes(kind: Kind) -> None:
    text = (ROOT / "k8s" / "jobs" / "tune-rayjob.yaml").read_text()
    text = text.replace("namespace: sigh\n", f"namespace: {kind.namespace}\n")
    said = kind.kubectl(
        "create", "--validate=strict", "--dry-run=server", "-o", "name", "-f", "-", stdin=text
    )
    assert said.startswith("rayjob.ray.io/tune-")
    assert "a study of several pods is a RayJob" in kind.sigh("doctor", "s3://sigh").out


def test_a_study_outlives_a_worker_and_its_head(
    kind: Kind, torch: tuple[str, ...], lessons: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ("--data", lessons, "--out", "s3://sigh/ray-study", "--name", "ray-study", "--pods", str(PODS))
    budget = ("--trials", str(TRIALS), "--set", "train.steps=60", "--set", SPACE)
    kind.sigh("submit", "tune", *place, *LESSON, *budget, *SMALL, *torch)
    assert kind.get("rayjobs", "ray-study")["kind"] == "RayJob"
    assert "ray-study" in kind.sigh("list").out
    eventually(lambda: trials(kind), lambda begun: len(begun) >= 1)
    assert (
        f"{PODS} of {PODS} pods at work"
        in kind.until("ray-study", lambda told: told["state"] == "running")["why"]
    )
    kill(kind, WORKER)
    eventually(lambda: trials(kind), lambda begun: len(begun) >= PODS + 1)
    kill(kind, HEAD)
    kind.sigh("wait", "ray-study")
    assert "complete" in kind.sigh("logs", "ray-study", "--shard", "0").out
    for name, value in kind.environ.items():
        monkeypatch.setenv(name, value)
    assert read_summary(open_store("s3://sigh/ray-study")).counts == {"complete": TRIALS}
    assert kind.status("ray-study")["state"] == "done"
    eventually(lambda: kind.get("pods", "-l", HEAD), lambda left: not left)
    kind.sigh("cancel", "ray-study")


def test_settings_that_are_wrong_in_the_pods_end_it_with_their_exit_code(
    kind: Kind, torch: tuple[str, ...]
) -> None:
    place = ("--data", "s3://sigh/nothing", "--out", "s3://sigh/wrong", "--name", "wrong", "--pods", "2")
    retries = ("--set", "kubernetes.retries=0")
    kind.sigh("submit", "tune", *place, *LESSON, "--set", SPACE, *SMALL, *retries, *torch)
    told = kind.sigh("wait", "wrong", code=2)
    assert "its configuration is wrong (exit code 2)" in told.err
    kind.sigh("cancel", "wrong")


def trials(kind: Kind) -> set[str]:
    """Return the trials that have begun to keep what they reach."""
    return {key.split("/")[1] for key in kind.keys("ray-study") if key.startswith("trials/")}


def kill(kind: Kind, which: str) -> None:
    """End the first of a kind of pods at once."""
    found = kind.kubectl("get", "pods", "-l", which, "-o", "name").split()
    kind.kubectl("delete", found[0], "--grace-period=0", "--force")

"""What needs torch, in pods: a detector is trained, tuned by two pods of which one dies, measured, and used.

An image with torch has gigabytes. Pods here have the thin one, and find torch and Ray in the environment that
runs the tests: `make kind-up` shows it to the node.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from sigh_batch.store import open_store
from sigh_batch.tuning.summary import read_summary
from tests.kind import WORKER, Kind, eventually, on_node
from tests.servers import ROOT

LIBRARIES = "/libraries"
OF_THE_IMAGE = (3, 11)
"""The Python of Debian bookworm."""
TRIALS = 6
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
    claim = json.dumps({"apiVersion": "v1", "kind": "List", "items": _claim(kind.namespace)})
    kind.kubectl("apply", "-f", "-", stdin=claim)
    settings = (
        f"kubernetes.volumes={{{LIBRARIES}: libraries}}",
        f"kubernetes.env.PYTHONPATH={LIBRARIES}",
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


@pytest.fixture(scope="module")
def pupil(kind: Kind, torch: tuple[str, ...], lessons: str) -> str:
    """The URL of a model that a pod has trained, although it was killed on the way."""
    place = ("--data", lessons, "--out", "s3://sigh/pupil", "--name", "pupil")
    steps = ("--set", "train.steps=24", "--set", "train.checkpoint_steps=4")
    kind.sigh("submit", "train", *place, *LESSON, *steps, *torch)
    eventually(lambda: [key for key in kind.keys("pupil") if key.startswith("checkpoints/")], bool)
    on_node("pkill", "-9", "-f", "sigh.* train ")
    kind.sigh("wait", "pupil")
    return "s3://sigh/pupil"


def test_training_that_dies_goes_on_and_its_model_is_measured_and_used(
    kind: Kind, torch: tuple[str, ...], lessons: str, pupil: str
) -> None:
    assert "goes on from step" in kind.sigh("logs", "pupil").out
    words = ("--model", pupil, "--no-sweep", "--out", "s3://sigh/measured", "--name", "measured")
    kind.sigh("submit", "evaluate", "--data", lessons, *words, *torch, "--wait")
    found = json.loads(kind.read("measured/evaluation.json"))
    assert found["models"]
    words = ("--in", lessons, "--model", pupil, "--shards", "2")
    place = ("--out", "s3://sigh/found", "--name", "found")
    kind.sigh("submit", "predict", *words, *place, *torch, "--wait")
    assert len(kind.read("found/predictions.jsonl").splitlines()) == 120
    kind.sigh("report", "s3://sigh/found", "--evaluation", "s3://sigh/measured", "-q")
    assert kind.read("found/report/index.html").lower().startswith(b"<!doctype html>")


def test_a_study_of_two_pods_outlives_the_first_of_them(
    kind: Kind, torch: tuple[str, ...], lessons: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ("--data", lessons, "--out", "s3://sigh/study", "--name", "study", "--pods", "2")
    budget = ("--trials", str(TRIALS), "--set", "train.steps=60", "--set", SPACE)
    kind.sigh("submit", "tune", *place, *LESSON, *budget, "--set", "tune.stop_early=none", *torch)
    # A trial has begun, so that there is something to lose.
    eventually(lambda: [key for key in kind.keys("study") if key.startswith("trials/")], bool)
    first = kind.kubectl(
        "get", "pods", "-l", "sigh-batch/run=study,batch.kubernetes.io/job-completion-index=0", "-o", "name"
    )
    kind.kubectl("delete", first.split()[0], "--grace-period=0", "--force")
    joined = functools.partial(kind.sigh, "logs", "study", "--shard", "1")
    eventually(lambda: joined().out.count("joining Ray's head"), lambda times: times == 2)
    kind.sigh("wait", "study")
    for name, value in kind.environ.items():
        monkeypatch.setenv(name, value)
    summary = read_summary(open_store("s3://sigh/study"))
    assert summary.counts == {"complete": TRIALS}
    assert (
        f"{TRIALS} of {TRIALS} trials, {TRIALS} complete" in kind.sigh("tune", "show", "s3://sigh/study").err
    )


def _claim(namespace: str) -> list[dict[str, Any]]:
    """Return a volume of what the node has, and a claim on it."""
    name = f"libraries-of-{namespace}"
    shape = {"accessModes": ["ReadOnlyMany"], "storageClassName": ""}
    volume = {
        **shape,
        "capacity": {"storage": "1Gi"},
        "hostPath": {"path": LIBRARIES, "type": "Directory"},
    }
    claim = {**shape, "volumeName": name, "resources": {"requests": {"storage": "1Gi"}}}
    return [
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": volume},
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "libraries"},
            "spec": claim,
        },
    ]

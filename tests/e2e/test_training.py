"""What needs torch, in pods: a detector is trained, tuned by two pods of which one dies, measured, and used.

Pods have the thin image, and their libraries as tests/e2e/lessons.py says.
"""

from __future__ import annotations

import functools
import json

import pytest

from sigh_batch.store import open_store
from sigh_batch.tuning.summary import read_summary
from tests.e2e.lessons import LESSON, SPACE, lessons, torch
from tests.kind import Kind, eventually, on_node

__all__ = ["lessons", "torch"]

TRIALS = 6


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

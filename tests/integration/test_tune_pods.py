"""Pods that share a study, as processes with a real Ray; slow, since each starts one."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from sigh_batch.store import open_store
from sigh_batch.tuning.summary import read_summary

ROOT = Path(__file__).parents[2]
TRIALS = 16
LONG = 900.0
"""Seconds that anything may take on a machine that is busy."""
POD = """
import functools, sys
from sigh_batch import cli
from sigh_batch.tuning import job
from tests import toy
job.tune = functools.partial(job.tune, trainer=toy.train)
sys.exit(cli.run(sys.argv[1:]))
"""
"""`sigh`, with a training that learns nothing in the place of the real one."""
STRANGER = """
import socket, sys, time
from ray._raylet import GcsClient
host, port = sys.argv[1].split(":")
while True:
    try:
        socket.create_connection((host, int(port))).close()
        break
    except OSError:
        time.sleep(0.2)
try:
    GcsClient(address=sys.argv[1])
except Exception as error:
    sys.exit(f"refused: {type(error).__name__}")
"""
"""One who knows the address of the head and not its token."""


def tree(process: int) -> list[int]:
    """Return a process and all that it has started, itself or through others."""
    try:
        below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [process, *(found for child in below for found in tree(int(child)))]


def kill(process: subprocess.Popen[Any]) -> None:
    """End a pod as its node's end would: all its processes at once."""
    for number in tree(process.pid) if process.poll() is None else ():
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    process.wait()


class Study:
    """Two pods with one core each, on this machine."""

    def __init__(self, folder: Path) -> None:
        (folder / "data" / "a").mkdir(parents=True)
        (folder / "data" / "a" / "one.png").write_bytes(b"not looked at")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.head = f"127.0.0.1:{taken.getsockname()[1]}"
        self.out = folder / "study"
        space = json.dumps({"train.lr": {"low": 1e-5, "high": 1e-1, "log": True}})
        self.words = (
            *("tune", "--data", str(folder / "data"), "--out", str(self.out), "--ray", "pods"),
            *("--trials", str(TRIALS), "--epochs", "2", "--progress", "plain"),
            *("--set", f"tune.space={space}", "--set", "tune.objectives={auc: max}"),
            *("--set", "tune.stop_early=none"),
        )
        self.environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
            "TOY": json.dumps({"seconds": 2}),
            "SIGH_PODS": "2",
            "SIGH_RAY_HEAD": self.head,
            "SIGH_RAY_CPUS": "1",
            "SIGH_RAY_GPUS": "0",
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": "only-pods-of-this-study-know-this",
        }
        self.folder = folder
        self.started: list[subprocess.Popen[Any]] = []

    def start(self, number: int, name: str) -> subprocess.Popen[bytes]:
        with (self.folder / name).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", POD, *self.words],
                env=self.environment | {"JOB_COMPLETION_INDEX": str(number)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.started.append(process)
        return process

    def said(self, name: str) -> str:
        return (self.folder / name).read_text(errors="replace")

    def end(self) -> None:
        for process in self.started:
            kill(process)


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = Study(tmp_path)
    yield made
    made.end()


def until(happened: Callable[[], Any], what: Callable[[], str]) -> None:
    end = time.monotonic() + LONG
    while not happened():
        assert time.monotonic() < end, what()
        time.sleep(0.2)


@pytest.mark.slow
def test_a_head_that_dies_is_joined_again_and_the_study_is_exact(study: Study) -> None:
    head, other = study.start(0, "head"), study.start(1, "other")
    stranger = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", STRANGER, study.head],
        env=study.environment | {"RAY_AUTH_TOKEN": "something-else"},
        stderr=subprocess.PIPE,
        text=True,
    )
    study.started.append(stranger)
    until(
        lambda: head.poll() is not None or "epoch 1" in study.said("head"),
        lambda: study.said("head") + study.said("other"),
    )
    assert head.poll() is None, study.said("head")
    kill(head)
    # The head of a cluster comes again elsewhere; here it would listen where the old one did.
    until(lambda: "Ray's head is gone" in study.said("other"), lambda: study.said("other"))
    again = study.start(0, "again")
    until(lambda: again.poll() is not None, lambda: study.said("again") + study.said("other"))
    assert again.returncode == 0, study.said("again")
    assert other.poll() is None, study.said("other")
    assert study.said("other").count("joining Ray's head") >= 2
    summary = read_summary(open_store(study.out))
    assert summary.counts == {"complete": TRIALS}
    spans = sorted((row.began, row.ended) for row in summary.trials if row.began and row.ended)
    assert any(second[0] < first[1] for first, second in itertools.pairwise(spans)), "two at a time"
    assert "refused: AuthenticationError" in stranger.communicate(timeout=LONG)[1]
    other.send_signal(signal.SIGTERM)
    other.wait(LONG)
    assert other.returncode == 143, study.said("other")

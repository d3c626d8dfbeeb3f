"""Kills at random moments on a real cluster: whatever dies, a run makes what it makes undisturbed."""

import os
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.e2e.chaos import Chaos, busy_store
from tests.kind import Kind

KILLS = int(os.environ.get("SIGH_KILLS", "10"))
MOST = 5
"""Kills of one run: each one more makes the cluster wait twice as long before it tries that pod again."""
CLEAN = ("generate", "--count", "160", "--shards", "16", "--seed", "9")
FORGED = ("distort", "--count", "80", "--shards", "16", "--seed", "9")
SCORES = ("predict", "--shards", "16", "--set", "predict.backend=onnx", "--set", "kubernetes.memory=2Gi")
QUIET = ("--workers", "2", "-q")
PODS = 4


@pytest.fixture(scope="module")
def store(kind: Kind) -> Iterator[str]:
    """The store's address for pods, by way of a server that can be told to be busy."""
    with busy_store(kind) as url:
        yield url


def test_whatever_is_killed_the_result_is_the_same(kind: Kind, model: str, store: str) -> None:
    began = time.monotonic()
    clean, forged = "s3://sigh/chaos-clean", "s3://sigh/chaos-forged"
    runs = {
        "generate": CLEAN,
        "distort": (*FORGED, "--in", clean),
        "predict": (*SCORES, "--in", forged, "--model", model),
    }
    expected = {}
    for stage, out in (("generate", clean), ("distort", forged), ("predict", "s3://sigh/chaos-scores")):
        kind.sigh(*runs[stage], "--out", out, *QUIET)
        expected[stage] = kind.made(out.rpartition("/")[2])
    told: Counter[tuple[str, str]] = Counter()
    chaos = Chaos(kind, int.from_bytes(os.urandom(4)), pods=PODS, shards=16)
    number = 0
    while (left := KILLS - told.total()) > 0:
        stage = tuple(runs)[number % len(runs)]
        name = f"chaos-{number}"
        words = ("--out", f"s3://sigh/{name}", "--name", name, "--pods", str(PODS))
        through = ("--set", f"kubernetes.env.AWS_ENDPOINT_URL={store}", "--set", "kubernetes.retries=50")
        kind.sigh("submit", *runs[stage], *words, *through)
        for what in chaos.disturb(name, min(left, MOST)):
            told[stage, what] += 1
            print(f"{time.monotonic() - began:6.0f} s  {name} ({stage}): {what}", flush=True)
        kind.sigh("wait", name)
        kind.await_store()
        assert kind.made(name) == expected[stage], f"{name} after {told}, drawn from {chaos.seed}"
        status = kind.status(name)
        assert (status["done"], status["failed"]) == (PODS, 0)
        kind.kubectl("delete", "job", name)
        number += 1
    print(f"\n{told.total()} kills of {number} runs in {time.monotonic() - began:.0f} s:")
    for (stage, what), count in sorted(told.items()):
        print(f"  {stage:<10} {what:<34} {count:>4}")

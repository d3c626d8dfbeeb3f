"""What goes wrong on a real cluster, and the sentence and exit code that a user gets for it."""

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kind import BUCKET, STORE, WORKER, Kind, eventually, on_node

GENERATE = ("submit", "generate", "--count", "8", "--shards", "2", "--seed", "1")


@pytest.fixture
def name(kind: Kind, request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of a run of the test's own, which is gone afterwards."""
    own = (
        str(request.node.name).partition("[")[2].rstrip("]") or str(request.node.name).replace("_", "-")[-30:]
    )
    own = own.strip("-")
    yield own
    kind.kubectl("delete", "job", own, "--ignore-not-found", "--wait=false")


def out(name: str) -> tuple[str, ...]:
    return ("--out", f"s3://{BUCKET}/{name}", "--name", name)


def sent_until(kind: Kind, name: str, settings: list[str], said: str) -> dict[str, Any]:
    """Send a run with settings, and return its status once that says this of why it does not work."""
    kind.sigh(*GENERATE, *out(name), *(word for setting in settings for word in ("--set", setting)))
    return kind.until(name, lambda status: said in status["why"])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param(
            ["kubernetes.image=nowhere.invalid/sigh:1"],
            "the image nowhere.invalid/sigh:1 cannot be had",
            id="no-image",
        ),
        pytest.param(
            ["kubernetes.env_secrets=[nobody]"],
            'its container cannot be started: secret "nobody" not found',
            id="no-secret",
        ),
        pytest.param(
            ['kubernetes.volumes={"/data": "nothing"}'],
            'persistentvolumeclaim "nothing" not found',
            id="no-claim",
        ),
    ],
)
def test_a_run_that_needs_help_says_which_and_waiting_for_it_ends(
    kind: Kind, name: str, settings: list[str], said: str
) -> None:
    found = sent_until(kind, name, settings, said)
    assert found["state"] == "waiting"
    assert "cannot begin" in kind.sigh("wait", name, "--patience", "3", code=9).err


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param(["kubernetes.memory=900Gi"], "Insufficient memory", id="no-room"),
        pytest.param(
            ['kubernetes.node_selector={"disk": "fast"}'],
            "didn't match Pod's node affinity/selector",
            id="no-node",
        ),
    ],
)
def test_a_run_that_no_node_takes_says_what_is_missing(
    kind: Kind, name: str, settings: list[str], said: str
) -> None:
    found = sent_until(kind, name, settings, said)
    assert found["why"].startswith("no node takes its pods: ")
    assert (
        "goes on (waiting): no node takes its pods" in kind.sigh("wait", name, "--timeout", "1", code=8).err
    )


def test_a_run_waits_for_a_gpu_and_goes_on_when_there_is_one(kind: Kind, name: str) -> None:
    def offer(what: dict[str, str]) -> None:
        change = {"path": "/status/capacity/nvidia.com~1gpu", **what}
        patch = ("--subresource=status", "--type=json", "-p", json.dumps([change]))
        kind.kubectl("patch", "node", WORKER, *patch)

    kind.sigh(*GENERATE, *out(name), "--set", "kubernetes.gpus=1")
    found = kind.until(name, lambda status: "Insufficient nvidia.com/gpu" in status["why"])
    assert found["state"] == "waiting"
    kind.kubectl("taint", "node", WORKER, "nvidia.com/gpu=present:NoSchedule")
    offer({"op": "add", "value": "1"})
    try:
        kind.sigh("wait", name)
    finally:
        offer({"op": "remove"})
        kind.kubectl("taint", "node", WORKER, "nvidia.com/gpu-")


def test_a_quota_that_is_full(kind: Kind, name: str) -> None:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "full"}}
    kind.kubectl("create", "-f", "-", stdin=json.dumps(quota | {"spec": {"hard": {"requests.cpu": "101m"}}}))
    try:
        kind.sigh(*GENERATE, *out(name))
        found = kind.until(name, lambda status: "do not fit the quota" in status["why"])
        assert found["state"] == "waiting"
        assert "exceeded quota: full" in found["why"]
    finally:
        kind.kubectl("delete", "resourcequota", "full")
    kind.sigh("wait", name)


def test_a_wrong_configuration_ends_the_run_at_once(kind: Kind, name: str) -> None:
    kind.sigh(*GENERATE, *out(name), "--wait")
    kind.sigh("cancel", name)
    said = kind.sigh(
        "submit", "generate", "--count", "8", "--shards", "2", "--seed", "2", *out(name), "--wait", code=2
    )
    assert "its configuration is wrong (exit code 2)" in said.err
    assert "seed: 1 there, 2 here" in said.err
    assert kind.status(name)["state"] == "failed"
    assert "resume" in kind.sigh(*GENERATE, "--seed", "2", *out(name), code=2).err


def test_keys_that_the_store_does_not_know(kind: Kind, name: str) -> None:
    wrong = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "wrong"}, "stringData": wrong}
    kind.kubectl("apply", "-f", "-", stdin=json.dumps(secret))
    said = kind.sigh(*GENERATE, *out(name), "--set", "kubernetes.env_secrets=[wrong]", "--wait", code=2)
    assert f"s3://{BUCKET}/{name}" in said.err


def test_too_little_memory(kind: Kind, name: str) -> None:
    words = ("--set", "kubernetes.memory=48Mi", "--set", "kubernetes.retries=0")
    said = kind.sigh(*GENERATE, *out(name), *words, "--wait", code=1)
    assert "it needed more memory than 48Mi (OOMKilled); raise kubernetes.memory" in said.err


def test_a_volume_that_is_full_and_has_room_later(kind: Kind, name: str) -> None:
    on_node("mkdir", "-p", "/full")
    on_node("mount", "-t", "tmpfs", "-o", "size=1m", "full", "/full")
    kind.kubectl("create", "-f", "-", stdin=json.dumps(volume("full")))
    words = ("submit", "generate", "--count", "8", "--shards", "2", "--seed", "1", "--out", "/full/ds")
    settings = ("--set", 'kubernetes.volumes={"/full": "full"}', "--set", "kubernetes.retries=50")
    try:
        kind.sigh(*words, "--name", name, *settings)
        said = "is full (exit code 75): no room left in /full/ds"
        kind.until(name, lambda status: said in status["why"])
        on_node("mount", "-o", "remount,size=64m", "/full")
        kind.sigh("wait", name)
        assert "manifest.parquet" in on_node("ls", "/full/ds")
    finally:
        for known in (("job", name), ("persistentvolumeclaim", "full"), ("persistentvolume", "full")):
            kind.kubectl("delete", *known, "--ignore-not-found")
        on_node("umount", "--lazy", "/full")


def volume(name: str) -> dict[str, Any]:
    """Return a folder of the worker as a volume, and the claim of it."""
    size = {"storage": "1Mi"}
    place = {"key": "kubernetes.io/hostname", "operator": "In", "values": [WORKER]}
    there: dict[str, Any] = {
        "capacity": size,
        "accessModes": ["ReadWriteMany"],
        "storageClassName": "",
        "local": {"path": f"/{name}"},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [place]}]}},
    }
    asked: dict[str, Any] = {
        "accessModes": ["ReadWriteMany"],
        "storageClassName": "",
        "volumeName": name,
        "resources": {"requests": size},
    }
    kinds = {"PersistentVolume": there, "PersistentVolumeClaim": asked}
    items = [
        {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
        for kind, spec in kinds.items()
    ]
    return {"apiVersion": "v1", "kind": "List", "items": items}


def test_a_shard_that_can_never_succeed_is_given_up_and_the_rest_is_made(kind: Kind, name: str) -> None:
    words = ("submit", "generate", "--count", "16", "--shards", "4", "--seed", "1", *out(name))
    job = json.loads(kind.sigh(*words, "--dry-run", "-o", "json").out)
    (container,) = job["spec"]["template"]["spec"]["containers"]
    worker = shlex.join(container["command"])
    # Which settings make one shard hopeless and no other, nobody can know beforehand.
    container["command"] = ["sh", "-c", f'[ "$JOB_COMPLETION_INDEX" != 2 ] || exit 65; exec {worker}']
    kind.kubectl("create", "-f", "-", stdin=json.dumps(job))
    said = kind.sigh("wait", name, code=1)
    assert "1 of 4 pods failed for good (2)" in said.err
    assert "its work can never succeed (exit code 65)" in said.err
    found = kind.status(name)
    assert (found["done"], found["failed_pods"]) == (3, "2")
    assert len(kind.get("pods", "-l", f"sigh-batch/run={name}")) == 4, "nothing is tried again"
    kind.sigh("resume", name)
    kind.sigh("wait", name)
    assert kind.status(name)["pods"] == 1, "only what was missing is made"
    kind.sigh("data", "verify", f"s3://{BUCKET}/{name}", "-q")


def test_a_run_whose_time_to_live_ends_while_somebody_waits(kind: Kind, name: str) -> None:
    # So long that it still goes on when the waiting has begun.
    kind.sigh(*GENERATE, "--count", "200", *out(name), "--set", "kubernetes.ttl_seconds=0")
    command = [sys.executable, "-c", _LOOK_SELDOM, "wait", name]
    ended = subprocess.run(
        command, cwd=kind.folder, env=kind.whole_environ, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 7
    assert f"sigh status s3://{BUCKET}/{name}" in ended.stderr
    eventually(lambda: kind.keys(name), lambda keys: "manifest.parquet" in keys)


_LOOK_SELDOM = """
import sys
from sigh_batch import cli
from sigh_batch.runners.kubernetes import runs
runs.LOOK_SECONDS = 30.0
sys.exit(cli.run(sys.argv[1:]))
"""


def test_what_is_not_there(kind: Kind) -> None:
    assert "unknown run 'nothing'" in kind.sigh("status", "nothing", code=2).err
    assert 'namespaces "nowhere" not found' in kind.sigh(*GENERATE, *out("x"), "-n", "nowhere", code=1).err


def test_a_store_that_is_away_for_longer_than_pods_wait_costs_no_sample(kind: Kind, name: str) -> None:
    clean, whole = "s3://sigh/away-clean", "s3://sigh/away-whole"
    forge = ("distort", "--in", clean, "--count", "160", "--shards", "16", "--seed", "4")
    kind.sigh("generate", "--out", clean, "--count", "16", "--shards", "2", "--seed", "4", "-q")
    kind.sigh(*forge, "--out", whole, "--workers", "2", "-q")
    patience = ("--set", "store.retry_seconds=2", "--set", "kubernetes.retries=50")
    kind.sigh("submit", *forge, *out(name), "--pods", "2", *patience)
    eventually(lambda: [key for key in kind.keys(name) if key.startswith("records/")], bool)
    kind.kubectl("scale", "statefulset", STORE, "--replicas=0")
    eventually(lambda: exit_codes(kind, name), lambda codes: 75 in codes)
    kind.kubectl("scale", "statefulset", STORE, "--replicas=1")
    kind.await_store()
    kind.sigh("wait", name)
    assert kind.made(name) == kind.made("away-whole")


def exit_codes(kind: Kind, name: str) -> set[int]:
    """Return how containers of a run have ended so far."""
    pods = kind.get("pods", "-l", f"sigh-batch/run={name}")
    states = [status["state"] for pod in pods for status in pod["status"].get("containerStatuses", ())]
    return {state["terminated"]["exitCode"] for state in states if "terminated" in state}

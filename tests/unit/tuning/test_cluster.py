"""Whether Ray can hold a trial, and what is said when it cannot or will not."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import ray
from ray._private import services
from ray._private.utils import check_version_info

from sigh_batch.config.tune import TuneConfig, fit
from sigh_batch.errors import ClusterDenied, ConfigError, SighError, Unreachable
from sigh_batch.tuning import cluster
from sigh_batch.tuning.cluster import Share, join


class Ray:
    """A cluster that is not there, whose nodes are what a test says at each look."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *looks: list[dict[str, float]]) -> None:
        self.looks = list(looks)
        self.asked: list[Any] = []
        monkeypatch.setattr(ray, "is_initialized", lambda: True)
        monkeypatch.setattr(ray, "nodes", self.nodes)
        monkeypatch.setattr(cluster, "request_resources", lambda bundles=None: self.asked.append(bundles))
        monkeypatch.setattr(cluster, "_POLL_SECONDS", 0.001)

    def nodes(self) -> list[dict[str, Any]]:
        now = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return [{"Alive": True, "Resources": node} for node in now]


def share_of(**told: Any) -> tuple[Share, list[str]]:
    said: list[str] = []
    with join(TuneConfig(**told), said.append) as share:
        return share, said


@pytest.mark.parametrize(
    ("node", "cpus", "gpus", "trials"),
    [
        ({"CPU": 8}, 1, 0, 8),
        ({"CPU": 8}, 3, 0, 2),
        ({"CPU": 0}, 1, 0, 0),
        ({"CPU": 8}, 1, 1, 0),
        ({"CPU": 8, "GPU": 2}, 1, 1, 2),
        ({"CPU": 8, "GPU": 2}, 1, 0.5, 4),
        ({"CPU": 8, "GPU": 2}, 1, 0.4, 4),
        ({"CPU": 8, "GPU": 3}, 1, 2, 1),
        ({"CPU": 3, "GPU": 2}, 1, 0.25, 3),
        ({"CPU": 8, "GPU": 1}, 0, 0.1, 10),
    ],
)
def test_a_node_holds_what_its_cores_and_whole_gpus_do(
    node: dict[str, float], cpus: float, gpus: float, trials: int
) -> None:
    assert fit(node, cpus, gpus) == trials


def test_a_trial_has_a_gpu_where_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    Ray(monkeypatch, [{"CPU": 0}, {"CPU": 8, "GPU": 2}, {"CPU": 8, "GPU": 2}])
    assert share_of(ray="auto") == (Share(cpus=1, gpus=1, slots=4), [])
    assert share_of(ray="auto", gpus=0.5)[0].slots == 8
    assert share_of(ray="local", concurrency=3)[0].slots == 3


def test_what_no_node_can_ever_hold_is_told_instead_of_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    Ray(monkeypatch, [{"CPU": 2}])
    with pytest.raises(
        ConfigError, match=r"asks for 1 cores and 4 GPUs .*this machine has 2 and 0; ask for less"
    ):
        share_of(ray="local", gpus=4)
    with pytest.raises(
        ConfigError, match=r"asks for 3 cores and 0 GPUs .*the largest of 1 nodes has 2 and 0"
    ):
        share_of(ray="auto", cpus=3, wait_minutes=0)


def test_a_cluster_that_grows_is_asked_for_a_node_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    faked = Ray(monkeypatch, [{"CPU": 0}], [{"CPU": 0}], [{"CPU": 0}, {"CPU": 4, "GPU": 1}])
    share, said = share_of(ray="auto", cpus=2, gpus=1)
    assert share.slots == 1
    assert said == ["no node can hold a trial yet; waiting 10 minutes for one"]
    assert faked.asked == [[{"CPU": 2, "GPU": 1}], None]
    with pytest.raises(ConfigError, match="the largest of 2 nodes has 4 and 1"):
        share_of(ray="auto", cpus=8, wait_minutes=1e-4)
    assert faked.asked[2:] == [[{"CPU": 8, "GPU": 1}], None]


def test_a_ray_of_another_version_is_told_with_both_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"ray_version": "2.9.0", "python_version": "3.10.1"}
    # The sentence that is understood is Ray's own.
    monkeypatch.setattr(ray, "init", lambda **_how: check_version_info(other, "node 10.0.0.7"))
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    told = rf"is Ray 2\.9\.0 on Python 3\.10\.1, and this is Ray {ray.__version__} on Python 3[.\d]+; use"
    with pytest.raises(ConfigError, match=told):
        share_of(ray="auto")


def test_a_ray_that_does_not_start_or_is_not_found_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def init(address: str, **how: Any) -> None:
        # What Ray raises in both cases.
        raise (
            Exception("The node timed out.\nMore.") if address == "local" else ConnectionError("None found.")
        )

    monkeypatch.setattr(ray, "init", init)
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    with pytest.raises(SighError, match=r"does not start on this machine: The node timed out; .*--ray none$"):
        share_of(ray="local")
    with pytest.raises(
        Unreachable, match="no Ray answers at auto: None found; start one, or use --ray local"
    ):
        share_of(ray="auto")


@pytest.fixture
def guarded_ray(tmp_path: Path) -> Iterator[str]:
    """The address of the one process of a real Ray that asks for a token."""
    host = "127.0.0.1"
    with socket.socket() as free:
        free.bind((host, 0))
        port = free.getsockname()[1]
    command = [
        str(services.GCS_SERVER_EXECUTABLE),
        *(f"--log_dir={tmp_path}", f"--session-dir={tmp_path}", "--session-name=guarded"),
        *(f"--gcs_server_port={port}", f"--node-ip-address={host}", "--metrics-agent-port=0"),
        *(f"--config_list={services.serialize_config({})}", f"--node-id={'0a' * 28}"),
        f"--ray-commit={ray.__commit__}",
    ]
    environment = os.environ | {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "t" * 40}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment, **quiet) as process:
        try:
            _wait_for(host, port)
            yield f"{host}:{port}"
        finally:
            process.kill()


def _wait_for(host: str, port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection((host, port), 1):
            return
        time.sleep(0.02)


def test_a_token_that_a_real_ray_does_not_take_is_told_at_once(
    guarded_ray: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "does not take the token of this machine; set RAY_AUTH_MODE=token, and RAY_AUTH_TOKEN"
    with pytest.raises(ClusterDenied, match=f"the Ray at {guarded_ray} {said}"):
        share_of(ray=guarded_ray)
    monkeypatch.setenv("RAY_ADDRESS", guarded_ray)
    with pytest.raises(ClusterDenied, match=said):
        share_of(ray="auto")

import itertools
import socket
from typing import Any

import pytest

from sigh_batch.config.tune import TuneConfig
from sigh_batch.errors import ConfigError, SighError, Unreachable
from sigh_batch.tuning import pods
from sigh_batch.tuning.pods import Pod, follow, lead

TOLD = {
    "JOB_COMPLETION_INDEX": "1",
    "SIGH_PODS": "3",
    "SIGH_RAY_HEAD": "study-0.sigh-ray:6379",
    "SIGH_RAY_CPUS": "4",
    "SIGH_RAY_GPUS": "1",
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": "x" * 48,
}


def nobody() -> str:
    """Return an address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


def test_a_pod_is_what_its_environment_says() -> None:
    assert Pod.here(TOLD) == Pod(number=1, pods=3, head="study-0.sigh-ray:6379", cpus=4, gpus=1)


@pytest.mark.parametrize("name", sorted(TOLD.keys() - {"RAY_AUTH_MODE"}))
def test_a_machine_that_is_no_such_pod_is_told_so(name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} is not set: --ray pods is for the pods"):
        Pod.here({**TOLD, name: ""})
    with pytest.raises(ConfigError, match="anybody may run code in these pods"):
        Pod.here({**TOLD, "RAY_AUTH_MODE": "disabled"})
    with pytest.raises(ConfigError, match="is damaged"):
        Pod.here({**TOLD, "SIGH_PODS": "three"})


@pytest.mark.parametrize(
    ("asked", "trials"),
    [({}, 3), ({"gpus": 0.5}, 6), ({"gpus": 0, "cpus": 2}, 6), ({"concurrency": 2}, 2)],
)
def test_as_many_trials_as_all_pods_hold_run_at_a_time(asked: dict[str, Any], trials: int) -> None:
    shared = Pod.here(TOLD).shared(TuneConfig(**asked))
    assert (shared.ray, shared.concurrency) == ("study-0.sigh-ray:6379", trials)


def test_a_trial_that_no_pod_can_hold_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match=r"asks for 8 cores .* and a pod has 4 and 1"):
        Pod.here(TOLD).shared(TuneConfig(cpus=8))


def test_a_pod_waits_for_a_head_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pods, "POLL_SECONDS", 0.01)
    pod = Pod.here({**TOLD, "SIGH_RAY_HEAD": nobody()})
    with pytest.raises(Unreachable, match="no Ray's head at 127"):
        follow(pod, TuneConfig(wait_minutes=0.0005), lambda _line: None)


def test_a_pod_joins_a_head_that_came_again_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexec sleep 60\n")
    python.chmod(0o755)
    addresses = itertools.chain(["10.0.0.1", "10.0.0.1", None], itertools.repeat("10.0.0.2"))
    monkeypatch.setattr(pods, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(pods.sys, "executable", str(python))
    monkeypatch.setattr(pods, "listens", lambda _address: True)
    monkeypatch.setattr(pods, "_address_of", lambda _head: next(addresses))
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if len(said) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        follow(Pod.here(TOLD), TuneConfig(), say)
    joining = "joining Ray's head at study-0.sigh-ray:6379"
    assert said == [joining, "Ray's head is gone", joining]


def test_a_head_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(pods, "POLL_SECONDS", 0.01)
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho tried >>{tmp_path}/tries\necho no room for Ray\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(pods.sys, "executable", str(python))
    with (
        pytest.raises(SighError, match="Ray's head did not start: no room for Ray"),
        lead(Pod.here({**TOLD, "SIGH_RAY_HEAD": nobody()})),
    ):
        pass
    assert (tmp_path / "tries").read_text() == "tried\n" * pods.STARTS


def test_a_namespace_without_the_service_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(pods, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(pods, "NAME_SECONDS", 0.0)
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexec sleep 60\n")
    python.chmod(0o755)
    monkeypatch.setattr(pods.sys, "executable", str(python))
    monkeypatch.setattr(pods, "listens", lambda _address: False)
    monkeypatch.setattr(pods, "_address_of", lambda _head: None)
    with (
        pytest.raises(ConfigError, match="the namespace has no headless Service 'sigh-ray' for it"),
        lead(Pod.here(TOLD)),
    ):
        pass

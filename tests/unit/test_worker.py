import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sigh_batch import errors, worker
from sigh_batch.runners import local
from tests.runs import bytes_of, spec_of, tiny_environment


def start(out: Path, tricks: str = "{}", **extra: str) -> subprocess.Popen[str]:
    environment = tiny_environment(tricks) | {"SIGH_SPEC": spec_of(out).to_json()} | extra
    return subprocess.Popen(
        [sys.executable, "-m", "sigh_batch.worker"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(out: Path, tricks: str = "{}", **extra: str) -> tuple[int, str]:
    process = start(out, tricks, **extra)
    _, talk = process.communicate(timeout=60)
    return process.returncode, talk


def test_pods_make_their_shards_and_the_last_one_merges(tmp_path: Path) -> None:
    for pod in (2, 0, 1):
        assert not (tmp_path / "ds" / "manifest.parquet").exists()
        code, talk = run(tmp_path / "ds", JOB_COMPLETION_INDEX=str(pod), SIGH_PODS="3")
        assert code == worker.DONE, talk
    assert (tmp_path / "ds" / "manifest.parquet").exists()
    logs = [path.read_text() for path in (tmp_path / "ds" / "logs").iterdir()]
    assert sum("5 samples, 0 failed" in line for log in logs for line in log.splitlines()) == 4


def test_a_pod_that_finds_its_shard_done_does_nothing(tmp_path: Path) -> None:
    assert run(tmp_path / "ds", JOB_COMPLETION_INDEX="1")[0] == worker.DONE
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "ds" / "shards").iterdir()}
    assert len(before) == 1
    assert run(tmp_path / "ds", '{"all": "fail"}', JOB_COMPLETION_INDEX="1")[0] == worker.DONE
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "ds" / "shards").iterdir()} == before


def test_pods_make_the_bytes_that_the_local_runner_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pod in range(4):
        assert run(tmp_path / "pods", JOB_COMPLETION_INDEX=str(pod))[0] == worker.DONE
    for name, value in tiny_environment().items():
        monkeypatch.setenv(name, value)
    local.run(spec_of(tmp_path / "local"))
    assert bytes_of(tmp_path / "pods") == bytes_of(tmp_path / "local")


def test_a_shard_that_can_never_succeed_exits_65_and_says_why(tmp_path: Path) -> None:
    code, talk = run(tmp_path / "ds", '{"all": "fail"}', JOB_COMPLETION_INDEX="0")
    assert code == worker.POISONED
    assert "shard 0: 2 of the first 2 samples failed and 1 of 5 may" in talk
    assert "ValueError: cannot draw" in talk
    assert not (tmp_path / "ds" / "shards").exists()


def test_a_pod_makes_its_other_shards_when_one_can_never_succeed(tmp_path: Path) -> None:
    tricks = json.dumps({str(index): "fail" for index in range(5)})
    code, talk = run(tmp_path / "ds", tricks, JOB_COMPLETION_INDEX="0", SIGH_PODS="2")
    assert code == worker.POISONED
    assert "shard 0: 2 of the first 2 samples failed" in talk
    assert [path.name for path in (tmp_path / "ds" / "records").iterdir()] == ["part-00002.json"]


def test_pods_can_be_some_of_all(tmp_path: Path) -> None:
    for pod in (0, 1):
        code, talk = run(tmp_path / "ds", JOB_COMPLETION_INDEX=str(pod), SIGH_PODS="4", SIGH_INDEXES="1,3")
        assert code == worker.DONE, talk
    names = sorted(path.name for path in (tmp_path / "ds" / "records").iterdir())
    assert names == ["part-00001.json", "part-00003.json"]
    code, talk = run(tmp_path / "ds", JOB_COMPLETION_INDEX="0", SIGH_PODS="4", SIGH_INDEXES="4")
    assert code == worker.CONFIG
    assert "SIGH_INDEXES is 4" in talk


@pytest.mark.parametrize("text", ["", "nonsense", '{"kind": "generate"}'])
def test_a_bad_spec_exits_2(tmp_path: Path, text: str) -> None:
    code, talk = run(tmp_path / "ds", SIGH_SPEC=text)
    assert code == worker.CONFIG
    assert "not a run specification of sigh" in talk


def test_a_stage_that_finds_the_settings_wrong_exits_2(tmp_path: Path) -> None:
    code, talk = run(tmp_path / "ds", '{"0": "config"}')
    assert code == worker.CONFIG
    assert "the settings are wrong for every sample" in talk


def test_another_configuration_in_the_same_place_exits_2(tmp_path: Path) -> None:
    assert run(tmp_path / "ds")[0] == worker.DONE
    other = spec_of(tmp_path / "ds", seed=5)
    code, talk = run(tmp_path / "ds", SIGH_SPEC=other.to_json())
    assert code == worker.CONFIG
    assert "config hash" in talk
    assert "seed" in talk


@pytest.mark.parametrize(
    ("pod", "pods", "words"), [("x", "3", "'x', which is no whole number"), ("3", "3", "pods count from 0")]
)
def test_a_pod_without_a_sound_number_exits_2(tmp_path: Path, pod: str, pods: str, words: str) -> None:
    code, talk = run(tmp_path / "ds", JOB_COMPLETION_INDEX=pod, SIGH_PODS=pods)
    assert code == worker.CONFIG
    assert words in talk


def test_exit_codes_tell_the_cluster_what_a_retry_can_do() -> None:
    assert worker.exit_code(errors.ConfigError("x")) == 2
    assert worker.exit_code(errors.RunMismatch("x")) == 2
    assert worker.exit_code(errors.Denied("x")) == 2
    assert worker.exit_code(errors.Unreachable("x")) == 75
    assert worker.exit_code(errors.StoreFull("x")) == 75
    assert worker.exit_code(errors.ShardFailed("x")) == 65


@pytest.mark.parametrize("feed", [False, True])
@pytest.mark.parametrize("tricks", ['{"all": 0.4}', '{"all": 60}'], ids=["between samples", "within a call"])
def test_sigterm_stops_in_under_five_seconds_with_143(tmp_path: Path, tricks: str, feed: bool) -> None:
    process = start(tmp_path / "ds", tricks, **({"SIGH_FEED": "1"} if feed else {}))
    if feed:
        assert process.stdin is not None
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"event": "ready"}
        process.stdin.write("0\n")
        process.stdin.flush()
        time.sleep(0.2)
    else:
        while not list((tmp_path / "ds").glob(".tmp/*")):
            time.sleep(0.02)
        time.sleep(0.5)
    asked = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == worker.STOPPED
    assert time.monotonic() - asked < 5
    assert not list((tmp_path / "ds").glob("records/*"))


def test_sigterm_ends_a_worker_that_waits_for_work_at_once(tmp_path: Path) -> None:
    process = start(tmp_path / "ds", SIGH_FEED="1")
    assert process.stdout is not None
    assert json.loads(process.stdout.readline()) == {"event": "ready"}
    asked = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == worker.STOPPED
    assert time.monotonic() - asked < 2


def test_a_worker_whose_runner_is_gone_ends_by_itself(tmp_path: Path) -> None:
    process = start(tmp_path / "ds", SIGH_FEED="1")
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=30) == worker.STOPPED
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stderr.close()


def test_what_a_library_prints_does_not_get_among_the_events(
    tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    script = (
        "import sys; from sigh_batch.worker import Feed, StopSignal\n"
        "feed = Feed(StopSignal()); print('noise'); feed.tell('ready')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=dict(os.environ)
    )
    assert json.loads(done.stdout) == {"event": "ready"}
    assert "noise" in done.stderr


def test_a_settled_process_makes_no_threads_and_looks_for_garbage_seldom() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from sigh_batch import worker; worker.settle(); import cv2, gc; "
            "print(cv2.getNumThreads(), gc.isenabled(), gc.get_threshold()[0] > 10_000)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["1", "True", "True"]

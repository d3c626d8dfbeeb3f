import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sigh_batch import errors
from sigh_batch.runners import local
from sigh_batch.runners.progress import Progress
from tests.runs import bytes_of, spec_of, tiny_environment


@pytest.fixture
def tricks(monkeypatch: pytest.MonkeyPatch):
    def play(**moves: object) -> None:
        for name, value in tiny_environment(
            json.dumps({key.lstrip("_"): move for key, move in moves.items()})
        ).items():
            monkeypatch.setenv(name, value)

    play()
    return play


def test_a_run_makes_a_whole_set_and_reports_it(tmp_path: Path, tricks) -> None:
    seen: list[Progress] = []
    outcome = local.run(spec_of(tmp_path / "ds"), seen.append)
    assert (outcome.total, outcome.written, outcome.failed, outcome.resumed, outcome.shards) == (
        20,
        20,
        0,
        0,
        4,
    )
    assert [entry.done for entry in seen] == sorted(entry.done for entry in seen)
    assert seen[-1].done == seen[-1].total == 20
    table = pq.read_table(tmp_path / "ds" / "manifest.parquet")
    assert table.column("index").to_pylist() == list(range(20))
    assert not list((tmp_path / "ds").glob(".tmp/*"))


def test_worker_count_and_resume_change_no_byte(tmp_path: Path, tricks) -> None:
    local.run(spec_of(tmp_path / "one", run__workers=1))
    local.run(spec_of(tmp_path / "three", run__workers=3))
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "three")
    for name in (
        "records/part-00001.json",
        "shards/part-00001.tar",
        "records/part-00003.json",
        "manifest.parquet",
    ):
        (tmp_path / "three" / name).unlink()
    (tmp_path / "three" / "shards" / "part-00003.tar").write_bytes(b"half a tar")
    outcome = local.run(spec_of(tmp_path / "three"))
    assert (outcome.written, outcome.resumed) == (10, 10)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "three")


def test_a_finished_run_is_left_alone(tmp_path: Path, tricks) -> None:
    local.run(spec_of(tmp_path / "ds"))
    before = bytes_of(tmp_path / "ds")
    outcome = local.run(spec_of(tmp_path / "ds"))
    assert (outcome.written, outcome.resumed, outcome.shards) == (0, 20, 0)
    assert bytes_of(tmp_path / "ds") == before


def test_another_configuration_touches_nothing(tmp_path: Path, tricks) -> None:
    local.run(spec_of(tmp_path / "ds"))
    before = bytes_of(tmp_path / "ds")
    with pytest.raises(errors.RunMismatch, match="seed: 0 there, 9 here"):
        local.run(spec_of(tmp_path / "ds", seed=9))
    assert bytes_of(tmp_path / "ds") == before


def test_a_failed_sample_is_a_row_with_its_reason(tmp_path: Path, tricks) -> None:
    tricks(_7="fail")
    outcome = local.run(spec_of(tmp_path / "ds"))
    assert (outcome.written, outcome.failed, outcome.total_failed) == (19, 1, 1)
    rows = pq.read_table(tmp_path / "ds" / "manifest.parquet").to_pylist()
    assert [row["index"] for row in rows] == list(range(20))
    assert rows[7]["error_code"] == "failed"
    assert rows[7]["error_message"] == "ValueError: cannot draw with <object object at 0x...>"
    assert rows[7]["image_offset"] is None
    assert rows[6]["error_code"] is None


def test_a_resumed_run_still_counts_the_failures_of_before(tmp_path: Path, tricks) -> None:
    tricks(_7="fail")
    local.run(spec_of(tmp_path / "ds"))
    outcome = local.run(spec_of(tmp_path / "ds"))
    assert (outcome.failed, outcome.total_failed) == (0, 1)


def test_a_poisoned_shard_is_named_and_the_rest_is_made(tmp_path: Path, tricks) -> None:
    tricks(_5="fail", _6="fail")
    outcome = local.run(spec_of(tmp_path / "ds"))
    assert len(outcome.broken) == 1
    assert "shard 1: 2 of the first 2 samples failed" in outcome.broken[0]
    assert sorted(path.name for path in (tmp_path / "ds" / "records").iterdir()) == [
        "part-00000.json",
        "part-00002.json",
        "part-00003.json",
    ]
    assert not (tmp_path / "ds" / "manifest.parquet").exists()
    tricks()
    assert local.run(spec_of(tmp_path / "ds")).written == 5
    assert (tmp_path / "ds" / "manifest.parquet").exists()


def test_wrong_settings_end_the_run_with_the_workers_sentence(tmp_path: Path, tricks) -> None:
    tricks(all="config")
    with pytest.raises(errors.ConfigError, match="the settings are wrong for every sample"):
        local.run(spec_of(tmp_path / "ds"))


def test_a_shard_that_kills_every_worker_ends_the_run(tmp_path: Path, tricks) -> None:
    tricks(_12="die")
    with pytest.raises(errors.SighError, match=r"shard 2 took its worker down 3 times \(last by signal 9\)"):
        local.run(spec_of(tmp_path / "ds"))


def test_a_worker_that_dies_is_replaced(tmp_path: Path, tricks) -> None:
    tricks(all=0.05)
    spec = spec_of(tmp_path / "ds", count=40)
    killed: list[int] = []

    def kill_one(progress: Progress) -> None:
        if progress.samples and not killed:
            for entry in Path("/proc").glob("[0-9]*/stat"):
                pid = int(entry.parent.name)
                if int(entry.read_text().rsplit(")", 1)[1].split()[1]) == os.getpid():
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
                    return

    local.run(spec, kill_one)
    assert len(killed) == 1
    tricks()
    local.run(spec_of(tmp_path / "other", count=40))
    assert bytes_of(tmp_path / "ds") == bytes_of(tmp_path / "other")


def test_what_would_be_done_touches_nothing(tmp_path: Path) -> None:
    plan = local.render(spec_of(tmp_path / "ds"))
    assert (plan["shards"], plan["workers"], plan["kind"]) == (4, 2, "generate")
    assert not (tmp_path / "ds").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_says_how_it_goes_on_and_leaves_no_process(
    tmp_path: Path, number: int, code: int
) -> None:
    command = [sys.executable, "-m", "sigh_batch", "generate", "--out", str(tmp_path / "ds")]
    command += ["--count", "200", "--shards", "50", "--workers", "2"]
    process = subprocess.Popen(
        command, env=tiny_environment('{"all": 0.02}'), stderr=subprocess.PIPE, text=True
    )
    while not list((tmp_path / "ds").glob("records/*")):
        assert process.poll() is None
        time.sleep(0.02)
    threading.Timer(30, process.kill).start()
    asked = time.monotonic()
    process.send_signal(number)
    _, talk = process.communicate()
    assert time.monotonic() - asked < 7
    assert process.returncode == code
    assert "of 50 shards done; the same command again goes on from there" in talk
    assert not list((tmp_path / "ds").glob(".tmp/*"))
    here = str(tmp_path)
    time.sleep(0.2)
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            assert here.encode() not in entry.read_bytes()
        except (PermissionError, FileNotFoundError, ProcessLookupError):
            continue

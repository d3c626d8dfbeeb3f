"""A whole run on a real S3 server: the same bytes as in a folder, and faults in one sentence."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sigh_batch.store import open_store
from tests.runs import bytes_of, tiny_environment
from tests.servers import enter, serving

pytestmark = pytest.mark.s3

SIZE = ("--count", "60", "--shards", "6", "--workers", "2", "--seed", "3", "-q")


def sigh(*arguments: str, tricks: str = "{}", **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sigh_batch", *arguments],
        env=tiny_environment(tricks) | extra,
        capture_output=True,
        text=True,
        timeout=120,
    )


def sigh_here(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the real stages."""
    command = [sys.executable, "-m", "sigh_batch", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def fetch(url: str, folder: Path) -> Path:
    """Copy a set out of a store."""
    store = open_store(url)
    for found in store.list():
        (folder / found.key).parent.mkdir(parents=True, exist_ok=True)
        (folder / found.key).write_bytes(store.get(found.key))
    return folder


def test_a_bucket_gets_the_bytes_that_a_folder_gets(real_s3: str, tmp_path: Path) -> None:
    done = sigh("generate", "--out", f"{real_s3}/sets/one", *SIZE)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{real_s3}/sets/one\n"
    assert sigh("generate", "--out", str(tmp_path / "local"), *SIZE).returncode == 0
    assert bytes_of(fetch(f"{real_s3}/sets/one", tmp_path / "remote")) == bytes_of(tmp_path / "local")


def test_every_verb_reads_a_bucket(real_s3: str, tmp_path: Path) -> None:
    url = f"{real_s3}/ds"
    assert sigh("generate", "--out", url, *SIZE).returncode == 0
    assert sigh("data", "ls", real_s3, "-q").stdout == f"{url}\n"
    assert sigh("data", "verify", url, "-q").returncode == 0
    shown = sigh("data", "show", url)
    assert shown.stdout.splitlines()[-1] == f"{url}/report/index.html"
    assert open_store(url).get("report/index.html").startswith(b"<!doctype html>")
    assert (
        sigh("data", "export", url, "--format", "folder", "--out", str(tmp_path / "out"), "-q").returncode
        == 0
    )
    assert len(list((tmp_path / "out").rglob("*.mask.png"))) == 60
    checked = sigh("doctor", url)
    assert checked.returncode == 0, checked.stdout
    assert "refuses a second if-absent writer" in checked.stdout


def test_a_killed_run_goes_on(real_s3: str, tmp_path: Path) -> None:
    url = f"{real_s3}/killed"
    command = [sys.executable, "-m", "sigh_batch", "generate", "--out", url, *SIZE]
    process = subprocess.Popen(command, env=tiny_environment('{"all": 0.1}'))
    while not list(open_store(url).list("records/")):
        assert process.poll() is None
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert sigh("resume", url, "-q").returncode == 0
    assert sigh("generate", "--out", str(tmp_path / "local"), *SIZE).returncode == 0
    assert bytes_of(fetch(url, tmp_path / "remote")) == bytes_of(tmp_path / "local")


def test_a_source_that_is_away_costs_no_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forge = ("distort", "--count", "80", "--shards", "20", "--seed", "3", "--workers", "1", "-q")
    command = [sys.executable, "-m", "sigh_batch", *forge, "--set", "store.retry_seconds=1"]
    (tmp_path / "s3").mkdir()
    with serving(tmp_path / "s3") as server:
        clean = f"{enter(server, monkeypatch)}/clean"
        assert sigh_here("generate", "--out", clean, "--count", "8", "-q").returncode == 0
        assert sigh_here(*forge, "--in", clean, "--out", str(tmp_path / "whole")).returncode == 0
        process = subprocess.Popen(
            [*command, "--in", clean, "--out", str(tmp_path / "out")], stderr=subprocess.PIPE, text=True
        )
        while not list((tmp_path / "out" / "records").glob("*")):
            assert process.poll() is None
            time.sleep(0.05)
    told = process.communicate(timeout=120)[1]
    assert process.returncode == 5, told
    assert "error: cannot get" in told
    with serving(tmp_path / "s3", server):
        assert sigh_here("resume", str(tmp_path / "out"), "-q").returncode == 0
    assert bytes_of(tmp_path / "out") == bytes_of(tmp_path / "whole")


def check(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert done.returncode == code, done.stderr
    assert len(done.stderr.splitlines()) == 1
    for word in ("error: ", *words):
        assert word in done.stderr


def test_a_bucket_that_is_not_there(real_s3: str) -> None:
    missing = f"{real_s3}-gone"
    check(
        sigh("generate", "--out", f"{missing}/ds", *SIZE), 5, missing.removeprefix("s3://"), "no such bucket"
    )


def test_a_wrong_key(real_s3: str) -> None:
    done = sigh("generate", "--out", f"{real_s3}/ds", *SIZE, AWS_SECRET_ACCESS_KEY="wrong")
    check(done, 4, real_s3.removeprefix("s3://"))
    assert "wrong" not in done.stderr.replace("wrong key", "")


def test_a_server_that_is_not_there(real_s3: str) -> None:
    done = sigh(
        "generate",
        "--out",
        f"{real_s3}/ds",
        *SIZE,
        "--set",
        "store.endpoint=http://127.0.0.1:9",
        "--set",
        "store.retry_seconds=2",
    )
    check(done, 5, "127.0.0.1:9")


def test_no_credentials(real_s3: str) -> None:
    environment = {
        name: value for name, value in tiny_environment().items() if not name.startswith("AWS_ACCESS")
    }
    environment["AWS_EC2_METADATA_DISABLED"] = "true"
    done = subprocess.run(
        [sys.executable, "-m", "sigh_batch", "generate", "--out", f"{real_s3}/ds", *SIZE],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    check(done, 4, "credentials", "AWS_ACCESS_KEY_ID")

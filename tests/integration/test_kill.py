"""Kills at random moments: whatever dies, the same command goes on, and the set is the same."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from sigh_batch import rng
from sigh_batch.runners import local
from tests.runs import bytes_of, spec_of, tiny_environment


def children_of(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(entry.parent.name))
    return found


def kill_at_random(
    command: list[str], environment: Mapping[str, str], kills: int, longest: float
) -> list[str]:
    """Run a command over and over and kill it, or one of its children, `kills` times; then let it end."""
    draws = rng.for_sample(int.from_bytes(os.urandom(4)), "kill", 0)
    story = []
    while len(story) < kills:
        with subprocess.Popen(command, env=dict(environment), stderr=subprocess.DEVNULL) as process:
            time.sleep(draws.uniform(0.05, longest))
            victims = [process.pid, *children_of(process.pid)]
            victim, number = draws.choice(victims), draws.choice((signal.SIGKILL, signal.SIGTERM))
            assert process.poll() is None, f"the run ended before {kills} kills: {story}"
            os.kill(victim, number)
            story.append(f"{number.name} to {'the runner' if victim == process.pid else 'a worker'}")
            if victim != process.pid:
                time.sleep(draws.uniform(0.05, 0.5))
                process.kill()
            process.wait(30)
    subprocess.run(command, env=dict(environment), check=True, stderr=subprocess.DEVNULL)
    return story


def generate(out: Path, *options: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "sigh_batch",
        "generate",
        "--out",
        str(out),
        "--workers",
        "2",
        "-q",
        *options,
    ]


def test_a_set_survives_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = ("--count", "600", "--shards", "60")
    slow = tiny_environment('{"all": 0.05}')
    story = kill_at_random(generate(tmp_path / "killed", *size), slow, 6, 2.5)
    for name, value in tiny_environment().items():
        monkeypatch.setenv(name, value)
    local.run(spec_of(tmp_path / "whole", count=600, shards=60))
    assert bytes_of(tmp_path / "killed") == bytes_of(tmp_path / "whole"), story
    assert not list((tmp_path / "killed" / ".tmp").iterdir())


@pytest.mark.slow
def test_real_screenshots_survive_thirty_kills(tmp_path: Path) -> None:
    size = ("--count", "2400", "--shards", "120", "--seed", "11")
    started = time.monotonic()
    subprocess.run(generate(tmp_path / "whole", *size), check=True)
    # So short that thirty of them cannot finish the run, however fast the machine is.
    longest = (time.monotonic() - started) / 16
    story = kill_at_random(generate(tmp_path / "killed", *size), os.environ, 30, longest)
    assert bytes_of(tmp_path / "killed") == bytes_of(tmp_path / "whole"), story

"""Scoring from the command line, by worker processes, killed and resumed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.test_kill import kill_at_random
from tests.malformed import write_malformed
from tests.runs import TINY, bytes_of
from tests.scores import write_greys, write_tiny_model


def environment(seconds: float = 0.0) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(TINY), "TINY_MODEL": json.dumps({"seconds": seconds})}


def predict(source: Path, out: Path, model: str, *options: str) -> list[str]:
    command = [sys.executable, "-m", "sigh_batch", "predict", "--in", str(source), "--out", str(out)]
    return [*command, "--model", model, *options]


def test_a_run_that_is_killed_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    greys, model = write_greys(tmp_path / "greys", 24), write_tiny_model(tmp_path / "model")
    command = predict(greys, tmp_path / "killed", model, "--shards", "6", "--workers", "2", "-q")
    with subprocess.Popen(command, env=environment(0.2), stdout=subprocess.DEVNULL) as process:
        records = tmp_path / "killed" / "records"
        deadline = time.monotonic() + 60
        while len(list(records.glob("*"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    assert 2 <= len(list(records.glob("*"))) < 6
    assert not (tmp_path / "killed" / "predictions.parquet").exists()
    resume = [sys.executable, "-m", "sigh_batch", "resume", str(tmp_path / "killed"), "--workers", "1"]
    done = subprocess.run(resume, env=environment(), check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[0].split() == ["flagged", "11", "45.8%"]
    whole = predict(greys, tmp_path / "whole", model, "--shards", "6", "--workers", "1", "-q")
    subprocess.run(whole, env=environment(), check=True, capture_output=True)
    assert bytes_of(tmp_path / "killed") == bytes_of(tmp_path / "whole")


@pytest.mark.slow
def test_malformed_pictures_survive_twelve_kills(tmp_path: Path) -> None:
    write_malformed(tmp_path / "bad", 300)
    model = write_tiny_model(tmp_path / "model")
    options = ("--shards", "60", "--workers", "2", "-q")
    whole = subprocess.run(
        predict(tmp_path / "bad", tmp_path / "whole", model, *options), env=environment(), check=False
    )
    assert whole.returncode == 3
    killed = predict(tmp_path / "bad", tmp_path / "killed", model, *options)
    script = [sys.executable, "-c", _THREE_IS_FINE, *killed[1:]]
    story = kill_at_random(script, environment(0.2), 12, 3.0)
    assert bytes_of(tmp_path / "killed") == bytes_of(tmp_path / "whole"), story


_THREE_IS_FINE = """
import sys
from sigh_batch.cli import run
code = run(sys.argv[3:])
sys.exit(0 if code == 3 else code)
"""


def test_the_result_is_told_and_the_exit_code_says_that_some_failed(tmp_path: Path) -> None:
    greys, model = write_greys(tmp_path / "greys", 4), write_tiny_model(tmp_path / "model")
    (greys / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    command = predict(greys, tmp_path / "out", model, "--workers", "1")
    planned = subprocess.run(
        [*command, "--dry-run", "--json"], env=environment(), check=True, capture_output=True, text=True
    )
    assert json.loads(planned.stdout)["settings"]["count"] == 5
    assert not (tmp_path / "out").exists()
    done = subprocess.run(
        [*command, "--json"], env=environment(), check=False, capture_output=True, text=True
    )
    assert done.returncode == 3
    told = json.loads(done.stdout)
    assert told["verdicts"] == {"clean": 2, "error": 1, "flagged": 2}
    assert [Path(name).name for name in told["files"]] == [
        "predictions.parquet",
        "predictions.jsonl",
        "predictions.csv",
    ]
    assert "1 of 5 pictures failed; the rows with verdict error say why" in done.stderr
    again = subprocess.run(command, env=environment(), check=False, capture_output=True, text=True)
    assert again.returncode == 3
    assert "already done: 5 pictures" in again.stderr
    assert f"next: sigh report {tmp_path / 'out'}" in again.stderr

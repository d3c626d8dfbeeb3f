"""Every kind of run in an image, alone: read-only, without a network, as a user that nobody has heard of.

`make e2e` does it with the thin image; `make test-image` builds the whole one, with torch, and takes that.
"""

from __future__ import annotations

import os
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from sigh_batch import __version__, cli
from tests.kind import LONGEST, at_home, made_here, run
from tests.servers import ROOT

IMAGE = os.environ.get("IMAGE", f"sigh-batch:{__version__}-thin")
LESSON = (
    *("--set", "train.model=default", "--set", "train.threads=1", "--set", "train.workers=0"),
    *("--set", "train.steps=4", "--set", "tiles.crops=128", "--set", "tiles.pixels=32768"),
    *("--set", "tiles.late=0", "--set", "tiles.validation=4"),
)


@dataclass(frozen=True)
class Box:
    """A container that keeps nothing but what it writes to one folder."""

    docker: str
    folder: Path
    user: int

    def said(self, *words: str, program: str = "") -> subprocess.CompletedProcess[str]:
        """Return how a command ended there."""
        entry = ("--entrypoint", program) if program else ()
        command = [
            *(self.docker, "run", "--rm", "--read-only", "--network", "none", "--cap-drop", "ALL"),
            *("--security-opt", "no-new-privileges", "--user", f"{self.user}:{self.user}", "--memory", "6g"),
            *("--tmpfs", "/tmp:size=1g,mode=1777", "--shm-size", "256m", "-v", f"{self.folder}:/data"),
            *("--workdir", "/data", *entry, IMAGE, *words),
        ]
        return subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)

    def sigh(self, *words: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run a command of ours, and check what it ends with."""
        ended = self.said(*words)
        assert ended.returncode in codes, f"{words}: {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        assert "Traceback" not in ended.stderr
        return ended.stdout


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """The image, with a folder that holds a small set and forgeries of it, both made there."""
    found = subprocess.run(
        [str(ROOT / "scripts" / "docker")],
        env=at_home(dict(os.environ)),
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        pytest.skip(found.stderr.strip())
    docker = found.stdout.strip()
    if not run([docker, "image", "ls", "-q", IMAGE]):
        pytest.skip(f"this Docker has no image {IMAGE}; make kind-load or make test-image builds one")
    folder = tmp_path_factory.mktemp("data")
    folder.chmod(0o777)
    box = Box(docker, folder, random.randrange(100_000, 2**31))
    box.sigh("generate", "--count", "40", "--shards", "2", "--seed", "8", "--out", "/data/plain", "-q")
    box.sigh("distort", "--in", "/data/plain", "--seed", "8", "--out", "/data/forged", "-q")
    return box


@pytest.fixture(scope="module")
def torch(box: Box) -> None:
    """What needs torch is tried where the image has it."""
    if box.said("-c", "import torch", program="python").returncode:
        pytest.skip(f"{IMAGE} has no torch, and is not meant to")


def test_a_set_is_that_of_this_machine(box: Box, tmp_path: Path) -> None:
    words = ("generate", "--count", "40", "--shards", "2", "--seed", "8", "--out", str(tmp_path / "plain"))
    assert cli.run([*words, "-q"]) == 0
    assert made_here(box.folder / "plain") == made_here(tmp_path / "plain")


def test_what_needs_no_torch(box: Box) -> None:
    box.sigh("audit", "/data/forged", codes=(0, 6))
    box.sigh("data", "verify", "/data/forged", "-q")
    exported = ("models", "export", "default", "--format", "onnx", "--out", str(box.folder / "onnx"))
    assert cli.run([*exported, "-q"]) == 0
    scored = ("--in", "/data/plain", "--model", "/data/onnx", "--out", "/data/scores")
    box.sigh("predict", *scored, "--set", "predict.backend=onnx", "-q")
    assert len((box.folder / "scores" / "predictions.jsonl").read_text().splitlines()) == 40
    box.sigh("report", "/data/scores")
    assert (box.folder / "scores" / "report" / "index.html").stat().st_size > 10_000


def test_what_needs_torch(box: Box, torch: None) -> None:
    learn = ("--data", "/data/forged", *LESSON)
    box.sigh("train", *learn, "--out", "/data/model", "-q")
    space = ("--set", "tune.space={train.lr: {low: 1.0e-5, high: 1.0e-3, log: true}}", "--trials", "2")
    box.sigh("tune", *learn, *space, "--out", "/data/study", "-q")
    shown = box.sigh("tune", "show", "/data/study", "--json")
    assert '"complete": 2' in shown
    box.sigh(
        *("evaluate", "--model", "/data/model", "--data", "/data/forged"), "--no-sweep", "--out", "/data/told"
    )
    box.sigh("predict", "--in", "/data/forged", "--model", "/data/model", "--out", "/data/found", "-q")
    box.sigh("report", "/data/found", "--evaluation", "/data/told")
    assert (box.folder / "found" / "report" / "index.html").stat().st_size > 10_000


def test_a_job_of_ray_can_be_handed_over(box: Box, torch: None) -> None:
    asked = "from ray.job_submission import JobSubmissionClient; import ray.dashboard.optional_deps"
    ended = box.said("-c", asked, program="python")
    assert ended.returncode == 0, ended.stderr

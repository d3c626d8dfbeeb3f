"""Runs on a real cluster, by every way there is to send one; what they make is what this machine makes."""

from pathlib import Path

import pytest

from tests.e2e.conftest import install
from tests.kind import RELEASE, Kind, eventually, made_here

SET = ("--count", "32", "--shards", "8", "--seed", "5")
FORGED = ("--count", "16", "--shards", "4", "--seed", "6")


@pytest.fixture(scope="module")
def clean(kind: Kind) -> str:
    """The URL of a set that four pods have made."""
    said = kind.sigh(
        "submit", "generate", "--out", "s3://sigh/clean", *SET, "--pods", "4", "--name", "clean", "--wait"
    )
    assert "all 4 pods finished" in said.out + said.err
    return "s3://sigh/clean"


@pytest.fixture(scope="module")
def local(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same set, made on this machine."""
    folder = tmp_path_factory.mktemp("local") / "clean"
    kind.sigh("generate", "--out", str(folder), *SET, "--workers", "1", "-q")
    return folder


@pytest.fixture(scope="module")
def forged(kind: Kind, clean: str) -> str:
    """The URL of a set that pods have forged of that one."""
    words = ("submit", "distort", "--in", clean, *FORGED, "--out", "s3://sigh/forged", "--name", "forged")
    kind.sigh(*words, "--wait")
    return "s3://sigh/forged"


def test_four_pods_make_the_bytes_that_this_machine_makes(kind: Kind, clean: str, local: Path) -> None:
    assert kind.made("clean") == made_here(local)
    pods = kind.get("pods", "-l", "sigh-batch/run=clean")
    assert len(pods) == 4
    assert {pod["status"]["phase"] for pod in pods} == {"Succeeded"}


def test_forgeries_are_the_same_too(kind: Kind, forged: str, local: Path, tmp_path: Path) -> None:
    kind.sigh(
        "distort", "--in", str(local), *FORGED, "--out", str(tmp_path / "forged"), "--workers", "1", "-q"
    )
    assert kind.made("forged") == made_here(tmp_path / "forged")
    kind.sigh("data", "verify", forged, "-q")


def test_pods_without_torch_score_as_this_machine_does(
    kind: Kind, forged: str, model: str, tmp_path: Path
) -> None:
    words = ("predict", "--in", forged, "--model", model, "--shards", "2")
    words = (*words, "--set", "predict.backend=onnx")
    kind.sigh("submit", *words, "--out", "s3://sigh/scores", "--name", "scores", "--wait")
    kind.sigh(*words, "--out", str(tmp_path / "scores"), "--workers", "1", "-q")
    assert kind.made("scores") == made_here(tmp_path / "scores")
    assert len(kind.read("scores/predictions.jsonl").splitlines()) == 16
    kind.sigh("report", "s3://sigh/scores", "-q")
    assert kind.read("scores/report/index.html").lower().startswith(b"<!doctype html>")


def test_a_manifest_that_kubectl_applies_is_the_same_run(kind: Kind, local: Path) -> None:
    words = ("submit", "generate", "--out", "s3://sigh/applied", *SET, "--pods", "4", "--name", "applied")
    manifest = kind.sigh(*words, "--dry-run", "-o", "yaml").out
    said = kind.kubectl("apply", "-f", "-", stdin=manifest)
    assert said == "job.batch/applied created\n", "without a warning of Pod Security"
    kind.sigh("wait", "applied")
    assert kind.made("applied") == made_here(local)
    assert kind.kubectl("apply", "-f", "-", stdin=manifest) == "job.batch/applied unchanged\n"


def test_a_scheduled_run_is_sent_by_the_chart(kind: Kind) -> None:
    kind.kubectl("create", "job", "now", f"--from=cronjob/{RELEASE}-nightly")
    kind.kubectl("wait", "--for=condition=complete", "job/now", "--timeout=600s")
    kind.sigh("wait", "now-run")
    assert "manifest.parquet" in kind.keys("nightly/now")


def test_the_chart_tests_itself_and_is_upgraded(kind: Kind, clean: str) -> None:
    assert "Phase:          Succeeded" in kind.helm("test", RELEASE, "--timeout", "10m")
    before = kind.get("secret", f"{RELEASE}-object-store")["data"]
    install(kind, "--set", "schedules=null")
    assert kind.get("secret", f"{RELEASE}-object-store")["data"] == before, "keys are kept"
    assert kind.get("cronjobs") == []
    assert "manifest.parquet" in kind.keys("clean"), "and so is what is stored"
    install(kind)


def test_a_run_is_told_of_from_its_beginning_to_its_end(kind: Kind, clean: str) -> None:
    assert "clean" in kind.sigh("list", "-q").out.split()
    assert "done" in kind.sigh("status", "clean").out
    told = kind.sigh("describe", "clean").out
    assert "Complete" in told
    lines = kind.sigh("logs", "clean").out.splitlines()
    assert {line.split()[0] for line in lines} >= {"[0]", "[1]", "[2]", "[3]"} or lines
    kind.sigh("doctor", "s3://sigh")


def test_logs_are_followed_and_outlive_their_pods(kind: Kind) -> None:
    words = (
        "submit",
        "generate",
        "--out",
        "s3://sigh/heard",
        "--count",
        "8",
        "--shards",
        "2",
        "--name",
        "heard",
    )
    said = kind.sigh(*words, "--follow")
    kind.kubectl("delete", "pods", "-l", "sigh-batch/run=heard")
    stored = kind.sigh("logs", "heard").out.splitlines()
    assert stored
    assert set(stored) <= set(said.out.splitlines() + said.err.splitlines())


def test_a_run_that_was_cancelled_goes_on(kind: Kind) -> None:
    # So long that it still goes on when the command that ends it has started.
    size = ("--count", "1200", "--shards", "100", "--seed", "2", "--pods", "2")
    words = ("submit", "generate", "--out", "s3://sigh/ended", *size, "--name", "ended")
    kind.sigh(*words)
    eventually(lambda: [key for key in kind.keys("ended") if key.startswith("records/")], bool)
    kind.sigh("cancel", "ended")
    eventually(lambda: kind.get("pods", "-l", "sigh-batch/run=ended"), lambda pods: not pods)
    made = set(kind.keys("ended"))
    assert "manifest.parquet" not in made
    kind.sigh(*words, "--wait")
    assert set(kind.keys("ended")) > made
    kind.sigh("data", "verify", "s3://sigh/ended", "-q")

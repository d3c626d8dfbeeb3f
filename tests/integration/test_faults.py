"""Bad input and faults, as a user meets them: one sentence, the documented code, no good data touched."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runs import bytes_of, tiny_environment

SMALL = ("--count", "12", "--shards", "3", "--workers", "1")


def sigh(*arguments: str, tricks: str | None = None, before: Callable[[], None] | None = None, **extra: str):
    environment = dict(os.environ) if tricks is None else tiny_environment(tricks)
    return subprocess.run(
        [sys.executable, "-m", "sigh_batch", *arguments],
        env=environment | extra,
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=before,
    )


def check(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "defect" not in done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert len(errors) == 1, done.stderr
    for word in words:
        assert word in errors[0]


@pytest.mark.parametrize("count", ["0", "-3"])
def test_a_count_below_one(tmp_path: Path, count: str) -> None:
    done = sigh("generate", "--out", str(tmp_path / "ds"), f"--count={count}")
    check(done, 2, "count", "greater than or equal to 1", f"got {count}", "--count")
    assert not (tmp_path / "ds").exists()


def test_more_shards_than_samples(tmp_path: Path) -> None:
    done = sigh("generate", "--out", str(tmp_path / "ds"), "--count", "2", "--shards", "3")
    check(done, 2, "2 samples cannot fill 3 shards")


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    done = sigh("generate", "--out", str(tmp_path / "file" / "ds"), *SMALL)
    check(done, 5, "file")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without rights")
def test_a_folder_without_the_right_to_write(tmp_path: Path) -> None:
    (tmp_path / "ds").mkdir(mode=0o555)
    before = "import os, sys; os.setgroups([]); os.setgid(65534); os.setuid(65534)"
    script = f"{before}; from sigh_batch.cli import main; main(sys.argv[1:])"
    for folder in (tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    readable = subprocess.run([sys.executable, "-c", f"{before}; import sigh_batch.cli"], capture_output=True)
    if readable.returncode:
        pytest.skip("this Python lies where only root can read it")
    done = subprocess.run(
        [sys.executable, "-c", script, "generate", "--out", str(tmp_path / "ds"), *SMALL],
        capture_output=True,
        text=True,
    )
    check(done, 4, "ds")


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = sigh("generate", "--out", str(tmp_path / "ds"), *SMALL, tricks="{}", before=small_files)
    check(done, 1, "no room left")
    assert not (tmp_path / "ds" / "records").exists()
    assert not list((tmp_path / "ds" / ".tmp").iterdir())
    assert sigh("generate", "--out", str(tmp_path / "ds"), *SMALL, tricks="{}").returncode == 0


def test_another_configuration_in_the_same_place(tmp_path: Path) -> None:
    out = str(tmp_path / "ds")
    assert sigh("generate", "--out", out, *SMALL, tricks="{}").returncode == 0
    before = bytes_of(tmp_path / "ds")
    done = sigh("generate", "--out", out, *SMALL, "--seed", "5", tricks="{}")
    check(done, 2, "config hash", "seed: 0 there, 5 here", "write to another place")
    assert bytes_of(tmp_path / "ds") == before


def test_a_record_of_another_run_is_never_merged(tmp_path: Path) -> None:
    for name, seed in (("one", "1"), ("two", "2")):
        made = sigh("generate", "--out", str(tmp_path / name), *SMALL, "--seed", seed, tricks="{}")
        assert made.returncode == 0
    (tmp_path / "one" / "manifest.parquet").unlink()
    foreign = (tmp_path / "two" / "records" / "part-00001.json").read_bytes()
    (tmp_path / "one" / "records" / "part-00001.json").write_bytes(foreign)
    done = sigh("generate", "--out", str(tmp_path / "one"), *SMALL, "--seed", "1", tricks="{}")
    check(done, 2, "records/part-00001.json", "config hash")
    assert not (tmp_path / "one" / "manifest.parquet").exists()


def test_a_half_written_shard_is_made_again(tmp_path: Path) -> None:
    out = tmp_path / "ds"
    assert sigh("generate", "--out", str(out), *SMALL, tricks="{}").returncode == 0
    whole = bytes_of(out)
    (out / "records" / "part-00001.json").unlink()
    (out / "manifest.parquet").unlink()
    shard = out / "shards" / "part-00001.tar"
    shard.write_bytes(shard.read_bytes()[:700])
    assert sigh("generate", "--out", str(out), *SMALL, tricks="{}").returncode == 0
    assert bytes_of(out) == whole


def test_two_runs_at_once_in_one_place(tmp_path: Path) -> None:
    size = ("--count", "60", "--shards", "12", "--workers", "1")
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "sigh_batch", "generate", "--out", str(tmp_path / "ds"), *size],
            env=tiny_environment('{"all": 0.01}'),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    assert [process.wait(120) for process in both] == [0, 0]
    assert sigh("generate", "--out", str(tmp_path / "alone"), *size, tricks="{}").returncode == 0
    assert bytes_of(tmp_path / "ds") == bytes_of(tmp_path / "alone")


def test_fonts_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "broken.ttf").write_bytes(b"this is no font")
    setting = f"generate.font_folder={tmp_path}/fonts"
    done = sigh("generate", "--out", str(tmp_path / "ds"), *SMALL, "--set", setting)
    check(done, 2, "broken.ttf")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"gr\xfc\xdfe aus K\xf6ln\n", "UTF-8"), (b"", "has no text"), (b"\n \n\n", "has no text")],
)
def test_a_corpus_that_is_none(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "corpus.txt").write_bytes(content)
    setting = f"generate.conversation.corpus={tmp_path}/corpus.txt"
    check(sigh("generate", "--out", str(tmp_path / "ds"), *SMALL, "--set", setting), 2, "corpus.txt", words)


@pytest.mark.parametrize(
    "setting", ["generate.skins=sim", "generate.locales=en-UK", "generate.fonts=[Interr]"]
)
def test_a_name_that_nothing_has(tmp_path: Path, setting: str) -> None:
    done = sigh("generate", "--out", str(tmp_path / "ds"), *SMALL, "--set", setting)
    check(done, 2, "did you mean")
    assert not (tmp_path / "ds" / "run.json").exists()


def test_failed_samples_end_in_3_and_a_broken_shard_in_1(tmp_path: Path) -> None:
    done = sigh("generate", "--out", str(tmp_path / "few"), *SMALL, tricks='{"3": "fail"}')
    check(done, 3, "1 of 12 samples failed", "error_code")
    done = sigh("generate", "--out", str(tmp_path / "many"), *SMALL, tricks='{"4": "fail", "5": "fail"}')
    check(done, 1, "shard 1: 2 of the first 2 samples failed", "ValueError: cannot draw")


def test_a_url_that_is_none(tmp_path: Path) -> None:
    check(sigh("generate", "--out", "s4://bucket/ds", *SMALL), 2, "'s4'", "known: file, memory, s3")
    check(sigh("generate", "--out", "s3:/bucket", *SMALL), 2, "did you mean 's3://bucket'")

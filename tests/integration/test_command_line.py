import json
import os
import pty
import re
import statistics
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from sigh_batch import cli, errors
from tests.runs import tiny_environment

SMALL = ("--count", "12", "--shards", "3", "--workers", "1", "--seed", "4")


def sigh(*arguments: str, cwd: Path | None = None, tiny: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sigh_batch", *arguments],
        env=tiny_environment() if tiny else dict(os.environ),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "ds"
    done = sigh("generate", "--out", str(folder), *SMALL)
    assert done.returncode == 0, done.stderr
    return folder


def test_data_goes_to_stdout_and_talk_to_stderr(tmp_path: Path) -> None:
    done = sigh("generate", "--out", str(tmp_path / "ds"), *SMALL)
    assert done.stdout == f"{tmp_path}/ds\n"
    assert "12 samples in 3 shards" in done.stderr
    assert "\r" not in done.stderr
    assert "\x1b" not in done.stderr


def test_quiet_is_quiet_and_json_is_one_object(tmp_path: Path) -> None:
    done = sigh("generate", "--out", str(tmp_path / "ds"), *SMALL, "-q", "--json")
    assert done.stderr == ""
    facts = json.loads(done.stdout)
    assert (facts["samples"], facts["failed"], facts["resumed"], facts["shards"]) == (12, 0, 0, 3)
    again = json.loads(sigh("generate", "--out", str(tmp_path / "ds"), *SMALL, "-q", "--json").stdout)
    assert (again["samples"], again["resumed"]) == (0, 12)


def test_progress_as_json_is_a_line_of_json_each(tmp_path: Path) -> None:
    done = sigh("generate", "--out", str(tmp_path / "ds"), *SMALL, "--progress", "json")
    last = [line for line in done.stderr.splitlines() if line.startswith("{")][-1]
    assert json.loads(last)["done"] == json.loads(last)["total"] == 12


def test_a_dry_run_prints_the_plan_and_does_nothing(tmp_path: Path) -> None:
    done = sigh("generate", "--out", str(tmp_path / "ds"), *SMALL, "--dry-run", "--json")
    plan = json.loads(done.stdout)
    assert (plan["shards"], plan["settings"]["count"], plan["settings"]["seed"]) == (3, 12, 4)
    assert not (tmp_path / "ds").exists()


def test_sets_are_listed_by_state(made: Path) -> None:
    (entry,) = json.loads(sigh("data", "ls", str(made.parent), "--json").stdout)
    assert (entry["url"], entry["count"], entry["finished"]) == (str(made), 12, True)
    assert sigh("data", "ls", str(made.parent), "-q").stdout == f"{made}\n"
    assert "finished" in sigh("data", "ls", str(made.parent)).stdout


def test_an_unfinished_set_is_listed_resumed_and_then_finished(tmp_path: Path) -> None:
    out = tmp_path / "ds"
    assert sigh("generate", "--out", str(out), *SMALL).returncode == 0
    for name in ("manifest.parquet", "records/part-00001.json"):
        (out / name).unlink()
    assert "2 of 3 shards" in sigh("data", "ls", str(out)).stdout
    unfinished = sigh("data", "show", str(out))
    assert unfinished.returncode == 1
    assert "sigh resume" in unfinished.stderr
    done = sigh("resume", str(out), "--json")
    assert json.loads(done.stdout)["samples"] == 4
    assert sigh("data", "verify", str(out), "-q").returncode == 0


def test_show_writes_a_page_that_says_how_to_make_the_set_again(made: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = sigh("data", "show", str(made), "--html", str(page))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str(page)
    assert "12 samples" in done.stdout
    assert f"sigh generate --out {made} --seed 4 --count 12 --shards 3" in page.read_text()
    assert sigh("data", "show", str(made)).stdout.splitlines()[-1] == f"{made}/report/index.html"


def test_verify_names_what_is_wrong_and_ends_with_1(made: Path, tmp_path: Path) -> None:
    whole = sigh("data", "verify", str(made))
    assert (whole.returncode, whole.stdout) == (0, "")
    assert "12 samples are whole" in whole.stderr
    subprocess.run(["cp", "-r", made, tmp_path / "ds"], check=True)
    shard = tmp_path / "ds" / "shards" / "part-00001.tar"
    data = bytearray(shard.read_bytes())
    data[600] ^= 1
    shard.write_bytes(data)
    broken = sigh("data", "verify", str(tmp_path / "ds"))
    assert broken.returncode == 1
    assert "part-00001" in broken.stdout
    assert json.loads(sigh("data", "verify", str(tmp_path / "ds"), "--json").stdout)["problems"]


@pytest.mark.parametrize("name", ["coco", "folder", "huggingface", "imagefolder", "webdataset"])
def test_every_format_exports_and_refuses_a_taken_place(made: Path, tmp_path: Path, name: str) -> None:
    done = sigh("data", "export", str(made), "--format", name, "--out", str(tmp_path / "out"), "--json")
    assert json.loads(done.stdout)["samples"] == 12
    assert list((tmp_path / "out").rglob("*.*"))
    again = sigh("data", "export", str(made), "--format", name, "--out", str(tmp_path / "out"))
    assert again.returncode == 2
    assert "not empty" in again.stderr


def test_one_sample_is_made_again_and_compared(made: Path, tmp_path: Path) -> None:
    done = sigh("data", "remake", str(made), "7", "--out", str(tmp_path / "one"), "--json")
    assert done.returncode == 0, done.stderr
    files = json.loads(done.stdout)["files"]
    with tarfile.open(made / "shards" / "part-00001.tar") as shard:
        for path in map(Path, files):
            member = shard.extractfile(path.name)
            assert member is not None
            assert member.read() == path.read_bytes()
    missing = sigh("data", "remake", str(made), "12")
    assert missing.returncode == 2
    assert "it has 0 to 11" in missing.stderr


@pytest.mark.slow
def test_the_demo_ends_with_the_path_of_a_report(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sigh_batch", "demo", "--count", "40"]
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "40 samples are whole" in done.stderr
        page = tmp_path / done.stdout.splitlines()[-1]
        assert page.read_text().lower().startswith("<!doctype html>")


def test_where_there_is_no_set_the_place_is_named(tmp_path: Path) -> None:
    for verb in (["data", "show"], ["data", "verify"], ["resume"]):
        done = sigh(*verb, str(tmp_path))
        assert done.returncode == 1
        assert str(tmp_path) in done.stderr
    for verb in (["data", "verify"], ["resume"]):
        assert sigh(*verb, str(tmp_path / "nothing")).returncode == 5
    assert not (tmp_path / "nothing").exists()


def test_unknown_commands_options_and_missing_ones_end_with_2() -> None:
    done = sigh("genrate")
    assert done.returncode == 2
    assert "did you mean 'generate'" in done.stderr
    assert sigh("generate", "--oot", "x").returncode == 2
    missing = sigh("generate")
    assert missing.returncode == 2
    assert "--out" in missing.stderr


def test_config_show_init_and_schema(tmp_path: Path) -> None:
    rows = json.loads(sigh("config", "show", "--origins", "--json", "--set", "seed=3", cwd=tmp_path).stdout)
    assert {"path": "seed", "value": 3, "origin": "--set seed=3"} in rows
    assert sigh("config", "init", cwd=tmp_path).stdout == "sigh.yaml\n"
    again = sigh("config", "init", cwd=tmp_path)
    assert again.returncode == 2
    assert "--force" in again.stderr
    assert "properties" in json.loads(sigh("config", "schema").stdout)
    assert json.loads(sigh("config", "show", "--json", cwd=tmp_path).stdout)["count"] == 1000


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_scripts_name_sigh(shell: str) -> None:
    assert "_SIGH_COMPLETE" in sigh("completion", shell).stdout


def test_bash_completes_verbs() -> None:
    environment = dict(os.environ) | {
        "_SIGH_COMPLETE": "bash_complete",
        "COMP_WORDS": "sigh gen",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "sigh_batch"], env=environment, capture_output=True, text=True
    )
    assert "generate" in done.stdout


def test_a_reader_that_goes_away_is_no_fault(made: Path) -> None:
    command = f"{sys.executable} -m sigh_batch config show | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_defect_keeps_its_traceback_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(cli.sigh, "main", fail)
    assert cli.run(["version"]) == 1
    talk = capsys.readouterr().err
    assert "a defect in sigh: RuntimeError: boom" in talk
    path = Path(talk.split("the traceback is in ")[1].split(",")[0])
    assert "RuntimeError: boom" in path.read_text()
    path.unlink()


@pytest.mark.parametrize("error", [errors.Denied, errors.Unreachable, errors.GateFailed, errors.DataError])
def test_every_deliberate_error_ends_with_its_code(
    error: type[errors.SighError], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error("it is so")

    monkeypatch.setattr(cli.sigh, "main", fail)
    assert cli.run(["version"]) == error.exit_code
    assert capsys.readouterr().err == "error: it is so\n"


def test_help_lists_every_verb_and_loads_none() -> None:
    script = (
        "import sys\nfrom sigh_batch import cli\ncli.run(['--help'])\n"
        "print(sorted(name for name in sys.modules if name.startswith('sigh_batch.')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    for verb, line in cli.VERBS.items():
        assert verb in done.stdout
        assert line.split(",")[0] in " ".join(done.stdout.split())
    assert done.stdout.splitlines()[-1] == "['sigh_batch.cli', 'sigh_batch.errors']"


def test_help_is_fast_beside_a_bare_python() -> None:
    """Beside `python -c pass`, so that a busy machine does not count."""

    def seconds(*command: str) -> float:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run([sys.executable, *command], capture_output=True, check=True)
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    assert seconds("-m", "sigh_batch", "--help") < 12 * seconds("-c", "pass")


def test_a_terminal_gets_a_bar(tmp_path: Path) -> None:
    reader, writer = pty.openpty()
    command = [sys.executable, "-m", "sigh_batch", "generate", "--out", str(tmp_path / "ds"), *SMALL]
    environment = tiny_environment() | {"COLUMNS": "120", "TERM": "xterm"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=writer, text=True)
    os.close(writer)
    drawn = b""
    while chunk := _read(reader):
        drawn += chunk
    os.close(reader)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, f"{tmp_path}/ds\n")
    assert b"12 of 12" in drawn
    assert b"\r" in drawn


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux says that nobody writes to the terminal any more
        return b""


def documented(section: str) -> set[str]:
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text()
    _, _, after = page.partition(f"\n## {section}\n")
    assert after, f"docs/json.md has no section {section!r}"
    return set(re.findall(r"^\| (\w+) \|", after.partition("\n## ")[0], re.MULTILINE)) - {"field"}


def test_json_has_the_documented_fields(made: Path, tmp_path: Path) -> None:
    sections = {
        "sigh generate, sigh resume": ["resume", str(made), "--json"],
        "sigh generate --dry-run": ["generate", "--out", "x", "--dry-run", "--json"],
        "sigh data ls": ["data", "ls", str(made), "--json"],
        "sigh data show": ["data", "show", str(made), "--html", str(tmp_path / "x.html"), "--json"],
        "sigh data verify": ["data", "verify", str(made), "--json"],
        "sigh data remake": ["data", "remake", str(made), "0", "--out", str(tmp_path), "--json"],
        "sigh data export": [
            "data",
            "export",
            str(made),
            "--format",
            "folder",
            "--out",
            str(tmp_path / "x"),
            "--json",
        ],
        "sigh doctor": ["doctor", "--json"],
        "sigh version": ["version", "--json"],
        "sigh config show --origins": ["config", "show", "--origins", "--json"],
    }
    for section, command in sections.items():
        printed = json.loads(sigh(*command).stdout)
        first = printed[0] if isinstance(printed, list) else printed
        assert set(first) == documented(section), section
    lines = sigh("generate", "--out", str(tmp_path / "ds"), *SMALL, "--progress", "json").stderr.splitlines()
    assert set(json.loads(next(line for line in lines if line.startswith("{")))) == documented(
        "--progress json"
    )

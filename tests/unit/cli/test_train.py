"""`sigh train`, as somebody types it."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sigh_batch import cli
from sigh_batch.cli.learning import show_learning
from sigh_batch.training.progress import Progress
from tests.toys import register_toys

SMALL = ("--set", "train.batch=16", "--set", "train.log_steps=2")


@pytest.fixture(autouse=True)
def _toys() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    register_toys()
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"\x89PNG")
    return folder


def sigh(*words: object) -> int:
    return cli.run([str(word) for word in words])


def test_training_prints_where_the_model_is_and_says_when_it_was_done(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model"
    train = ("train", "--model", "toy", "--data", data, "--out", out, "--epochs", 2, *SMALL)
    assert sigh(*train) == 0
    found = capsys.readouterr()
    assert found.out == f"{out}\n"
    assert "train: trains toy on cpu" in found.err
    assert "train: epoch 2 of 2: auc 0." in found.err
    assert "toy: 12 steps in " in found.err
    log = "".join(path.read_text() for path in (out / "logs").iterdir())
    assert "epoch 1 of 2: auc 0." in log
    assert sigh(*train, "--json") == 0
    again = capsys.readouterr()
    assert "already done: toy; auc 0." in again.err
    assert json.loads(again.out)["already"] is True
    assert sigh("resume", out, "--quiet") == 0
    assert sigh(*train, "--set", "train.lr=1") == 2
    assert "train.lr: 0.001 there, 1.0 here" in capsys.readouterr().err


def test_a_dry_run_says_what_would_be_done(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model"
    assert sigh("train", "--model", "toy", "--data", data, "--out", out, "--dry-run", "--json") == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["network"] == "toy"
    assert plan["settings"]["train"]["model"] == "toy"
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--model", "./nowhere"), "there is no model to train further at './nowhere'"),
        (("--model", "toy", "--device", "cuda:77"), "there is no device 'cuda:77' here"),
        (("--model", "toy", "--epochs", "0"), "train.epochs: must be greater than or equal to 1"),
        (("--model", "toy", "--set", "train.lrr=1"), "did you mean 'train.lr'?"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_nothing_is_begun(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    (data / "b").mkdir()
    assert sigh("train", "--data", data, "--out", tmp_path / "model", *words) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "model" / "run.json").exists()


PROGRESS = Progress(
    step=20,
    steps=100,
    epoch=1,
    epochs=5,
    loss=0.5,
    rate=2.0,
    waiting=0.25,
    metric="auc",
    value=0.75,
    best=0.8,
)


@pytest.mark.parametrize("mode", ["bar", "plain", "json", "none"])
def test_progress_says_how_fast_and_how_good(
    mode: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    with show_learning(mode, quiet=False) as show:
        show.say("goes on from step 10")
        show(PROGRESS)
        show(Progress(**{**vars_of(PROGRESS), "validated": True}))
    found = capsys.readouterr()
    assert not found.out
    words = {
        "bar": ("goes on from step 10", "epoch 1/5, step 20/100", "2 steps a second", "best auc 0.8000"),
        "plain": ("train: goes on from step 10", "train: epoch 1 of 5: auc 0.7500, best 0.8000"),
        "json": ('{"note": "goes on from step 10"}', '"value": 0.75'),
        "none": (),
    }[mode]
    text = " ".join(found.err.split())
    assert [word for word in words if word not in text] == []
    assert bool(text) == bool(words)


def vars_of(progress: Progress) -> dict[str, object]:
    return {name: getattr(progress, name) for name in Progress.__slots__}

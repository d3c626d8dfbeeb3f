"""`sigh tune` and what belongs to it, as somebody types them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from optuna.trial import TrialState

from sigh_batch import cli
from sigh_batch.cli.searching import show_search
from sigh_batch.store import open_store
from tests.evaluations import Red, document_of, give, write_pairs
from tests.studies import study_document


def sigh(*words: object) -> int:
    return cli.run([str(word) for word in words])


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "tune.json").write_text(json.dumps(study_document(6)))
    return tmp_path


def test_a_study_is_shown_with_its_best_trials_first(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sigh("tune", "show", study) == 0
    found = capsys.readouterr()
    assert "study-1: 6 of 6 trials, 5 complete, 1 pruned" in found.err
    lines = [line.split() for line in found.out.splitlines()]
    assert [line[0] for line in lines if line and line[0].isdigit()] == ["5", "4", "2", "1", "0"]
    assert "0 (as it was)" in found.out
    assert "train.optimiser" in found.out


def test_one_trial_is_shown_with_where_and_how_fast_it_was(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sigh("tune", "show", study, "--trial", 3) == 0
    shown = capsys.readouterr().out
    for text in ("fell behind", "node-7", "80.5", "12.0"):
        assert text in shown
    assert sigh("tune", "show", study, "--trial", 3, "--json") == 0
    assert json.loads(capsys.readouterr().out)["state"] == "pruned"
    assert sigh("tune", "show", study, "--trial", 30) == 1
    assert "has no trial 30" in capsys.readouterr().err


def test_what_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sigh("tune", "--out", tmp_path / "study") == 2
    assert "a study needs data and a place" in capsys.readouterr().err
    assert sigh("tune", "show", tmp_path) == 1
    assert "there is no finished study" in capsys.readouterr().err
    assert sigh("train", "--from-tune", tmp_path, "--data", tmp_path, "--out", tmp_path / "model") == 1
    assert "no best settings" in capsys.readouterr().err


class Dull(Red):
    """A detector that says the same of every picture."""

    def score(self, pictures: Any, *, maps: bool = False) -> list[Any]:
        return [replace(found, logit=0.0, probability=0.5) for found in super().score(pictures, maps=maps)]


def write_study(folder: Path, data: Path, **baseline: Any) -> None:
    """Write a study whose best trial sees red, beside the settings as they were, which see nothing."""
    document = study_document(6, url=str(folder), data=str(data))
    document["trials"][5]["model"] = "red"
    document["trials"][0] |= {"model": "dull", **baseline}
    folder.mkdir(exist_ok=True)
    (folder / "tune.json").write_text(json.dumps(document))


def test_the_best_trial_is_measured_beside_the_settings_as_they_were(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pairs(open_store(tmp_path / "data"))
    write_study(tmp_path / "study", tmp_path / "data")
    give(monkeypatch, Red(document_of("red")), Dull(document_of("dull")))
    assert sigh("tune", "compare", tmp_path / "study", "--set", "evaluate.resamples=50", "--json") == 0
    found = capsys.readouterr()
    gain = json.loads(found.out)["auc"]
    assert gain["low"] > 0.4
    said = "with the settings as they were 0.500 (0.500 to 0.500): a difference of 0.500"
    assert said in found.err
    page = (tmp_path / "study/report/tune.html").read_text()
    assert said in page
    assert "more than chance explains" in page
    assert "no more than chance" not in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": "pruned"}, "has no complete trial with the settings as they were"),
        ({"model": None}, "kept no models to measure"),
        ({"values": {"auc": 0.9}, "number": 5}, "is the one with the settings as they were"),
    ],
)
def test_what_cannot_be_measured_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any], said: str
) -> None:
    write_study(tmp_path, tmp_path, **changes)
    assert sigh("tune", "compare", tmp_path) == 1
    assert said in capsys.readouterr().err


def trial(state: TrialState, **told: Any) -> Any:
    attributes = {"epochs": 3, "seconds": 7.0, **told}
    return SimpleNamespace(
        number=4, state=state, user_attrs=attributes, intermediate_values={3: 0.75}, params={"train.lr": 1e-3}
    )


def test_progress_is_lines_or_json_away_from_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with show_search("plain", quiet=False) as (watch, say):
        watch(trial(TrialState.RUNNING, epochs=0))
        watch(trial(TrialState.RUNNING))
        watch(trial(TrialState.PRUNED))
        watch(trial(TrialState.FAIL, reason="it ran out of memory"))
        say("waiting")
    assert capsys.readouterr().err.splitlines() == [
        "tune: trial 4 begins: train.lr 0.001",
        "tune: trial 4, epoch 3: value 0.75",
        "tune: trial 4 is stopped early after epoch 3: value 0.75",
        "tune: trial 4 failed: it ran out of memory",
        "tune: waiting",
    ]
    with show_search("json", quiet=False) as (watch, _):
        watch(trial(TrialState.COMPLETE))
    assert json.loads(capsys.readouterr().err)["values"] == {"value": 0.75}


def test_progress_on_a_terminal_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    with show_search("bar", quiet=False) as (watch, say):
        watch(trial(TrialState.COMPLETE))
        say("waiting")
    shown = capsys.readouterr().err
    assert "complete" in shown
    assert "lr 0.001" in shown
    assert "waiting" in shown

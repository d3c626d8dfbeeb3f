"""Evaluating from the command line, and that a picture has one score whoever asks for it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sigh_batch.cli import run
from sigh_batch.store import open_store
from tests.evaluations import document_of, write_pairs
from tests.models import classes_document, put_model, tiles_document
from tests.scores import predict_spec, score_here


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set, a model of tiles and a model of classes."""
    folder = tmp_path_factory.mktemp("evaluate")
    write_pairs(open_store(folder / "set"), 15)
    stated = {"thresholds": document_of().thresholds, "calibration": document_of().calibration}
    put_model(open_store(folder / "tiles"), tiles_document(name="tiles", **stated))
    put_model(open_store(folder / "classes"), classes_document(name="classes"))
    return folder


def evaluate(place: Path, *options: str) -> int:
    urls = [str(place / name) for name in ("tiles", "classes", "set", "e")]
    words = [
        word for pair in zip(("--model", "--model", "--data", "--out"), urls, strict=True) for word in pair
    ]
    few = ("resamples=20", "sweep_pairs=2", "curves=[jpeg]", "sweep.jpeg.levels=[65]")
    sets = [word for told in few for word in ("--set", f"evaluate.{told}")]
    return run(["evaluate", *words, *sets, "--device", "cpu", "--progress", "plain", *options])


def test_tables_json_and_markdown(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(place, "--dry-run") == 0
    assert "pictures: 24" in capsys.readouterr().out
    assert not (place / "e").exists()
    assert evaluate(place) == 0
    told = capsys.readouterr()
    assert "AUC after JPEG 65" in told.out
    assert "evaluate: 28 of 28" in told.err
    assert told.out.splitlines()[-1] == f"{place / 'e'}/evaluation.json"
    assert evaluate(place, "--json") == 0
    again = capsys.readouterr()
    assert "already done" in again.err
    assert [model["model"] for model in json.loads(again.out)["models"]] == ["tiles", "classes"]
    (place / "e" / "evaluation.json").rename(place / "before.json")
    assert run(["resume", str(place / "e")]) == 0
    assert "evaluate: 28 of 28" not in capsys.readouterr().err
    paths = place / "e" / "evaluation.json", place / "before.json"
    made, kept = (json.loads(path.read_text()) for path in paths)
    assert (made["models"], made["targets"]) == (kept["models"], kept["targets"])
    assert run(["evaluate", "--out", str(place / "e"), "--markdown"]) == 0
    assert "### tiles after degradations" in capsys.readouterr().out


def test_predict_gives_the_same_scores(place: Path) -> None:
    assert evaluate(place, "-q") == 0
    score_here(predict_spec(place / "set", place / "p", str(place / "tiles"), predict__split="test"))
    here = {row["path"]: row for row in pq.read_table(place / "p" / "predictions.parquet").to_pylist()}
    rows = pq.read_table(place / "e" / "predictions.parquet").to_pylist()
    there = {row["path"]: row for row in rows if row["model_id"] == "tiles"}
    assert len(here) == 24
    assert here.keys() == there.keys()
    for path, row in here.items():
        assert row["p_tampered"] == pytest.approx(there[path]["p_tampered"], abs=1e-5)
        assert row["score_raw"] == pytest.approx(there[path]["score_raw"], abs=1e-4)
        for name in (
            "sha256",
            "verdict",
            "label_true",
            "label_source",
            "split",
            "source_id",
            "width",
            "mime",
        ):
            assert row[name] == there[path][name], name


def test_nothing_is_shown_where_nothing_is(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "empty").mkdir()
    assert run(["evaluate", "--out", str(place / "empty")]) == 1
    assert "there is no evaluation in" in capsys.readouterr().err

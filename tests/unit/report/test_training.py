"""The reports of a training in plain text: right best step, right numbers, every setting once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sigh_batch.cli import run
from sigh_batch.errors import DataError, NotFound
from sigh_batch.report.training import write_training
from sigh_batch.store.local import LocalStore

LOG = [
    {"step": 5, "epoch": 0.5, "lr": 0.01, "loss": 0.7},
    {"step": 10, "epoch": 1.0, "lr": 0.008, "loss": 0.5},
    {"step": 10, "validation/auc": 0.91, "validation/loss": 0.4},
    {"step": 20, "epoch": 2.0, "lr": 0.004, "loss": 0.3},
    {"step": 20, "validation/auc": 0.88, "validation/loss": 0.45},
]
MODEL = {
    "name": "tiles",
    "training": {"epochs": 2, "tiles": {"width": 16}, "best_step": 10, "steps_made": 20},
    "metrics": {"auc": 0.91},
    "versions": {"torch": "2.15.0"},
}


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    made = LocalStore(tmp_path / "m")
    made.put("metrics.jsonl", "\n".join(map(json.dumps, LOG)).encode())
    made.put("model.json", json.dumps(MODEL).encode())
    return made


def test_the_best_step_is_the_best(store: LocalStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", store.url]) == 0
    assert capsys.readouterr().out == f"{store.url}/report/training_report.txt\n"
    text = store.get("report/training_report.txt").decode()
    for said in (
        "best step: 10",
        "best auc: 0.91",
        "steps: 20",
        "last training loss: 0.3",
        "tiles.width: 16",
    ):
        assert text.count(said) == 1
    history = store.get("report/checkpoint_history.txt").decode().split("=" * 72)
    assert "step 10  <- the best" in history[1]
    assert "loss: 0.5" in history[1]
    assert "validation auc: 0.91" in history[1]
    assert "<-" not in history[2]
    twin = json.loads(store.get("report/training.json"))
    assert [entry["validation"]["auc"] for entry in twin["history"]] == [0.91, 0.88]


def test_what_is_not_there_is_said_in_a_sentence(store: LocalStore) -> None:
    store.put("metrics.jsonl", b'{"step": 1}\n{"st')
    with pytest.raises(DataError, match=r"line 2 of metrics\.jsonl"):
        write_training(store)
    store.delete("model.json")
    with pytest.raises(NotFound, match="is not finished"):
        write_training(store)
    assert run(["report", store.url]) == 1

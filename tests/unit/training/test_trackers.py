from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sigh_batch.data.trained import METRICS_KEY
from sigh_batch.errors import StoreFull
from sigh_batch.store.local import LocalStore
from sigh_batch.store.memory import MemoryStore
from sigh_batch.training.services import Subject, open_services, services
from sigh_batch.training.trackers import EventFiles, MetricsFile, Trackers, Values

SUBJECT = Subject(project="faces", out="/runs/first", config_hash="abc", settings={"lr": 0.1, "a": {"b": 2}})


class Recorder:
    """Remembers rows, and fails from a given one on."""

    def __init__(self, fail: Exception | None = None) -> None:
        self.rows: list[tuple[int, Values]] = []
        self.fail = fail
        self.closed = False

    def row(self, step: int, values: Values) -> None:
        if self.fail:
            raise self.fail
        self.rows.append((step, values))

    def flush(self) -> None: ...

    def close(self) -> None:
        self.closed = True


def test_rows_after_the_checkpoint_are_told_again_and_not_twice() -> None:
    store = MemoryStore()
    first = MetricsFile(store, 0)
    for step in (10, 20, 30):
        first.row(step, {"loss": step / 10})
    first.flush()
    again = MetricsFile(store, 20)
    again.row(30, {"loss": math.nan})
    again.close()
    rows = [json.loads(line) for line in store.get(METRICS_KEY).splitlines()]
    assert rows == [{"step": 10, "loss": 1.0}, {"step": 20, "loss": 2.0}, {"step": 30, "loss": None}]


def test_tensorboard_reads_the_events_and_forgets_what_was_taken_back(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    store = LocalStore(tmp_path)
    for since, steps in ((0, (10, 20, 30)), (20, (30, 40))):
        events = EventFiles(store, since)
        for step in steps:
            events.row(step, {"loss": since + step, "validation/auc": 0.5})
            events.flush()
        events.close()
    found = EventAccumulator(str(tmp_path / "events")).Reload()
    assert sorted(found.Tags()["scalars"]) == ["train/loss", "validation/auc"]
    assert [(event.step, event.value) for event in found.Scalars("train/loss")] == [
        (10, 10),
        (20, 20),
        (30, 50),
        (40, 60),
    ]


def test_a_tracker_that_fails_is_told_once_and_dropped() -> None:
    told: list[str] = []
    good, bad = Recorder(), Recorder(ConnectionError("no route"))
    trackers = Trackers([bad, good], told.append)
    for step in (1, 2):
        trackers.row(step, {"loss": 1.0})
    trackers.close()
    assert [step for step, _ in good.rows] == [1, 2]
    assert good.closed
    assert told == ["Recorder failed and gets no more numbers: ConnectionError: no route"]


def test_a_store_that_is_full_is_no_matter_of_trackers() -> None:
    with pytest.raises(StoreFull):
        Trackers([Recorder(StoreFull("no room"))], print).row(1, {})


@pytest.mark.parametrize("name", services.names())
def test_a_service_that_is_not_installed_or_does_not_answer_is_told(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setitem(sys.modules, name, None)
    assert open_services([name], SUBJECT, told.append) == []
    assert told == [f"{name} is not installed and gets no numbers; pip install {name}"]
    monkeypatch.setitem(sys.modules, name, SimpleNamespace())
    assert open_services([name], SUBJECT, told.append) == []
    assert told[1].startswith(f"{name} does not answer and gets no numbers: AttributeError")


class Service:
    """Stands for the library of any service: notes every call."""

    def __init__(self, known: list[Any] | None = None) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.known = known or []

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls.append((name, args, kwargs))
            return self.known if name == "search_runs" else self

        return call

    def called(self, name: str) -> list[dict[str, Any]]:
        return [kwargs for found, _, kwargs in self.calls if found == name]


@pytest.mark.parametrize("name", ["wandb", "trackio"])
def test_a_service_gets_every_row_under_the_name_of_the_training(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Service()
    monkeypatch.setitem(sys.modules, name, library)
    (tracker,) = open_services([name], SUBJECT, pytest.fail)
    tracker.row(7, {"loss": 0.5})
    tracker.flush()
    tracker.close()
    (begun,) = library.called("init")
    assert begun["project"] == "faces"
    assert begun["name"].startswith("first")
    assert begun["resume"] == "allow"
    assert begun["config"] == {"lr": 0.1, "a.b": 2}
    assert ("log", ({"loss": 0.5},), {"step": 7}) in library.calls
    assert len(library.called("finish")) == 1


def test_mlflow_goes_on_in_the_run_that_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    new = Service()
    monkeypatch.setitem(sys.modules, "mlflow", new)
    (tracker,) = open_services(["mlflow"], SUBJECT, pytest.fail)
    tracker.row(7, {"loss": 0.5, "bad": math.nan})
    tracker.close()
    assert new.called("start_run") == [{"run_name": "first", "tags": {"sigh.training": SUBJECT.id}}]
    assert ("log_metrics", ({"loss": 0.5},), {"step": 7}) in new.calls
    assert new.called("end_run") == [{}]
    known = Service([SimpleNamespace(info=SimpleNamespace(run_id="r1"))])
    monkeypatch.setitem(sys.modules, "mlflow", known)
    open_services(["mlflow"], SUBJECT, pytest.fail)
    assert known.called("start_run") == [{"run_id": "r1"}]
    assert not known.called("log_params")

"""Studies of a training that learns nothing, without Ray: what is recorded, and what kills leave."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import optuna
import pyarrow.parquet as pq
import pytest
import yaml
from optuna.trial import FrozenTrial, TrialState

from sigh_batch import rng
from sigh_batch.config.layers import Layer
from sigh_batch.config.resolve import resolve
from sigh_batch.data.searched import read_tally
from sigh_batch.errors import RunMismatch
from sigh_batch.runners.standing import look
from sigh_batch.store import open_store
from sigh_batch.tuning.job import tune
from sigh_batch.tuning.ledger import read_storage
from sigh_batch.tuning.summary import read_summary
from tests.toy import train
from tests.toy_studies import SPACE, run, spec_of, study_in, write_classes


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_classes(tmp_path_factory.mktemp("data"))


def test_a_study_is_recorded_right_and_is_idempotent(tmp_path: Path, data: Path) -> None:
    summary = run(tmp_path / "a", data, trials=14)
    study = study_in(tmp_path / "a")
    states = Counter(trial.state for trial in study.trials)
    assert sum(states.values()) == 14
    assert set(states) == {TrialState.COMPLETE, TrialState.PRUNED}
    for trial in study.trials:
        assert trial.intermediate_values, trial
        assert set(trial.user_attrs) >= {"epochs", "metrics", "node", "pictures_per_second", "seconds"}
    pruned = [trial for trial in study.trials if trial.state == TrialState.PRUNED]
    assert all(
        max(trial.intermediate_values) < 9 and trial.user_attrs["reason"] == "fell behind" for trial in pruned
    )
    assert study.best_trial.number == summary.best
    assert study.trials[0].params == {"train.lr": 1e-3, "train.momentum": 0.9}
    kept = sorted(path.parent.name for path in (tmp_path / "a").glob("trials/*/model.safetensors"))
    # The three best, and the one that they are measured by.
    done = sorted(study.get_trials(states=(TrialState.COMPLETE,)), key=lambda trial: -trial.values[0])
    assert set(kept) == {"00000", *(f"{trial.number:05d}" for trial in done[:3])}
    assert f"{summary.best:05d}" in kept
    assert {row.model for row in summary.trials if row.model} == {
        f"{tmp_path}/a/trials/{name}" for name in kept
    }
    assert read_summary(open_store(tmp_path / "a")) == summary
    standing = look(open_store(tmp_path / "a"))
    assert (standing.done, standing.total, standing.finished) == (14, 14, True)
    assert {name: count for name, count in (standing.trials or {}).items() if count} == summary.counts
    assert run(tmp_path / "a", data, trials=14) == summary
    more = run(tmp_path / "a", data, trials=16)
    assert [row.params for row in more.trials[:14]] == [row.params for row in summary.trials]
    assert len(more.trials) == 16
    with pytest.raises(RunMismatch, match="tune"):
        run(tmp_path / "a", data, startup=3)


def test_a_trial_is_told_of_only_when_something_became_of_it(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY", json.dumps({"seconds": 0.1}))
    monkeypatch.setattr("sigh_batch.tuning.trial._STEP_SECONDS", 0.01)
    heard: list[tuple[str, int, int]] = []

    def watch(trial: FrozenTrial) -> None:
        tally = read_tally(open_store(tmp_path / "a"))
        assert tally is not None
        heard.append((trial.state.name, trial.user_attrs.get("epochs", 0), tally.running))

    tune(spec_of(tmp_path / "a", data, trials=1, epochs=2), watch, trainer=train)
    assert heard == [("RUNNING", 0, 1), ("RUNNING", 1, 1), ("RUNNING", 2, 1), ("COMPLETE", 2, 0)]


def test_the_files_of_a_study_say_what_it_came_to(tmp_path: Path, data: Path) -> None:
    summary = run(tmp_path / "a", data, trials=6, stop_early="none")
    best = summary.trial()
    text = (tmp_path / "a" / "hyperparameter_study.txt").read_text()
    assert f"Best trial: {best.number}" in text
    assert f"Best auc: {best.values['auc']:.6g}" in text
    twin = json.loads((tmp_path / "a" / "hyperparameter_study.json").read_bytes())
    assert (twin["best_trial"], twin["best_parameters"]) == (best.number, best.params)
    settings = resolve([Layer(yaml.safe_load((tmp_path / "a" / "best.yaml").read_text()))]).settings
    assert settings.train.lr == best.params["train.lr"]
    assert settings.train.epochs == 9
    table = pq.read_table(tmp_path / "a" / "tune.parquet").to_pylist()
    assert [row["number"] for row in table] == list(range(6))
    assert table[best.number]["value.auc"] == best.values["auc"]
    assert table[2]["param.train.lr"] == summary.trials[2].params["train.lr"]
    assert sum(summary.importances["auc"].values()) == pytest.approx(1)
    assert set(summary.importances["auc"]) == set(SPACE)


@pytest.mark.parametrize("search", ["tpe", "random", "qmc", "cmaes", "gp"])
def test_the_same_seed_gives_the_same_trials_also_after_a_stop(
    tmp_path: Path, data: Path, search: str
) -> None:
    told = {"search": search, "startup": 3, "stop_early": "none", "epochs": 1}
    whole = run(tmp_path / "a", data, trials=6, **told)
    run(tmp_path / "b", data, trials=4, **told)
    again = run(tmp_path / "b", data, trials=6, **told)
    assert [row.params for row in again.trials] == [row.params for row in whole.trials]
    assert len({row.params["train.lr"] for row in whole.trials}) == 6


def test_a_grid_trains_every_combination_with_every_seed(tmp_path: Path, data: Path) -> None:
    space = {"train.lr": [1e-4, 1e-3], "train.batch": {"low": 16, "high": 48, "step": 16}}
    summary = run(tmp_path / "a", data, space=space, search="grid", repeats=3, epochs=1)
    assert summary.counts == {"complete": 18}
    assert [len(cell["scores"]) for cell in summary.cells] == [3] * 6
    assert all(cell["deviation"] > 0 for cell in summary.cells)
    assert summary.cells[0]["values"]["train.lr"] == 1e-3
    kept = {int(path.parent.name) for path in (tmp_path / "a").glob("trials/*/model.safetensors")}
    assert kept == {cell["best"] for cell in summary.cells}


def test_several_objectives_keep_their_best_compromises(tmp_path: Path, data: Path) -> None:
    summary = run(tmp_path / "a", data, objectives={"auc": "max", "milliseconds": "min"}, trials=7, epochs=1)
    assert summary.counts == {"complete": 7}
    front = [summary.trial(number).values for number in summary.front]
    assert front
    for row in summary.trials:
        beaten = any(
            other["auc"] >= row.values["auc"] and other["milliseconds"] <= row.values["milliseconds"]
            for other in front
        )
        assert beaten


@pytest.mark.s3
def test_a_study_lives_in_a_bucket_and_its_data_is_copied_to_a_node_once(
    real_s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = open_store(f"{real_s3}/data")
    for name in ("a", "b"):
        data.put(f"{name}/one.png", b"not looked at")
    monkeypatch.setenv("SIGH_NODE_CACHE", str(tmp_path / "cache"))
    told = {"epochs": 2, "stop_early": "none"}
    run(f"{real_s3}/study", f"{real_s3}/data", trials=2, **told)
    summary = run(f"{real_s3}/study", f"{real_s3}/data", trials=4, **told)
    assert summary.counts == {"complete": 4}
    store = open_store(f"{real_s3}/study")
    keys = {found.key for found in store.list()}
    assert keys >= {
        "study.log",
        "run.json",
        "tune.json",
        "tune.parquet",
        "best.yaml",
        "trials/00003/state.json",
    }
    assert len([key for key in keys if key.endswith("model.safetensors")]) == 3
    assert len(optuna.load_study(study_name=None, storage=read_storage(store, None)).trials) == 4
    (copied,) = [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]
    assert sorted(path.parent.name for path in copied.rglob("*.png")) == ["a", "b"]


def test_time_that_is_over_ends_a_study_with_no_trial_running(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY", json.dumps({"seconds": 0.1}))
    summary = run(tmp_path / "a", data, trials=100, epochs=1000, hours=1.2 / 3600, stop_early="none")
    assert [(row.state, row.reason) for row in summary.trials] == [("pruned", "the study's time was over")]


def test_no_password_reaches_a_file(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGH_STUDY_PASSWORD", "s3cr3t")
    database = f"sqlite:///{tmp_path}/study.db"
    run(tmp_path / "a", data, trials=2, epochs=1, storage=database)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"s3cr3t" not in path.read_bytes(), path


COMMAND = """
import json, sys
from tests.toy_studies import run
from pathlib import Path
run(sys.argv[1], Path(sys.argv[2]), trials=int(sys.argv[3]), epochs=4, stop_early="none")
"""


def kill_at_random(out: Path, data: Path, trials: int, kills: int, longest: float) -> None:
    """Begin a study over and over, and kill it `kills` times at a random moment; then let it end."""
    draws = rng.for_sample(int.from_bytes(os.urandom(4)), "kill", 0)
    command = [sys.executable, "-W", "ignore", "-c", COMMAND, str(out), str(data), str(trials)]
    environment = os.environ | {"TOY": json.dumps({"seconds": 0.15}), "PYTHONPATH": str(Path.cwd())}
    for _ in range(kills):
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
            until = time.monotonic() + 120
            size = _size(out)
            # Starting takes longer than all that it does, so that a kill waits until something was written.
            while _size(out) == size and process.poll() is None and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(draws.uniform(0, longest))
            process.send_signal(signal.SIGKILL)
    subprocess.run(command, env=environment, check=True)


def _size(out: Path) -> int:
    path = out / "study.log"
    return path.stat().st_size if path.exists() else 0


def check_survivor(out: Path, trials: int) -> None:
    study = study_in(out)
    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE] * trials
    for trial in study.trials:
        state = json.loads((out / f"trials/{trial.number:05d}/state.json").read_bytes())
        # No epoch was trained twice, and none was left out.
        assert state["made"] == [1, 2, 3, 4]
        assert sorted(trial.intermediate_values) == [1, 2, 3, 4]


def test_a_study_survives_kills(tmp_path: Path, data: Path) -> None:
    kill_at_random(tmp_path / "killed", data, 6, 2, 1.0)
    check_survivor(tmp_path / "killed", 6)
    whole = run(tmp_path / "whole", data, trials=6, epochs=4, stop_early="none")
    assert [row.params for row in whole.trials] == [
        trial.params for trial in study_in(tmp_path / "killed").trials
    ]


@pytest.mark.slow
def test_a_study_survives_twenty_kills(tmp_path: Path, data: Path) -> None:
    kill_at_random(tmp_path / "killed", data, 24, 20, 1.2)
    check_survivor(tmp_path / "killed", 24)


def test_a_searcher_pickles_nothing_that_it_knows(tmp_path: Path, data: Path) -> None:
    from sigh_batch.tuning.search import StudySearch

    empty = StudySearch.__new__(StudySearch)
    empty.__dict__["_storage"] = "postgresql://me:s3cr3t@host/db"
    assert b"s3cr3t" not in pickle.dumps(empty)

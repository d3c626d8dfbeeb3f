"""Studies by a real Ray on this machine; slow, since it starts one."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from optuna.trial import TrialState

from sigh_batch import rng
from sigh_batch.config.layers import Layer
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.config.tune import RAY_OBJECT_STORE
from sigh_batch.errors import ConfigError, Unreachable
from sigh_batch.tuning.cluster import head_address, join
from sigh_batch.tuning.job import tune
from tests import toy
from tests.processes import LOOPBACK, family, heard_at, kill
from tests.toy_studies import study_in

PATIENCE = 600.0
"""Seconds in which a driver must have begun a trial, and in which it must have noticed that Ray is gone."""
SPACE = {"train.lr": {"low": 1e-5, "high": 1e-1, "log": True}}


def spec_of(tmp_path: Path, **told: object) -> RunSpec:
    (tmp_path / "data" / "a").mkdir(parents=True, exist_ok=True)
    (tmp_path / "data" / "a" / "one.png").write_bytes(b"not looked at")
    study = {"space": SPACE, "objectives": {"auc": "max"}, **told}
    settings = resolve([Layer({"tune": study, "train": {"epochs": 4}})]).settings
    return RunSpec(kind="tune", source=str(tmp_path / "data"), out=str(tmp_path / "study"), settings=settings)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_ray_carries_out_trials_and_replaces_processes_that_die(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY", json.dumps({"1": "die once", "2": "raise", "3": "die"}))
    summary = tune(spec_of(tmp_path, trials=6, concurrency=2, retries=1), trainer=toy.train)
    states = {row.number: (row.state, row.reason) for row in summary.trials}
    assert len(states) == 6
    assert states[2] == ("fail", "ValueError: something is wrong")
    assert states[3][0] == "fail"
    assert "its process died 2 times" in str(states[3][1])
    assert "running" not in summary.counts


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_ray_of_this_machine_listens_to_this_machine_alone(tmp_path: Path) -> None:
    with join(spec_of(tmp_path).settings.tune, print):
        hosts = heard_at(family(os.getpid()))
    assert hosts
    assert hosts <= LOOPBACK


OTHER_VERSION = """
import sys, ray
from sigh_batch.config.tune import TuneConfig
from sigh_batch.config.tune import RAY_OBJECT_STORE
from sigh_batch.tuning.cluster import head_address, join
ray.__version__ = "2.9.0"
with join(TuneConfig(ray=sys.argv[1]), print):
    pass
"""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_real_ray_of_another_version_is_told_with_both_versions() -> None:
    import ray

    ray.init("local", num_cpus=1, include_dashboard=False, object_store_memory=RAY_OBJECT_STORE)
    try:
        address = head_address()
        done = subprocess.run(
            [sys.executable, "-c", OTHER_VERSION, address], capture_output=True, text=True, timeout=PATIENCE
        )
    finally:
        ray.shutdown()
    assert f"ConfigError: the Ray at {address} is Ray {ray.__version__} on Python 3" in done.stderr
    assert "and this is Ray 2.9.0 on Python 3" in done.stderr


COMMAND = """
import sys
from pathlib import Path
from tests.toy_studies import run
run(sys.argv[1], Path(sys.argv[2]), trials=int(sys.argv[3]), epochs=4, stop_early="none",
    ray="local", concurrency=2, retries=100)
"""


def command_of(out: Path, data: Path, trials: int) -> list[str]:
    """Return what begins a study, or goes on with it."""
    return [sys.executable, "-W", "ignore", "-c", COMMAND, str(out), str(data), str(trials)]


class Killer:
    """Begins a study over and over, and kills one part of it after another at a random moment."""

    def __init__(self, out: Path, data: Path, trials: int) -> None:
        self.killed: Counter[str] = Counter()
        self._journal = out / "study.log"
        self._command = command_of(out, data, trials)
        self._draws = rng.for_sample(int.from_bytes(os.urandom(4)), "kill", 0)

    def carry_out(self, kills: int) -> None:
        """Kill as often as asked, and let the study end."""
        environment = os.environ | {"TOY": json.dumps({"seconds": 1}), "PYTHONPATH": str(Path.cwd())}
        code = None
        while code != 0:
            with subprocess.Popen(self._command, env=environment, start_new_session=True) as driver:
                family_then: set[int] = set()
                try:
                    while self.killed.total() < kills and self._wait_for_news(driver):
                        time.sleep(self._draws.uniform(0, 2))
                        family_then |= set(family(driver.pid))
                        self._strike(driver)
                    code = driver.wait(PATIENCE)
                finally:
                    driver.kill()
                    kill(family_then & set(family(1)))
            assert code == 0 or self.killed.total() > 0
        assert self.killed.total() == kills, "the study ended too soon"

    def _wait_for_news(self, driver: subprocess.Popen[bytes]) -> bool:
        """Wait until the study has grown; return False when its driver has ended."""
        before, until = self._size(), time.monotonic() + PATIENCE
        while driver.poll() is None and self._size() == before:
            assert time.monotonic() < until, "no trial goes on"
            time.sleep(0.01)
        return driver.poll() is None

    def _strike(self, driver: subprocess.Popen[bytes]) -> None:
        victim = ("trial", "ray", "driver")[self.killed.total() % 3]
        below = family(driver.pid)
        trials = [pid for pid, name in below.items() if name.startswith("ray::") and "Trial" in name]
        if victim == "trial" and not trials:
            return
        kill({"trial": trials[:1], "ray": list(below), "driver": [driver.pid]}[victim])
        self.killed[victim] += 1
        if victim != "trial":
            driver.wait(PATIENCE)

    def _size(self) -> int:
        return self._journal.stat().st_size if self._journal.exists() else 0


@pytest.mark.slow
def test_a_study_survives_kills_of_trials_of_ray_and_of_its_driver(tmp_path: Path) -> None:
    """SIGH_KILLS of them; the number of trials stays exact, and no epoch is trained twice or left out."""
    kills = int(os.environ.get("SIGH_KILLS", "3"))
    spec_of(tmp_path)
    killer = Killer(tmp_path / "study", tmp_path / "data", trials=10 * kills)
    killer.carry_out(kills)
    assert set(killer.killed) == {"trial", "ray", "driver"}
    study = study_in(tmp_path / "study")
    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE] * (10 * kills)
    for trial in study.trials:
        state = json.loads((tmp_path / f"study/trials/{trial.number:05d}/state.json").read_bytes())
        assert state["made"] == [1, 2, 3, 4]


@pytest.mark.slow
def test_a_ray_that_is_gone_is_told_in_a_sentence_and_soon(tmp_path: Path) -> None:
    spec_of(tmp_path)
    journal = tmp_path / "study" / "study.log"
    command = command_of(journal.parent, tmp_path / "data", 4)
    environment = os.environ | {"TOY": json.dumps({"seconds": 1}), "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as driver:
        try:
            until = time.monotonic() + PATIENCE
            while not (journal.exists() and '"intermediate_value"' in journal.read_text()):
                assert driver.poll() is None, "the study ended too soon"
                assert time.monotonic() < until, "no trial goes on"
                time.sleep(0.1)
            kill(family(driver.pid))
            told = driver.communicate(timeout=45)[1]
        finally:
            driver.kill()
    # Ray itself says so after a minute, and ends the process.
    assert "Unreachable: the Ray at" in told
    assert "is gone: it has not answered for 5 seconds; what trials have reached is kept" in told
    assert driver.returncode == Unreachable.exit_code


def test_an_address_at_which_no_ray_answers_is_told_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    with (
        pytest.raises(Unreachable, match=f"no Ray answers at {address}"),
        join(spec_of(tmp_path, ray=address).settings.tune, print),
    ):
        pass
    with (
        pytest.raises(ConfigError, match="not an address of Ray: 'somewhere'"),
        join(spec_of(tmp_path, ray="somewhere").settings.tune, print),
    ):
        pass

"""Studies by a real Ray on this machine; slow, since it starts one."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from sigh_batch.config.layers import Layer
from sigh_batch.config.resolve import resolve
from sigh_batch.config.spec import RunSpec
from sigh_batch.errors import ConfigError, Unreachable
from sigh_batch.tuning.cluster import join
from sigh_batch.tuning.job import tune
from tests import toy

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

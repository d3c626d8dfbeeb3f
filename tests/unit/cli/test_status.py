import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sigh_batch.data.identity import Identity, claim
from sigh_batch.data.searched import Tally, write_tally
from sigh_batch.store import open_store
from tests.clusters import FakeCluster, fake_cluster
from tests.unit.runners.test_standing import record, store

__all__ = ["store"]  # a fixture


@pytest.fixture
def fake(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCluster]:
    folder = tmp_path_factory.mktemp("cluster")
    monkeypatch.setenv("KUBECONFIG", str(folder / "config"))
    with fake_cluster(folder) as found:
        yield found


def test_a_run_at_a_place_needs_no_cluster(sigh: Any, store: Any, tmp_path: Path) -> None:
    record(store, 0, minutes=5, failed=1)
    code, out, err = sigh("status", str(tmp_path))
    assert (code, err) == (0, "")
    assert re.fullmatch(
        r"generate: 10 of 40 samples, 1 failed, 0\.0333 a second, nothing new for .* min\n", out
    )
    told = json.loads(sigh("status", str(tmp_path), "--json")[1])
    assert (told["out"], told["note"], told["progress"]["done"]) == (str(tmp_path), None, 10)
    assert 'sigh_run_samples_done{out="' in sigh("status", str(tmp_path), "--prometheus")[1]
    assert sigh("status", str(tmp_path), "--prometheus", "--json")[0] == 2


def test_a_study_tells_what_became_of_its_trials(sigh: Any, tmp_path: Path) -> None:
    place = open_store(tmp_path)
    claim(place, Identity(kind="tune", config_hash="abc", engine={}))
    write_tally(place, Tally(wanted=9, complete=3, fail=1, running=2, began="2026-01-01T00:00:00+00:00"))
    code, out, err = sigh("status", str(tmp_path))
    assert (code, err) == (0, "")
    assert out.startswith("tune: 4 of 9 trials, 3 complete, 1 failed, 2 under way, ")


def test_a_run_on_a_cluster_tells_what_it_has_made(
    sigh: Any, fake: FakeCluster, store: Any, tmp_path: Path
) -> None:
    volumes = f'kubernetes.volumes={{"{tmp_path}": "claim"}}'
    words = ("--count", "40", "--shards", "4", "--name", "a", "--set", volumes)
    assert sigh("submit", "generate", "--out", str(tmp_path), *words)[0] == 0
    record(store, 0, minutes=5)
    code, out, err = sigh("status", "a")
    assert (code, err) == (0, "")
    assert out.startswith("a: waiting: its pods are not there yet\n")
    assert "\n  made: 10 of 40 samples, 0.0333 a second" in out
    assert 'run="a",' in sigh("status", "a", "--prometheus")[1]


def test_a_store_that_is_away_is_a_sentence_and_no_error(
    sigh: Any, fake: FakeCluster, tmp_path: Path
) -> None:
    there = tmp_path / "claim"
    volumes = f'kubernetes.volumes={{"{there}": "claim"}}'
    words = ("--out", f"{there}/ds", "--count", "4", "--name", "a", "--set", volumes)
    assert sigh("submit", "generate", *words)[0] == 0
    code, out, err = sigh("status", "a")
    assert (code, err) == (0, "")
    assert "what is made is not known here: the folder" in out
    told = json.loads(sigh("status", "a", "--json")[1])
    assert told["progress"] is None
    assert told["note"].startswith("what is made is not known here")
    code, out, err = sigh("status", "a", "--prometheus")
    assert (code, out.count("\n")) == (0, 3)
    assert 'state="waiting"' in out
    assert "not known here" in err


def test_progress_has_the_documented_fields(sigh: Any, store: Any, tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "json.md").read_text()
    table = page.partition("\n## progress of sigh status\n")[2].partition("\n## ")[0]
    documented = set(re.findall(r"^\| (\w+) \|", table, re.MULTILINE)) - {"field"}
    assert json.loads(sigh("status", str(tmp_path), "--json")[1])["progress"].keys() == documented

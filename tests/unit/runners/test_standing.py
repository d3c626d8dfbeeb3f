import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sigh_batch.data.identity import Identity, claim
from sigh_batch.data.plan import Plan
from sigh_batch.data.record import Record, record_json
from sigh_batch.data.searched import Tally, write_tally
from sigh_batch.errors import DataError, NotFound
from sigh_batch.runners import standing
from sigh_batch.runners.standing import look
from sigh_batch.store import Store, open_store

PLAN = Plan(40, 4)
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A run of four shards that was begun at a known time."""
    made = open_store(tmp_path)
    identity = Identity(kind="generate", config_hash="abc", engine={}, values={"count": 40, "shards": 4})
    claim(made, identity)
    made.put("logs/20260101T000000-host-1.000.log", b"")
    made.put("logs/20260101T010000-host-2.000.log", b"")
    return made


def record(store: Store, shard: int, minutes: float, failed: int = 0) -> None:
    """Write a shard's record as if that many minutes had gone by."""
    samples = PLAN.samples(shard)
    made = Record(
        kind="generate", shard=shard, name=PLAN.name(shard), first=samples.start, count=len(samples),
        written=len(samples) - failed, failed=failed, bytes=1, sha256="", rows_bytes=1, rows_sha256="",
        config_hash="abc", engine={},
    )  # fmt: skip
    key = PLAN.record_key(shard)
    store.put(key, record_json(made))
    age(store, key, minutes)


def age(store: Store, key: str, minutes: float) -> None:
    moment = (BEGAN + timedelta(minutes=minutes)).timestamp()
    os.utime(Path(store.url.removeprefix("file://")) / key, (moment, moment))


def test_a_run_under_way_is_told_by_its_records(store: Store) -> None:
    now = BEGAN + timedelta(minutes=11)
    assert look(store, now).rate is None, "nothing is made yet"
    record(store, 0, minutes=5)
    record(store, 2, minutes=10, failed=3)
    found = look(store, now)
    assert (found.done, found.total, found.shards_done, found.shards) == (20, 40, 2, 4)
    assert (found.failed, found.failed_exact, found.finished) == (3, True, False)
    assert found.began == "2026-01-01T00:00:00Z"
    assert found.rate == pytest.approx(20 / 600, rel=1e-4)
    assert found.seconds_left == pytest.approx(600, rel=1e-3)


def test_the_rate_is_that_of_the_last_hour_and_a_silent_run_has_no_end(store: Store) -> None:
    record(store, 0, minutes=5)
    record(store, 1, minutes=500)
    found = look(store, BEGAN + timedelta(minutes=501))
    assert found.rate == pytest.approx(10 / 3600, rel=1e-3)
    assert found.seconds_left == pytest.approx(7200, rel=1e-3)
    assert look(store, BEGAN + timedelta(minutes=561)).seconds_left is None


def test_failed_samples_of_very_many_shards_are_counted_in_part(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "MOST_READ", 1)
    record(store, 0, minutes=1, failed=2)
    record(store, 1, minutes=1, failed=2)
    found = look(store, BEGAN)
    assert (found.failed, found.failed_exact, found.done) == (2, False, 20)


@pytest.mark.parametrize(
    ("asked", "unit", "done", "total"), [({}, "epochs", 2.0, 8), ({"steps": 36}, "updates", 9.0, 36)]
)
def test_a_training_is_told_by_what_it_is_to_do(
    tmp_path: Path, asked: dict[str, int], unit: str, done: float, total: int
) -> None:
    store = open_store(tmp_path)
    identity = Identity(kind="train", config_hash="abc", engine={})
    claim(store, identity, {"settings": {"train": {"epochs": 8, **asked}}})
    store.put("logs/20260101T000000-host-1.000.log", b"")
    rows = [{"step": 5, "epoch": 1.5}, {"step": 9, "epoch": 2.0}, {"step": 9, "validation/auc": 0.5}]
    store.put("metrics.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows).encode())
    age(store, "metrics.jsonl", minutes=20)
    found = look(store, BEGAN + timedelta(minutes=21))
    assert (found.unit, found.done, found.total, found.finished) == (unit, done, total, False)
    assert found.seconds_left == pytest.approx(3600, rel=1e-2)
    store.put("model.json", b"{}")
    assert look(store, BEGAN).finished


def test_a_study_is_told_by_its_trials(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    claim(store, Identity(kind="tune", config_hash="abc", engine={}))
    with pytest.raises(DataError, match="tells nothing"):
        look(store)
    began = BEGAN.isoformat()
    tally = Tally(wanted=10, complete=3, pruned=2, fail=1, running=2, before=2, began=began)
    write_tally(store, tally)
    age(store, "trials.json", minutes=20)
    store.put("tune.json", b"of a shorter study that was there before")
    found = look(store, BEGAN + timedelta(minutes=21))
    assert (found.unit, found.done, found.total, found.failed) == ("trials", 6, 10, 1)
    assert found.trials == {"complete": 3, "pruned": 2, "fail": 1, "running": 2}
    # Four trials in twenty minutes: two had ended before.
    assert found.seconds_left == pytest.approx(1200, rel=1e-3)
    assert not found.finished
    write_tally(store, replace(tally, complete=7, running=0))
    assert look(store).finished


def test_a_place_without_a_run_says_so(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with pytest.raises(NotFound, match=r"nothing is written at .* yet"):
        look(store)
    claim(store, Identity(kind="evaluate", config_hash="abc", engine={}))
    with pytest.raises(DataError, match="is of kind evaluate, which tells nothing on its way"):
        look(store)

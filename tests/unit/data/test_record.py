import json
from dataclasses import replace
from typing import Any

import pytest

from sigh_batch.data.plan import Plan
from sigh_batch.data.record import Record, parse_record, read_record, record_json
from sigh_batch.errors import DataError, RunMismatch
from sigh_batch.store.memory import MemoryStore
from tests.sets import IDENTITY

PLAN = Plan(10, 3)
RECORD = Record(
    kind="generate",
    shard=1,
    name="part-00001",
    first=3,
    count=3,
    written=2,
    failed=1,
    bytes=1024,
    sha256="ab" * 32,
    rows_bytes=500,
    rows_sha256="cd" * 32,
    config_hash="00c0ffee",
    engine={"skia": "144.0"},
)


def test_a_record_is_read_back() -> None:
    assert parse_record(record_json(RECORD), "here") == RECORD
    assert json.loads(record_json(RECORD))["schema"] == 1


def changed(**changes: Any) -> bytes:
    document = json.loads(record_json(RECORD)) | changes
    return json.dumps({name: value for name, value in document.items() if value is not ...}).encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b"",
            "here is damaged: not JSON (Expecting value: line 1 column 1 (char 0)); delete it and run again",
        ),
        (record_json(RECORD)[:-20], "here is damaged: not JSON ("),
        (b"\x00" * 400, "here is damaged: not JSON ("),
        (b"null", "here is damaged: not a JSON object; delete it and run again"),
        (changed(sha256=...), "here is damaged: it lacks 'sha256'; delete it and run again"),
        (changed(count="3"), "here is damaged: count is '3'; delete it and run again"),
        (changed(count=True), "here is damaged: count is True; delete it and run again"),
        (changed(bytes=None), "here is damaged: bytes is None; delete it and run again"),
        (changed(engine=[]), "here is damaged: engine is []; delete it and run again"),
        (changed(host="a"), "here is damaged: it has an unknown field 'host'; delete it and run again"),
        (changed(schema=2), "here has schema 2 and this version reads 1; use the version that wrote it"),
    ],
)
def test_a_damaged_record_is_one_sentence(data: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_record(data, "here")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_record_of_this_shard_passes() -> None:
    RECORD.check(PLAN, 1, IDENTITY, "here")


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (
            replace(RECORD, shard=2),
            "here says it holds 3 samples from 3 on as shard 2, part-00001, where the plan has 3 samples "
            "from 3 on as shard 1, part-00001; delete it and run again",
        ),
        (replace(RECORD, first=4), "here says it holds 3 samples from 4 on"),
        (replace(RECORD, count=4, written=3), "here says it holds 4 samples from 3 on"),
        (replace(RECORD, name="part-1"), "here says it holds 3 samples from 3 on as shard 1, part-1, where"),
        (
            replace(RECORD, written=3),
            "here counts 3 written and 1 failed of 3; delete it and run again",
        ),
        (replace(RECORD, written=4, failed=-1), "here counts 4 written and -1 failed of 3"),
    ],
)
def test_a_record_that_does_not_fit_the_plan_is_refused(record: Record, message: str) -> None:
    with pytest.raises(DataError) as caught:
        record.check(PLAN, 1, IDENTITY, "here")
    assert str(caught.value).startswith(message)


def test_a_record_of_another_run_is_refused_with_both_hashes() -> None:
    with pytest.raises(RunMismatch) as caught:
        replace(RECORD, config_hash="0badcafe").check(PLAN, 1, IDENTITY, "here")
    assert "has config hash 0badcafe and this run has 00c0ffee" in str(caught.value)
    with pytest.raises(RunMismatch, match="skia"):
        replace(RECORD, engine={"skia": "1"}).check(PLAN, 1, IDENTITY, "here")


def test_a_record_that_is_not_there_is_an_unfinished_shard() -> None:
    with pytest.raises(DataError) as caught:
        read_record(MemoryStore("a"), PLAN, 2)
    assert str(caught.value) == (
        "records/part-00002.json in memory://a is missing: shard 2 is not finished; run it again to go on"
    )

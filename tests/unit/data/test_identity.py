import json
from dataclasses import replace

import pytest

from sigh_batch.data.identity import Identity, check_claim, claim, read_claim
from sigh_batch.data.plan import Plan, remaining
from sigh_batch.errors import DataError, NotFound, RunMismatch
from sigh_batch.store.memory import MemoryStore
from tests.sets import IDENTITY, write_shard

OTHER = replace(IDENTITY, config_hash="0badcafe", values={"seed": 8})


def test_a_claim_is_made_once_and_found_again() -> None:
    store = MemoryStore("a")
    assert check_claim(store, IDENTITY) is False
    claim(store, IDENTITY, {"kind": "generate"})
    first = store.get("run.json")
    claim(store, IDENTITY, {"kind": "another spec"})
    assert store.get("run.json") == first
    assert check_claim(store, IDENTITY) is True
    assert read_claim(store) == IDENTITY
    told = json.loads(first)
    assert told["config_hash"] == "00c0ffee"
    assert told["spec"] == {"kind": "generate"}
    assert told["engine"] == {"skia": "144.0"}


@pytest.mark.parametrize(
    "ask", [claim, check_claim, lambda store, identity: remaining(store, Plan(9, 3), identity)]
)
def test_another_configuration_is_refused_with_both_hashes_and_what_differs(ask) -> None:  # type: ignore[no-untyped-def]
    store = MemoryStore("a")
    claim(store, IDENTITY)
    with pytest.raises(RunMismatch) as caught:
        ask(store, OTHER)
    assert str(caught.value) == (
        "run.json in memory://a has config hash 00c0ffee and this run has 0badcafe "
        "(seed: 7 there, 8 here); write to another place, or go on as that run was begun"
    )


def test_the_first_differences_are_named_and_the_rest_counted() -> None:
    store = MemoryStore("a")
    there = {"generate": {"skins": ["sms"], "scale": 1.0, "font": "x" * 100}, "seed": 1, "gone": None}
    here = {"generate": {"skins": ("sms",), "scale": 2.0, "font": "y"}, "seed": 2, "new": True}
    claim(store, replace(IDENTITY, values=there))
    with pytest.raises(RunMismatch) as caught:
        claim(store, replace(OTHER, values=here))
    assert 'generate.font: "xxxxx' in str(caught.value)
    assert (
        '... there, "y" here; generate.scale: 1.0 there, 2.0 here; gone: null there, absent here; 2 more)'
        in str(caught.value)
    )
    assert "skins" not in str(caught.value)


def test_other_library_versions_are_refused_by_name() -> None:
    store = MemoryStore("a")
    claim(store, IDENTITY)
    with pytest.raises(RunMismatch) as caught:
        claim(store, replace(IDENTITY, engine={"skia": "145.0", "numpy": "2.4"}))
    assert str(caught.value) == (
        "run.json in memory://a was made with other library versions (numpy: absent there, "
        '"2.4" here; skia: "144.0" there, "145.0" here), and their bytes may differ; use those versions, '
        "or write to another place"
    )


def test_whoever_only_sends_a_run_may_have_other_library_versions_but_no_other_configuration() -> None:
    store = MemoryStore("a")
    claim(store, IDENTITY)
    assert check_claim(store, replace(IDENTITY, engine={"skia": "145.0"}), versions=False) is True
    with pytest.raises(RunMismatch, match="config hash"):
        check_claim(store, OTHER, versions=False)


def test_another_kind_is_refused() -> None:
    store = MemoryStore("a")
    claim(store, IDENTITY)
    with pytest.raises(RunMismatch, match="is of a generate run and this is a distort run"):
        claim(store, replace(IDENTITY, kind="distort"))


def test_records_without_a_claim_are_compared_one_by_one() -> None:
    store, plan = MemoryStore("a"), Plan(9, 3)
    write_shard(store, plan, 0)
    write_shard(store, plan, 2, identity=OTHER)
    with pytest.raises(RunMismatch, match=r"records/part-00002\.json in memory://a has config hash 0badcafe"):
        claim(store, IDENTITY)
    assert store.stat("run.json") is None
    write_shard(store, plan, 2)
    claim(store, IDENTITY)
    assert list(remaining(store, plan, IDENTITY)) == [1]


def test_of_two_that_claim_at_once_the_slower_one_compares() -> None:
    class Late(MemoryStore):
        """Between look and write of its user, somebody else claims."""

        def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
            if if_absent:
                claim_before = Identity(kind="generate", config_hash="0badcafe", engine={"skia": "144.0"})
                MemoryStore.put(self, key, _claim_bytes(claim_before))
            super().put(key, data, if_absent=if_absent)

    store = Late("a")
    with pytest.raises(RunMismatch, match="has config hash 0badcafe and this run has 00c0ffee"):
        claim(store, IDENTITY)


def _claim_bytes(identity: Identity) -> bytes:
    store = MemoryStore()
    claim(store, identity)
    return store.get("run.json")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"schema": 1, "kind', "is damaged: not JSON"),
        (b"[1]", "is damaged: not a JSON object"),
        (b'{"schema": 99}', "has schema 99 and this version reads 1"),
        (b'{"schema": 1, "kind": "generate"}', "is damaged: it lacks 'config_hash'"),
        (b'{"schema": 1, "kind": 1, "config_hash": "a", "engine": {}}', "is damaged: its kind"),
        (b"\xff\xfe", "is damaged: not JSON"),
    ],
)
def test_a_damaged_claim_is_named(data: bytes, message: str) -> None:
    store = MemoryStore("a")
    store.put("run.json", data)
    with pytest.raises(DataError) as caught:
        claim(store, IDENTITY)
    assert str(caught.value).startswith(f"run.json in memory://a {message}")
    assert "\n" not in str(caught.value)


def test_reading_the_claim_of_nothing_is_not_found() -> None:
    with pytest.raises(NotFound):
        read_claim(MemoryStore())

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.data import manifest
from sigh_batch.data.identity import claim
from sigh_batch.data.manifest import merge, merge_if_complete, read_manifest
from sigh_batch.data.plan import Plan
from sigh_batch.data.schema import SCHEMA
from sigh_batch.errors import DataError, RunMismatch, StoreFull
from sigh_batch.store import Store
from sigh_batch.store.local import LocalStore
from sigh_batch.store.memory import MemoryStore
from tests.sets import IDENTITY, full_disk, make_failure, make_sample, write_set, write_shard

PLAN = Plan(23, 4)


def rows(store: Store, key: str = "manifest.parquet") -> pa.Table:
    return pq.read_table(pa.BufferReader(store.get(key)))


def written(shards: list[int]) -> MemoryStore:
    store = MemoryStore("a")
    write_set(store, PLAN, lambda index: make_failure(9) if index == 9 else make_sample(index), shards)
    return store


REFERENCE = written([0, 1, 2, 3])


@given(st.permutations(range(4)))
def test_the_order_in_which_shards_are_made_does_not_matter(shards: list[int]) -> None:
    store = written(shards)
    assert {found.key: store.get(found.key) for found in store.list()} == {
        found.key: REFERENCE.get(found.key) for found in REFERENCE.list()
    }


def test_the_manifest_is_the_rows_of_all_shards_in_order() -> None:
    merged = rows(REFERENCE)
    assert merged.schema.equals(SCHEMA)
    parts = [rows(REFERENCE, PLAN.rows_key(shard)) for shard in range(len(PLAN))]
    assert merged.equals(pa.concat_tables(parts))
    assert merged.column("index").to_pylist() == list(range(23))


def test_the_manifest_says_whose_it_is() -> None:
    told = read_manifest(REFERENCE)
    assert told is not None
    assert (told.kind, told.config_hash, told.plan, told.failed) == ("generate", "00c0ffee", PLAN, 1)
    facts = pq.read_metadata(pa.BufferReader(REFERENCE.get("manifest.parquet"))).metadata
    assert facts[b"sigh.schema"] == b"1"
    assert facts[b"sigh.count"] == b"23"
    assert read_manifest(MemoryStore()) is None


def test_small_shards_share_row_groups_and_large_ones_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "_GROUP_ROWS", 10)
    store = written([0, 1, 2, 3])
    stored = pq.ParquetFile(pa.BufferReader(store.get("manifest.parquet")))
    assert [stored.metadata.row_group(group).num_rows for group in range(stored.num_row_groups)] == [11, 12]
    monkeypatch.setattr(manifest, "_GROUP_BYTES", 1)
    store.delete("manifest.parquet")
    merge(store, PLAN, IDENTITY)
    assert pq.ParquetFile(pa.BufferReader(store.get("manifest.parquet"))).num_row_groups == 4
    assert rows(store).equals(rows(REFERENCE))


def test_progress_is_told_and_a_second_merge_finds_the_first() -> None:
    store = written([0, 1, 2, 3])
    first = store.get("manifest.parquet")
    seen: list[int] = []
    assert merge(store, PLAN, IDENTITY, seen.append) == read_manifest(store)
    assert seen == []
    store.delete("manifest.parquet")
    merge(store, PLAN, IDENTITY, seen.append)
    assert seen == [1, 2, 3, 4]
    assert store.get("manifest.parquet") == first


def test_only_the_last_record_starts_the_merge() -> None:
    store = MemoryStore()
    claim(store, IDENTITY)
    for number, shard in enumerate([3, 1, 0, 2]):
        write_shard(store, PLAN, shard)
        assert (merge_if_complete(store, PLAN, IDENTITY, shard) is not None) == (number == 3)
    assert store.stat("manifest.parquet")


@given(st.sets(st.integers(0, 12)), st.integers(0, 12))
def test_no_missing_record_is_overlooked(missing: set[int], made: int) -> None:
    store, plan = MemoryStore(), Plan(13, 13)
    for shard in set(range(13)) - missing:
        store.put(plan.record_key(shard), b"{}")
    if missing:
        assert merge_if_complete(store, plan, IDENTITY, made) is None
    else:
        with pytest.raises(DataError, match="has schema None"):
            merge_if_complete(store, plan, IDENTITY, made)


def test_an_early_shard_asks_for_few_records() -> None:
    asked = []

    class Counted(MemoryStore):
        def stat(self, key: str):  # type: ignore[no-untyped-def]
            asked.append(key)
            return super().stat(key)

        def list(self, prefix: str = ""):  # type: ignore[no-untyped-def]
            raise AssertionError("all records are listed only when the last ones are there")

    store, plan = Counted(), Plan(1000, 1000)
    for shard in range(500):
        store.put(plan.record_key(shard), b"{}")
    assert merge_if_complete(store, plan, IDENTITY, 499) is None
    assert len(asked) <= 4


def test_of_two_that_merge_at_once_one_manifest_stays(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    write_set(store, PLAN)
    expected = store.get("manifest.parquet")
    store.delete("manifest.parquet")
    threads = [threading.Thread(target=merge, args=(store, PLAN, IDENTITY)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get("manifest.parquet") == expected
    assert list((tmp_path / ".tmp").iterdir()) == []


def damage(store: Store, key: str, change: Callable[[bytes], bytes]) -> None:
    store.put(key, change(store.get(key)))


def swap(store: Store) -> None:
    """Put the rows of one shard in place of another's, with a record that vouches for them."""
    store.put("rows/part-00001.parquet", store.get("rows/part-00002.parquet"))
    two = json.loads(store.get("records/part-00002.json"))
    damage(
        store,
        "records/part-00001.json",
        lambda data: json.dumps(
            json.loads(data) | {"rows_sha256": two["rows_sha256"], "written": 6, "failed": 0}
        ).encode(),
    )


FAULTS: dict[str, tuple[Callable[[Store], None], type[Exception], str]] = {
    "record missing": (
        lambda store: store.delete("records/part-00001.json"),
        DataError,
        "records/part-00001.json in memory://a is missing: shard 1 is not finished; run it again to go on",
    ),
    "record torn": (
        lambda store: damage(store, "records/part-00001.json", lambda data: data[:50]),
        DataError,
        "records/part-00001.json in memory://a is damaged: not JSON",
    ),
    "record of another run": (
        lambda store: damage(
            store, "records/part-00001.json", lambda data: data.replace(b"00c0ffee", b"0badcafe")
        ),
        RunMismatch,
        "records/part-00001.json in memory://a has config hash 0badcafe and this run has 00c0ffee; write to",
    ),
    "record of another engine": (
        lambda store: damage(store, "records/part-00001.json", lambda data: data.replace(b"144.0", b"145.0")),
        RunMismatch,
        "records/part-00001.json in memory://a was made with other library versions",
    ),
    "rows missing": (
        lambda store: store.delete("rows/part-00001.parquet"),
        DataError,
        "rows/part-00001.parquet in memory://a is missing though its record is there; "
        "delete records/part-00001.json and run again",
    ),
    "rows torn": (
        lambda store: damage(store, "rows/part-00001.parquet", lambda data: data[:-9]),
        DataError,
        "rows/part-00001.parquet in memory://a is damaged: its sha256 is not the record's; delete records/",
    ),
    "rows of another shard": (
        swap,
        DataError,
        "rows/part-00001.parquet in memory://a does not hold samples 5 to 10 in order; delete records/",
    ),
    "tar cut": (
        lambda store: damage(store, "shards/part-00001.tar", lambda data: data[:5000]),
        DataError,
        "shards/part-00001.tar in memory://a has 5000 bytes and its record says ",
    ),
    "tar missing": (
        lambda store: store.delete("shards/part-00001.tar"),
        DataError,
        "shards/part-00001.tar in memory://a is missing; delete records/part-00001.json and run again",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_stops_the_merge_and_making_the_shard_again_mends_it(fault: str) -> None:
    store = written([0, 1, 2, 3])
    whole = store.get("manifest.parquet")
    store.delete("manifest.parquet")
    spoil, kind, message = FAULTS[fault]
    spoil(store)
    with pytest.raises(kind) as caught:
        merge(store, PLAN, IDENTITY)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert store.stat("manifest.parquet") is None
    write_shard(store, PLAN, 1, lambda index: make_failure(9) if index == 9 else make_sample(index))
    merge(store, PLAN, IDENTITY)
    assert store.get("manifest.parquet") == whole


def test_a_manifest_of_another_run_is_no_manifest_of_ours() -> None:
    store = written([0, 1, 2, 3])
    with pytest.raises(RunMismatch, match="is of a generate run of 23 samples with config hash 00c0ffee"):
        merge(store, PLAN, replace(IDENTITY, config_hash="0badcafe"))
    with pytest.raises(RunMismatch, match="and this is a generate run of 24 with 00c0ffee"):
        merge(store, Plan(24, 4), IDENTITY)


def test_a_manifest_that_is_none_is_named() -> None:
    store = MemoryStore("a")
    store.put("manifest.parquet", b"not parquet at all")
    with pytest.raises(
        DataError, match=r"manifest\.parquet in memory://a is damaged \(Parquet magic bytes not"
    ):
        read_manifest(store)
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"a": [1]}), sink)
    store.put("manifest.parquet", sink.getvalue().to_pybytes())
    with pytest.raises(
        DataError, match=r"does not say what run it is of \('sigh.kind'\); another tool wrote it"
    ):
        read_manifest(store)


def test_a_disk_that_fills_up_while_merging_is_said(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    write_set(store, PLAN)
    store.delete("manifest.parquet")
    told = r"no room left in .*\.tmp \(File too large\); free some or write elsewhere"
    with pytest.raises(StoreFull, match=told), full_disk(3000):
        merge(store, PLAN, IDENTITY)
    assert list((tmp_path / ".tmp").iterdir()) == []
    merge(store, PLAN, IDENTITY)
    assert store.stat("manifest.parquet")

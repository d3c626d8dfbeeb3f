import hashlib
import json
import tarfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sigh_batch.data.plan import Plan
from sigh_batch.data.sample import Sample
from sigh_batch.data.shard import Shard, ShardWriter, publish
from sigh_batch.errors import DataError, StoreError, StoreFull
from sigh_batch.store.local import LocalStore
from sigh_batch.store.memory import MemoryStore
from tests.sets import IDENTITY, full_disk, make_failure, make_sample, write_shard

PLAN = Plan(10, 3)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "set")


def test_a_shard_is_its_tar_its_rows_and_its_record(store: LocalStore) -> None:
    record = write_shard(store, PLAN, 1, lambda index: make_failure(4) if index == 4 else make_sample(index))
    assert (record.shard, record.name, record.first, record.count) == (1, "part-00001", 3, 3)
    assert (record.written, record.failed) == (2, 1)
    tar, rows = store.get("shards/part-00001.tar"), store.get("rows/part-00001.parquet")
    assert (record.bytes, record.sha256) == (len(tar), hashlib.sha256(tar).hexdigest())
    assert (record.rows_bytes, record.rows_sha256) == (len(rows), hashlib.sha256(rows).hexdigest())
    told = json.loads(store.get("records/part-00001.json"))
    assert (told["config_hash"], told["engine"]) == ("00c0ffee", {"skia": "144.0"})


def test_the_members_of_a_sample_follow_each_other_in_index_order(store: LocalStore) -> None:
    write_shard(store, PLAN, 0)
    with tarfile.open(store.root / "shards/part-00000.tar") as tar:
        assert tar.getnames() == [
            f"{index:06d}.{ending}"
            for index, image in ((0, "png"), (1, "jpg"), (2, "webp"))
            for ending in (image, "mask.png", "json")
        ]
    write_shard(store, PLAN, 2)
    with tarfile.open(store.root / "shards/part-00002.tar") as tar:
        names = ["000007.jpg", "000007.mask.png", "000007.source.png", "000007.json"]
        assert tar.getnames()[3:7] == names


def test_rows_point_at_the_members(store: LocalStore) -> None:
    write_shard(store, PLAN, 2)
    data = store.get("shards/part-00002.tar")
    for row in pq.read_table(store.root / "rows/part-00002.parquet").to_pylist():
        sample = make_sample(row["index"])
        for member, content in (("image", sample.image), ("mask", sample.mask)):
            at, length = row[f"{member}_offset"], row[f"{member}_length"]
            assert data[at : at + length] == content
        if sample.source_mask is None:
            assert (row["source_offset"], row["source_length"]) == (None, None)
        else:
            assert data[row["source_offset"] :][: row["source_length"]] == sample.source_mask
        at, length = row["json_offset"], row["json_length"]
        assert json.loads(data[at : at + length])["id"] == row["id"]
        assert row["sha256"] == hashlib.sha256(sample.image).hexdigest()


def test_two_that_make_one_shard_write_equal_bytes(tmp_path: Path) -> None:
    made = []
    for name in ("one", "other"):
        store = LocalStore(tmp_path / name)
        write_shard(store, PLAN, 1)
        made.append({found.key: store.get(found.key) for found in store.list()})
    assert made[0] == made[1]
    assert len(made[0]) == 3


def test_a_second_publication_and_what_a_dead_run_left_change_nothing(store: LocalStore) -> None:
    store.put("shards/part-00001.tar", b"half a tar of a run that was killed" * 10_000)
    store.put("rows/part-00001.parquet", b"half")
    write_shard(store, PLAN, 1)
    first = {found.key: store.get(found.key) for found in store.list()}
    write_shard(store, PLAN, 1)
    assert {found.key: store.get(found.key) for found in store.list()} == first


def test_the_record_comes_last() -> None:
    keys = []

    class Watched(MemoryStore):
        def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
            keys.append(key)
            super().put(key, data, if_absent=if_absent)

    write_shard(Watched(), PLAN, 0)
    assert keys == ["shards/part-00000.tar", "rows/part-00000.parquet", "records/part-00000.json"]


@pytest.mark.parametrize("fault", [KeyboardInterrupt, SystemExit, ValueError])
def test_what_ends_half_way_leaves_nothing(store: LocalStore, fault: type[BaseException]) -> None:
    def make(index: int) -> Sample:
        if index == 2:
            raise fault
        return make_sample(index)

    with pytest.raises(fault):
        write_shard(store, PLAN, 0, make)
    assert list(store.list()) == []
    assert list((store.root / ".tmp").iterdir()) == []


def test_a_finished_shard_that_is_not_published_leaves_nothing(store: LocalStore) -> None:
    with ShardWriter(PLAN, 0, IDENTITY, store.scratch) as writer:
        for index in PLAN.samples(0):
            writer.add(make_sample(index))
        shard = writer.close()
        assert isinstance(shard, Shard)
        assert shard.tar.stat().st_size == shard.record.bytes
    assert list((store.root / ".tmp").iterdir()) == []


def add(sample: Sample) -> None:
    with ShardWriter(PLAN, 0, IDENTITY) as writer:
        writer.add(sample)


@pytest.mark.parametrize(
    ("sample", "message"),
    [
        (
            make_sample(1),
            "shard 0 expects sample 0 next and got 1 ('000001'); its stage must give them in order",
        ),
        (make_sample(0, id="../0"), "'../0' is not a sample id; use up to 80 letters, digits, - and _"),
        (make_sample(0, id="a.b"), "'a.b' is not a sample id; use up to 80 letters, digits, - and _"),
        (make_sample(0, id=""), "'' is not a sample id; use up to 80 letters, digits, - and _"),
        (
            make_sample(0, id="x" * 81),
            f"'{'x' * 81}' is not a sample id; use up to 80 letters, digits, - and _",
        ),
        (make_sample(0, format="gif"), "sample '000000' has format 'gif'; known: png, jpg, webp"),
    ],
)
def test_a_sample_that_does_not_belong_is_refused(sample: Sample, message: str) -> None:
    with pytest.raises(DataError) as caught:
        add(sample)
    assert str(caught.value) == message


def test_a_shard_that_ends_early_is_refused() -> None:
    with ShardWriter(PLAN, 1, IDENTITY) as writer:
        writer.add(make_sample(3))
        with pytest.raises(DataError) as caught:
            writer.close()
    assert str(caught.value) == (
        "shard 1 ends before sample 4 and the plan has it up to 5; its stage must give every sample"
    )


def test_a_shard_may_consist_of_failures() -> None:
    store = MemoryStore()
    record = write_shard(store, PLAN, 1, make_failure)
    assert (record.written, record.failed, record.bytes) == (0, 3, 1024)


@pytest.mark.parametrize("size", [100, 3000, 2_000_000])
def test_a_full_disk_is_said_and_leaves_nothing(store: LocalStore, size: int) -> None:
    image = make_sample(0).image + bytes(300_000)
    with pytest.raises(StoreFull) as caught, full_disk(size):
        write_shard(store, Plan(30, 1), 0, lambda index: make_sample(index, image=image))
    assert str(caught.value).startswith(f"no room left in {store.root}/.tmp/")
    assert str(caught.value).endswith(" (File too large); free some or write elsewhere")
    assert list(store.list()) == []
    assert list((store.root / ".tmp").iterdir()) == []


def test_a_disk_that_fills_up_while_rows_are_written_is_said(store: LocalStore) -> None:
    """Failures make rows and no members, so that the rows file is what grows."""
    with pytest.raises(StoreFull), full_disk(2000):
        write_shard(store, Plan(9000, 1), 0, lambda index: make_failure(index, f"{index * 7919} is odd"))
    assert list((store.root / ".tmp").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(
        StoreError, match=r"cannot write in .*/file/scratch \(Not a directory\); check the folder"
    ):
        ShardWriter(PLAN, 0, IDENTITY, tmp_path / "file" / "scratch")


def test_publishing_into_a_store_without_scratch_works() -> None:
    store = MemoryStore()
    with ShardWriter(PLAN, 0, IDENTITY) as writer:
        for index in PLAN.samples(0):
            writer.add(make_sample(index))
        record = publish(store, PLAN, writer.close())
    assert len(store.get("shards/part-00000.tar")) == record.bytes

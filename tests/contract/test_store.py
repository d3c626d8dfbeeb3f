"""What every store must do, tried on every backend and on the wrapper, with and without faults."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sigh_batch.errors import AlreadyExists, ConfigError, NotFound, StoreError
from sigh_batch.store import Store
from tests.contract.stores import MIB, keys_of, make_file, noise


def test_it_is_a_store(store: Store) -> None:
    assert isinstance(store, Store)
    assert store.url
    assert store.scratch is None or store.scratch.is_dir()


def test_what_is_put_is_got(store: Store) -> None:
    for key, data in {"a": b"one", "b/c/d.bin": bytes(range(256)), "empty": b""}.items():
        store.put(key, data)
        assert store.get(key) == data
    assert type(store.get("a")) is bytes


def test_put_replaces(store: Store) -> None:
    store.put("a", b"a long first version")
    store.put("a", b"second")
    assert store.get("a") == b"second"
    assert [(found.key, found.size) for found in store.list()] == [("a", 6)]


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        (0, None, b"0123456789"),
        (3, None, b"3456789"),
        (3, 4, b"3456"),
        (0, 10, b"0123456789"),
        (9, 1, b"9"),
        (8, 5, b"89"),
        (0, 10**15, b"0123456789"),
        (10, None, b""),
        (10, 1, b""),
        (500, 5, b""),
        (500, None, b""),
        (4, 0, b""),
    ],
)
def test_ranges(kept: Store, start: int, length: int | None, expected: bytes) -> None:
    kept.put("k", b"0123456789")
    assert kept.get("k", start, length) == expected


def test_ranges_of_an_empty_object(kept: Store) -> None:
    kept.put("k", b"")
    assert [kept.get("k", 0, 5), kept.get("k", 3), kept.get("k", 0, 0)] == [b"", b"", b""]


@pytest.mark.parametrize(("start", "length"), [(-1, None), (-1, 4), (0, -1)])
def test_a_range_that_counts_backwards_is_refused(kept: Store, start: int, length: int | None) -> None:
    kept.put("k", b"0123456789")
    with pytest.raises(ConfigError, match="not a range"):
        kept.get("k", start, length)


@pytest.mark.parametrize("length", [None, 0, 5])
def test_an_absent_object_is_not_found(kept: Store, length: int | None) -> None:
    with pytest.raises(NotFound, match=r"no object 'shards/none.tar' in .+"):
        kept.get("shards/none.tar", 0, length)
    assert kept.stat("shards/none.tar") is None


def test_a_folder_is_no_object(store: Store) -> None:
    store.put("a/b", b"x")
    assert store.stat("a") is None
    with pytest.raises(NotFound):
        store.get("a")
    store.delete("a")
    assert store.get("a/b") == b"x"


def test_stat_knows_size_and_time(store: Store) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    store.put("a/b", b"12345")
    found = store.stat("a/b")
    assert found is not None
    assert (found.key, found.size) == ("a/b", 5)
    assert before <= found.modified <= datetime.now(UTC) + timedelta(seconds=2)
    listed = next(iter(store.list()))
    assert (listed.key, listed.size) == (found.key, found.size)
    assert abs(listed.modified - found.modified) < timedelta(seconds=1)


def test_delete_twice(store: Store) -> None:
    store.put("a/b", b"x")
    for _ in range(2):
        store.delete("a/b")
        assert store.stat("a/b") is None
        assert keys_of(store) == []
    store.delete("never/was")


KEYS = [
    "ünï/日本/😀.json",
    "e\u0301",
    "\u00e9",
    "with space/+plus&and=is.txt",
    "per%20cent",
    "hash#query?star*",
    "til~de'quote\"(x)[y]{z}<w>|^`",
    ".hidden/.file",
    " leading",
    "trailing ",
    "עברית/عربي",
    "n" * 255,
    "/".join(["part" * 20] * 12),
]


def test_keys_are_any_text(store: Store) -> None:
    for key in KEYS:
        store.put(key, key.encode())
    assert keys_of(store) == sorted(KEYS, key=str.encode)
    for key in KEYS:
        assert store.get(key) == key.encode()
        assert store.get(key, 1, 3) == key.encode()[1:4]
        assert store.stat(key) is not None
        assert keys_of(store, key) == [key]
    for key in KEYS:
        store.delete(key)
    assert keys_of(store) == []


BAD_KEYS = ["", "/a", "a/", "a//b", ".", "..", "a/./b", "../a", "a/../../b", "a\\b", "a\0b", "new\nline"]
BAD_KEYS += ["\ud800", "x\ufffe", ".tmp/x", ".tmp", "n" * 256, "ü" * 128, "/".join(["p" * 200] * 6)]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_bad_keys_are_refused(kept: Store, key: str, tmp_path: Path) -> None:
    path = make_file(tmp_path, b"x")
    before = keys_of(kept)
    for act in (
        lambda: kept.get(key),
        lambda: kept.get(key, 0, 0),
        lambda: kept.put(key, b"x"),
        lambda: kept.put(key, b"x", if_absent=True),
        lambda: kept.put_file(key, path),
        lambda: kept.stat(key),
        lambda: kept.delete(key),
    ):
        with pytest.raises(ConfigError, match="not a store key"):
            act()
    assert path.exists()
    assert keys_of(kept) == before


def test_the_listing_is_sorted_by_the_whole_key(store: Store) -> None:
    keys = ["a-b/x", "a.txt", "a/b-c/x", "a/b.x", "a/b/x", "a/x", "a0", "aé", "a\uffe6", "a😀", "Z"]
    for key in keys:
        store.put(key, b"")
    assert keys_of(store) == sorted(keys, key=str.encode)


def test_a_prefix_need_not_be_a_folder(store: Store) -> None:
    for key in ("run.json", "shards/part-00000.tar", "shards/part-00001.tar", "shards/part-1.tar", "shardz"):
        store.put(key, b"")
    shards = ["shards/part-00000.tar", "shards/part-00001.tar", "shards/part-1.tar"]
    assert keys_of(store, "shards/") == shards
    assert keys_of(store, "shards/part-0") == shards[:2]
    assert keys_of(store, "shards/part-00001.tar") == shards[1:2]
    assert keys_of(store, "shar") == [*shards, "shardz"]
    for nothing in ("x", "shards/x", "shards/part-00000.tar/", "/", "/shards", "../", "shards//", "./"):
        assert keys_of(store, nothing) == []


def test_more_than_a_page_of_keys(crowd: tuple[Store, list[str]]) -> None:
    store, keys = crowd
    found = list(store.list("records/"))
    assert [each.key for each in found] == keys
    assert {each.size for each in found} == {len(keys[0])}
    assert keys_of(store, "records/part-010") == keys[1000:1100]
    assert store.get(keys[1050]) == keys[1050].encode()


def test_a_listing_need_not_be_read_to_its_end(crowd: tuple[Store, list[str]]) -> None:
    store, keys = crowd
    listing = store.list()
    assert [next(listing).key for _ in range(3)] == keys[:3]
    del listing
    assert next(store.list()).key == keys[0]


@pytest.mark.parametrize("form", ["put", "put_file"])
def test_if_absent_finds_what_is_there(store: Store, form: str, tmp_path: Path) -> None:
    def put(data: bytes) -> None:
        if form == "put":
            store.put("run.json", data, if_absent=True)
        else:
            store.put_file("run.json", make_file(tmp_path, data), if_absent=True)

    put(b"first")
    with pytest.raises(AlreadyExists, match=r"'run.json' is already in .+"):
        put(b"second")
    assert store.get("run.json") == b"first"
    store.delete("run.json")
    put(b"third")
    assert store.get("run.json") == b"third"


def test_put_file_takes_the_file(store: Store, tmp_path: Path) -> None:
    path = make_file(tmp_path, b"content")
    store.put_file("a/b", path)
    assert not path.exists()
    assert store.get("a/b") == b"content"
    store.put_file("a/b", make_file(tmp_path, b""))
    assert store.get("a/b") == b""


def test_put_file_takes_a_file_from_its_scratch(store: Store, tmp_path: Path) -> None:
    path = make_file(store.scratch or tmp_path, b"content")
    assert keys_of(store) == []
    store.put_file("a/b", path)
    assert not path.exists()
    assert keys_of(store) == ["a/b"]


def test_put_file_leaves_the_file_when_it_fails(store: Store, tmp_path: Path) -> None:
    store.put("k", b"first")
    path = make_file(tmp_path, b"second")
    with pytest.raises(AlreadyExists):
        store.put_file("k", path, if_absent=True)
    assert path.read_bytes() == b"second"
    with pytest.raises(StoreError, match=r"cannot put .+none.bin"):
        store.put_file("k", tmp_path / "none.bin")
    with pytest.raises(StoreError, match="not a file"):
        store.put_file("k", tmp_path)
    assert store.get("k") == b"first"


@pytest.mark.parametrize("if_absent", [False, True])
def test_a_large_object(store: Store, tmp_path: Path, if_absent: bool) -> None:
    data = noise(65 * MIB + 3)
    path = make_file(tmp_path, data)
    store.put_file("shards/large.tar", path, if_absent=if_absent)
    assert not path.exists()
    found = store.stat("shards/large.tar")
    assert found is not None
    assert found.size == len(data)
    assert store.get("shards/large.tar") == data
    assert store.get("shards/large.tar", 64 * MIB, 10 * MIB) == data[64 * MIB :]
    assert store.get("shards/large.tar", 16 * MIB - 2, 4) == data[16 * MIB - 2 : 16 * MIB + 2]


def test_a_large_object_from_memory(store: Store) -> None:
    data = noise(33 * MIB + 1)
    store.put("large", data)
    assert store.get("large") == data

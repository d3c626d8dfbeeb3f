import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.data.names import NAMES_KEY, Name, NamesFile, NamesWriter, original, readable
from sigh_batch.errors import DataError, NotFound
from sigh_batch.store.memory import MemoryStore


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_any_name_is_readable_and_turns_back(raw: bytes, other: bytes) -> None:
    name = raw.decode("utf-8", "surrogateescape")
    text = readable(name)
    text.encode()
    assert os.fsencode(original(text)) == raw
    assert (readable(other.decode("utf-8", "surrogateescape")) == text) == (other == raw)


def test_a_name_that_is_text_stays_as_it_is() -> None:
    assert readable("café \u202e\n=cmd.png") == "café \u202e\n=cmd.png"
    assert readable("a\udcff\\x41.png") == "a\\xff\\\\x41.png"


def kept(tmp_path: Path, count: int, **changes: str) -> tuple[MemoryStore, str]:
    writer = NamesWriter(tmp_path / "names")
    for number in range(count):
        writer.add(Name(path=f"{number}.png", size=number, **changes))
    listing = writer.close("files", "/pictures")
    store = MemoryStore()
    store.put_file(NAMES_KEY, tmp_path / "names")
    return store, listing


def test_any_part_of_a_list_comes_back_in_order(tmp_path: Path) -> None:
    store, listing = kept(tmp_path, 9000)
    names = NamesFile(store)
    assert (len(names), names.listing, names.reader, names.root) == (9000, listing, "files", "/pictures")
    for numbers in (range(3), range(4090, 4100), range(8999, 9000), range(9000)):
        assert [name.size for name in names.slice(numbers)] == list(numbers)


def test_the_hash_tells_lists_apart(tmp_path: Path) -> None:
    one, other = (kept(tmp_path, 3, **changes)[1] for changes in ({}, {"sha256": "0"}))
    assert one != other
    assert kept(tmp_path, 3)[1] == one
    assert kept(tmp_path, 4)[1] != one


def test_a_list_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        NamesFile(MemoryStore())
    store = MemoryStore()
    store.put(NAMES_KEY, b"torn")
    with pytest.raises(DataError, match=r"names\.parquet in .* is damaged"):
        NamesFile(store)

"""Keys and ranges, and what may be put."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.errors import ConfigError, StoreError
from sigh_batch.store import check_key
from sigh_batch.store.protocol import check_file, check_range

LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\\ufffe\uffff")
PARTS = st.text(LETTERS, min_size=1, max_size=60).filter(lambda part: part not in (".", "..", ".tmp"))


@given(st.lists(PARTS, min_size=1, max_size=4))
def test_any_text_makes_a_key(parts: list[str]) -> None:
    key = "/".join(parts)
    assert check_key(key) == key


@given(st.text(), st.sampled_from(["..", ".", "", "a\\b", "a\0b", "a\x1fb", "\udcff"]), st.text())
def test_a_bad_part_spoils_a_key(before: str, part: str, after: str) -> None:
    with pytest.raises(ConfigError, match="not a store key"):
        check_key(f"{before}/{part}/{after}")


def test_the_message_shows_the_key_and_how_it_should_be() -> None:
    with pytest.raises(ConfigError) as caught:
        check_key("/etc/passwd")
    assert str(caught.value) == (
        "not a store key: '/etc/passwd'; use relative posix paths like 'shards/part-00000.tar'"
    )


@pytest.mark.parametrize("key", ["a" * 255, "ü" * 127, "/".join(["p" * 204] * 5), "x/.tmp", ".tmp2"])
def test_the_longest_keys(key: str) -> None:
    assert check_key(key) == key


@pytest.mark.parametrize("key", ["a" * 256, "ü" * 128, "😀" * 64, "/".join(["p" * 205] * 5)])
def test_too_long_keys(key: str) -> None:
    with pytest.raises(ConfigError, match="too long; 1024 bytes are allowed, 255 in a part"):
        check_key(key)


def test_ranges() -> None:
    check_range(0, None)
    check_range(5, 0)
    with pytest.raises(ConfigError, match="not a range: None bytes from -1"):
        check_range(-1, None)


def test_a_file_to_put(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"12345")
    assert check_file(path) == 5
    with pytest.raises(StoreError, match=r"cannot put .*/none into a store: No such file"):
        check_file(tmp_path / "none")
    with pytest.raises(StoreError, match="it is not a file"):
        check_file(tmp_path)

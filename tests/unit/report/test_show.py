"""The page of a set lands beside the set, or where it is asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sigh_batch.data.plan import Plan
from sigh_batch.data.sample import Failure, Sample
from sigh_batch.errors import ConfigError, NotFound
from sigh_batch.report.show import PAGE_KEY, write_page
from sigh_batch.store.local import LocalStore
from sigh_batch.store.memory import MemoryStore
from tests.sets import make_failure, make_sample, write_set


def indexes(html: bytes) -> list[int]:
    return [int(number) for number in re.findall(rb'aria-label="Open sample (\d+):', html)]


def test_the_page_goes_into_the_set_and_shows_samples_from_all_over_it(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "ds")
    write_set(store, Plan(40, 4))
    facts, place = write_page(store, 8, None, "sigh generate --out ds")
    assert facts.count == 40
    assert place == f"{store.url}/{PAGE_KEY}"
    html = (tmp_path / "ds" / PAGE_KEY).read_bytes()
    assert indexes(html) == [0, 1, 10, 11, 20, 21, 30, 31], "whole pairs"
    assert b"8 of 40 samples are here" in html
    assert b"<code>sigh generate --out ds</code>" in html
    assert f'"again":"sigh data remake {store.url} 31"'.encode() in html


def test_the_page_goes_where_it_is_asked_for_and_the_set_stays_as_it_is(tmp_path: Path) -> None:
    store = MemoryStore()
    write_set(store, Plan(5, 1))
    before = [found.key for found in store.list()]
    _, place = write_page(store, 60, tmp_path / "page.html", "")
    assert place == str(tmp_path / "page.html")
    assert indexes((tmp_path / "page.html").read_bytes()) == [0, 1, 2, 3, 4]
    assert [found.key for found in store.list()] == before


def test_failed_samples_are_on_the_page_with_their_reason(tmp_path: Path) -> None:
    def make(index: int) -> Sample | Failure:
        return make_failure(index) if index == 2 else make_sample(index)

    store = MemoryStore()
    write_set(store, Plan(5, 2), make)
    write_page(store, 60, tmp_path / "page.html", "")
    html = (tmp_path / "page.html").read_bytes()
    assert indexes(html) == [0, 1, 3, 4]
    assert b"the picture is torn" in html


def test_a_page_that_cannot_be_written_says_where_and_why(tmp_path: Path) -> None:
    store = MemoryStore()
    write_set(store, Plan(2, 1))
    with pytest.raises(ConfigError, match=r"cannot write the page '.*absent/page\.html': No such file"):
        write_page(store, 60, tmp_path / "absent" / "page.html", "")


def test_without_a_set_nothing_is_written() -> None:
    store = MemoryStore()
    with pytest.raises(NotFound, match="no data set"):
        write_page(store, 60, None, "")
    assert list(store.list()) == []

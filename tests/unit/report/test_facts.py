"""The facts of a set are counts over all of it, the failed samples apart."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.data.identity import claim
from sigh_batch.data.plan import Plan
from sigh_batch.data.sample import Failure, Sample
from sigh_batch.errors import NotFound
from sigh_batch.report.facts import SetFacts, read_facts, spread
from sigh_batch.store.memory import MemoryStore
from tests.sets import IDENTITY, make_failure, make_sample, write_set


def test_a_set_is_counted_by_every_column_that_people_choose_by() -> None:
    store = MemoryStore()
    write_set(store, Plan(42, 3))
    facts = read_facts(store)
    samples = [make_sample(index) for index in range(42)]
    assert facts.count == 42
    assert facts.failed == 0
    assert facts.bytes == sum(len(sample.image) for sample in samples)
    assert (facts.kind, facts.config_hash, facts.seeds) == ("generate", "00c0ffee", [7])
    assert facts.counts == {
        "split": {"train": 32, "test": 10},
        "label": {"clean": 32, "forged": 10},
        "skin": {"bubbles": 14, "server": 14, "sms": 14},
        "theme": {"dark": 21, "light": 21},
        "locale": {"de_DE": 42},
        "benign": {"crop": 6},
        "operation": {"text_replace": 10},
    }


def test_the_most_frequent_value_comes_first() -> None:
    store = MemoryStore()
    write_set(store, Plan(10, 2), lambda index: make_sample(index, split="test" if index < 9 else "a"))
    assert list(read_facts(store).counts["split"].items()) == [("test", 9), ("a", 1)]


def test_an_operation_counts_once_a_sample() -> None:
    def make(index: int) -> Sample:
        sample = make_sample(3)
        return replace(sample, id=f"{index:06d}", index=index, ops=sample.ops * 3)

    store = MemoryStore()
    write_set(store, Plan(5, 2), make)
    assert read_facts(store).counts["operation"] == {"text_replace": 5}


def test_failed_samples_are_told_apart_and_the_first_are_named() -> None:
    def make(index: int) -> Sample | Failure:
        return make_failure(index, f"torn {index}") if index % 3 == 0 else make_sample(index)

    store = MemoryStore()
    write_set(store, Plan(300, 4), make)
    facts = read_facts(store)
    assert (facts.count, facts.failed) == (200, 100)
    assert [failure.index for failure in facts.failures] == list(range(0, 150, 3))
    assert facts.failures[1] == make_failure(3, "torn 3")
    assert sum(facts.counts["theme"].values()) == 200
    told = json.loads(json.dumps(asdict(facts)))
    assert (told["failed"], told["failures"][0]["code"]) == (100, "unreadable_image")


def test_a_column_that_no_sample_has_is_left_out() -> None:
    store = MemoryStore()
    write_set(store, Plan(4, 1), lambda index: make_sample(index, skin=None, benign=None, ops=(), label=0))
    counts = read_facts(store).counts
    assert counts.keys() == {"split", "label", "theme", "locale"}


def test_a_set_of_failures_alone_has_facts() -> None:
    store = MemoryStore()
    write_set(store, Plan(3, 1), make_failure)
    facts = read_facts(store)
    assert (facts.count, facts.failed, facts.bytes, facts.counts) == (0, 3, 0, {})


def test_no_set_and_an_unfinished_set_are_errors_that_say_so() -> None:
    store = MemoryStore()
    with pytest.raises(NotFound, match="no data set in memory"):
        read_facts(store)
    claim(store, IDENTITY)
    with pytest.raises(NotFound, match=r"is not finished.*sigh resume"):
        read_facts(store)


@pytest.mark.parametrize(
    ("url", "name"), [("/data/ds/", "ds"), ("s3://bucket/a/b", "b"), ("s3://bucket", "bucket"), ("/", "/")]
)
def test_a_set_is_called_by_the_last_part_of_its_url(url: str, name: str) -> None:
    facts = SetFacts(url=url, kind="generate", config_hash="0", seeds=[7], count=0, bytes=0, counts={})
    assert facts.name == name


@given(st.integers(0, 10_000), st.integers(0, 500))
def test_the_samples_that_stand_for_a_set_are_spread_evenly(count: int, limit: int) -> None:
    numbers = spread(count, limit)
    assert len(numbers) == min(count, limit)
    assert numbers == sorted(set(numbers))
    assert all(0 <= number < count for number in numbers)
    steps = {after - before for before, after in pairwise(numbers)}
    assert not steps or max(steps) - min(steps) <= 1

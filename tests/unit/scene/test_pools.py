from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.scene.pools import SPLITS, Division, divide, key_of

ENTRIES = st.lists(st.text(min_size=1, max_size=12), max_size=60)


@given(ENTRIES)
def test_every_entry_lies_in_one_split(entries: list[str]) -> None:
    shares = divide(entries)
    assert sorted(entry for share in shares.values() for entry in share) == sorted(set(entries))


@given(ENTRIES)
def test_entries_that_differ_in_case_and_punctuation_only_stay_together(entries: list[str]) -> None:
    shares = divide([*entries, *(f"{entry.upper()}!" for entry in entries)])
    keys = [{key_of(entry) for entry in shares[split]} for split in SPLITS]
    assert sum(map(len, keys)) == len(set.union(*keys))


@given(st.sets(st.text("abcdefghij", min_size=3, max_size=8), min_size=3, max_size=80))
def test_of_three_entries_every_split_gets_some(entries: set[str]) -> None:
    shares = divide(entries)
    assert all(shares.values())
    if len(entries) >= 20:
        assert len(shares["train"]) > len(shares["validation"]) + len(shares["test"])


def test_a_division_does_not_depend_on_the_order_or_the_process() -> None:
    words = [f"word {number}" for number in range(40)]
    shares = divide(words)
    assert {split: set(share) for split, share in divide(reversed(words)).items()} == {
        split: set(share) for split, share in shares.items()
    }
    assert [len(shares[split]) for split in SPLITS] == [28, 6, 6]


def test_what_was_put_stays_put() -> None:
    division = Division()
    division.add(["one"])
    first = division.split("one")
    division.add(["one", "two", "three", "four"])
    assert division.split("one") == first
    assert {division.split(word) for word in ("one", "two", "three", "four")} == set(SPLITS)

from collections.abc import Callable
from dataclasses import replace

from sigh_batch.data.catalog import Catalog
from sigh_batch.data.pairs import pair_problems
from sigh_batch.data.plan import Plan
from sigh_batch.data.sample import Failure, Sample
from sigh_batch.store.memory import MemoryStore
from tests.sets import make_failure, make_sample, write_set


def paired(index: int) -> Sample:
    """Return a sample of a set in which every odd one is the forged twin of the one before."""
    return replace(make_sample(index), label=index % 2)


def problems(make: Callable[[int], Sample | Failure], count: int = 60) -> list[str]:
    store = MemoryStore("a")
    write_set(store, Plan(count, 7), make)
    return list(pair_problems(Catalog(store)))


def test_twins_that_shards_part_still_find_each_other() -> None:
    assert problems(paired) == []


def test_twins_may_stand_in_any_order() -> None:
    assert problems(lambda index: replace(paired(index), label=1 - index % 2)) == []
    assert (
        problems(lambda index: replace(paired(index), pair=str(index % 30), label=index // 30, split="a"))
        == []
    )


def test_clean_samples_need_no_twin() -> None:
    assert problems(lambda index: replace(make_sample(index), label=0)) == []


def test_a_twin_that_failed_is_missed() -> None:
    found = problems(lambda index: make_failure(8) if index == 8 else paired(index))
    assert found == ["sample 000009 is forged and has no clean twin in the set"]
    assert problems(lambda index: make_failure(9) if index == 9 else paired(index)) == []


def test_a_twin_in_another_split_is_named() -> None:
    def astray(index: int) -> Sample:
        return replace(paired(index), split="validation") if index == 8 else paired(index)

    assert problems(astray) == ["sample 000009 is in split train and its twin 000008 in validation"]


def test_two_forged_samples_do_not_share_a_twin() -> None:
    def shared(index: int) -> Sample:
        return replace(paired(index), pair="pair-4") if index == 3 else paired(index)

    assert problems(shared) == ["sample 000009 is forged and has no clean twin in the set"]


def test_many_are_counted() -> None:
    found = problems(lambda index: replace(make_sample(index), label=1))
    assert len(found) == 21
    assert found[-1] == "40 more forged samples have no clean twin in their split"

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.data.identity import claim
from sigh_batch.data.plan import Plan, remaining
from sigh_batch.errors import ConfigError
from sigh_batch.store.memory import MemoryStore
from tests.sets import IDENTITY, write_shard

plans = st.integers(1, 5000).flatmap(
    lambda count: st.builds(Plan, st.just(count), st.integers(1, min(count, 300)))
)


@given(plans)
def test_every_sample_is_in_exactly_one_shard_in_order(plan: Plan) -> None:
    spans = [plan.samples(shard) for shard in range(len(plan))]
    assert [index for span in spans for index in span] == list(range(plan.count))
    assert max(map(len, spans)) - min(map(len, spans)) <= 1
    assert min(map(len, spans)) >= 1


@given(st.integers(1, 10**7), st.integers(1, 10**4))
def test_a_shard_size_is_never_exceeded_and_no_shard_is_wasted(count: int, size: int) -> None:
    plan = Plan.sized(count, size)
    assert len(plan.samples(0)) <= size
    assert len(plan.samples(len(plan) - 1)) <= size
    assert (len(plan) - 1) * size < count


@given(st.integers(1, 10**7), st.data())
def test_names_sort_as_numbers_do_and_are_read_back(shards: int, data: st.DataObject) -> None:
    plan = Plan(shards, shards)
    one, other = (data.draw(st.integers(0, shards - 1)) for _ in range(2))
    assert (plan.name(one) < plan.name(other)) == (one < other)
    assert plan.number(plan.name(one)) == one


def test_names_are_the_published_ones() -> None:
    plan = Plan(100, 10)
    assert plan.tar_key(3) == "shards/part-00003.tar"
    assert plan.rows_key(3) == "rows/part-00003.parquet"
    assert plan.record_key(3) == "records/part-00003.json"
    assert Plan(10**6, 10**6).name(7) == "part-000007"


@pytest.mark.parametrize(
    "name",
    [
        "part-00010",
        "part-0001",
        "part-000001",
        "part-0000a",
        "part-" + "\N{ARABIC-INDIC DIGIT ONE}" * 5,
        "shard-00001",
        "part-",
        "",
        "00001",
    ],
)
def test_a_name_of_another_plan_has_no_number(name: str) -> None:
    assert Plan(100, 10).number(name) is None


@pytest.mark.parametrize(
    ("count", "shards", "message"),
    [
        (0, 1, "a run needs at least 1 sample, got count 0"),
        (-5, 1, "a run needs at least 1 sample, got count -5"),
        (5, 0, "a run needs at least 1 shard, got 0"),
        (5, 6, "5 samples cannot fill 6 shards; ask for 5 shards or fewer"),
    ],
)
def test_an_impossible_plan_is_refused(count: int, shards: int, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Plan(count, shards)
    assert str(caught.value) == message


def test_a_shard_that_is_not_in_the_plan_is_refused() -> None:
    with pytest.raises(ConfigError, match="there is no shard 4; the plan has shards 0 to 3"):
        Plan(10, 4).samples(4)
    with pytest.raises(ConfigError, match="got shard size 0"):
        Plan.sized(10, 0)


@given(st.sets(st.integers(0, 6)))
def test_what_remains_is_the_plan_minus_the_records(done: set[int]) -> None:
    store, plan = MemoryStore(), Plan(20, 7)
    claim(store, IDENTITY)
    for shard in done:
        store.put(plan.record_key(shard), b"{}")
    assert set(remaining(store, plan, IDENTITY)) == set(range(7)) - done
    assert list(remaining(store, plan, IDENTITY)) == sorted(set(range(7)) - done)


def test_only_records_count_as_made() -> None:
    store, plan = MemoryStore(), Plan(20, 4)
    claim(store, IDENTITY)
    write_shard(store, plan, 2)
    store.put("shards/part-00001.tar", b"half a tar")
    store.put("rows/part-00001.parquet", b"half of its rows")
    store.put("records/part-00001.json.part", b"{")
    store.put("records/part-00009.json", b"{}")
    store.put("records/part-00001", b"{}")
    assert list(remaining(store, plan, IDENTITY)) == [0, 1, 3]

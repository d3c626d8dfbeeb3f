import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.data.order import Order, Permutation
from sigh_batch.errors import ConfigError, DataError

counts = st.one_of(st.integers(0, 70), st.integers(0, 20_000))
seeds = st.integers(0, 2**63 - 1)


@given(counts, seeds, st.integers(0, 1000))
def test_an_order_is_a_permutation(count: int, seed: int, epoch: int) -> None:
    order = list(Order(count, seed, epoch))
    assert sorted(order) == list(range(count))
    assert len(Order(count, seed, epoch)) == count


@pytest.mark.parametrize("count", [2**k + d for k in range(1, 13) for d in (-1, 0, 1)])
def test_sizes_around_powers_of_two_are_exact(count: int) -> None:
    assert sorted(Order(count, 1)) == list(range(count))


def test_the_order_is_the_same_for_ever() -> None:
    """A training that is resumed by a newer version must see what the older one left."""
    assert list(Order(12, seed=7)) == [8, 7, 0, 6, 9, 10, 1, 5, 11, 4, 2, 3]


def test_seeds_and_epochs_give_other_orders() -> None:
    orders = [tuple(Order(1000, seed, epoch)) for seed in range(5) for epoch in range(5)]
    assert len(set(orders)) == 25


def test_every_index_is_equally_likely_everywhere() -> None:
    count, seeds = 7, 4000
    table = np.zeros((count, count))
    for seed in range(seeds):
        for position, index in enumerate(Order(count, seed)):
            table[position, index] += 1
    expected = seeds / count
    # Chi-square with 36 degrees of freedom lies above 80 once in 30,000 times.
    assert ((table - expected) ** 2 / expected).sum() < 80


def test_neighbours_are_torn_apart() -> None:
    order = np.array(list(Order(100_000, 3)))
    assert abs(np.corrcoef(order[:-1], order[1:])[0, 1]) < 0.02
    assert abs(np.corrcoef(np.arange(len(order)), order)[0, 1]) < 0.02


def test_no_array_of_all_positions_is_ever_made() -> None:
    order = Order(10**15, 3)
    first = [index for index, _ in zip(order, range(10), strict=False)]
    assert len(set(first)) == 10
    assert max(first) > 10**13
    assert Permutation(10**15, 3, 0)(np.array([10**15 - 1])).shape == (1,)


@given(counts, seeds, st.integers(1, 9), st.integers(1, 5))
def test_ranks_and_workers_share_an_order_without_a_loss(
    count: int, seed: int, ranks: int, workers: int
) -> None:
    order = Order(count, seed)
    parts = [
        order.part(rank, ranks).part(worker, workers) for rank in range(ranks) for worker in range(workers)
    ]
    assert sorted(index for part in parts for index in part) == list(range(count))
    assert [len(part) for part in parts] == [len(list(part)) for part in parts]
    ranks_sizes = [len(order.part(rank, ranks)) for rank in range(ranks)]
    assert max(ranks_sizes) - min(ranks_sizes) <= 1


@given(st.integers(1, 3000), seeds, st.integers(1, 9))
def test_ranks_in_step_consume_the_one_order(count: int, seed: int, ranks: int) -> None:
    order = Order(count, seed)
    parts = [list(order.part(rank, ranks)) for rank in range(ranks)]
    steps = [part[step] for step in range(len(parts[0])) for part in parts if step < len(part)]
    assert steps == list(order)


@given(
    st.integers(1, 2000),
    seeds,
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(0, 40)), max_size=6),
)
def test_an_epoch_that_is_stopped_again_and_again_reads_everything_once(
    count: int, seed: int, stops: list[tuple[int, int, int]]
) -> None:
    """Each leg runs on another number of ranks and workers, and stops after some steps."""
    consumed: list[int] = []
    order = Order(count, seed, 3)
    for ranks, workers, steps in stops:
        for rank in range(ranks):
            mine = order.part(rank, ranks)
            split = [list(mine.part(worker, workers)) for worker in range(workers)]
            read = [split[step % workers][step // workers] for step in range(min(steps, len(mine)))]
            consumed += read
        state = json.loads(json.dumps(order.state(min(steps * ranks, len(order)))))
        order = Order.resume(state, count)
    consumed += list(order)
    assert len(consumed) == count
    assert sorted(consumed) == list(range(count))


def test_a_resumed_order_is_the_rest_of_the_one_it_was() -> None:
    order = Order(100, 5, 2)
    state = order.state(30)
    assert state == {"count": 100, "seed": 5, "epoch": 2, "position": 30}
    rest = Order.resume(state, 100)
    assert list(rest) == list(order)[30:]
    assert list(Order.resume(rest.state(20), 100)) == list(order)[50:]
    assert list(Order.resume(order.state(100), 100)) == []
    assert list(Order.resume(order.state(10**9), 100)) == []


@given(st.integers(1, 500), seeds, st.integers(1, 9))
def test_padding_makes_all_parts_equal_by_the_first_of_the_order(count: int, seed: int, ranks: int) -> None:
    order = Order(count, seed)
    parts = [list(order.part(rank, ranks, pad=True)) for rank in range(ranks)]
    assert {len(part) for part in parts} == {-(-count // ranks)}
    indexes = [part[step] for step in range(len(parts[0])) for part in parts]
    extra = indexes[count:]
    assert indexes[:count] == list(order)
    assert extra == (list(order) * ranks)[: len(extra)]
    assert len(extra) < ranks


def test_padding_of_what_is_left_of_an_epoch() -> None:
    rest = Order.resume(Order(10, 1).state(7), 10)
    parts = [list(rest.part(rank, 2, pad=True)) for rank in range(2)]
    assert [len(part) for part in parts] == [2, 2]
    assert [parts[0][0], parts[1][0], parts[0][1]] == list(Order(10, 1))[7:]
    assert parts[1][1] == next(iter(Order(10, 1)))


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({}, "not the state of an order: {}"),
        ({"count": 5, "seed": 1, "epoch": 0, "position": "x"}, "not the state of an order: {'count': 5"),
        ({"count": 6, "seed": 1, "epoch": 0, "position": 2}, "the order was of 6 samples and the data has 5"),
        ({"count": 5, "seed": 1, "epoch": 0, "position": 9}, "not the state of an order: {'count': 5"),
        ({"count": 5, "seed": 1, "epoch": 0, "position": -1}, "not the state of an order: {'count': 5"),
        ({"count": 5, "seed": 1, "epoch": -2, "position": 0}, "not the state of an order: {'count': 5"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(state: dict[str, int], message: str) -> None:
    with pytest.raises(DataError) as caught:
        Order.resume(state, 5)
    assert str(caught.value).startswith(message)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match="there is no part 3 of 3; parts count from 0"):
        Order(10, 1).part(3, 3)
    with pytest.raises(ConfigError, match="no order of -1 samples"):
        Order(-1, 1)
    with pytest.raises(ConfigError, match="the state of a part says nothing of the others"):
        Order(10, 1).part(0, 2).state(1)

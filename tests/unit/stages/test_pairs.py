from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.stages.pairs import Pairs


def labels(pairs: Pairs) -> list[int]:
    """Return the label of every sample."""
    return [int(index % 2 == pairs.of(index).forged) for index in range(pairs.count)]


@given(st.integers(0, 2**63 - 1), st.integers(1, 300), st.integers(1, 40))
def test_classes_are_balanced_to_one_and_pictures_too(seed: int, count: int, pictures: int) -> None:
    pairs = Pairs(seed, count, pictures)
    found = labels(pairs)
    assert sum(found) == count // 2
    assert found[-1] == 0 or count % 2 == 0
    used = Counter(pairs.of(2 * number).picture for number in range((count + 1) // 2))
    assert set(used) <= set(range(pictures))
    assert max(used.values()) - min((used[number] for number in range(pictures)), default=0) <= 1


def test_order_within_a_pair_is_drawn_and_names_tell_nothing() -> None:
    pairs = Pairs(3, 2000, 1000)
    forged = [pairs.of(2 * number).forged for number in range(1000)]
    assert 440 <= sum(forged) <= 560
    ends = [int(pairs.id_of(index)[-1], 16) & 1 for index in range(2000)]
    agree = sum(end == label for end, label in zip(ends, labels(pairs), strict=True))
    assert 900 <= agree <= 1100
    assert len({pairs.id_of(index) for index in range(2000)}) == 2000


def test_both_of_a_pair_agree_on_it_and_rounds_have_their_own_order() -> None:
    pairs = Pairs(3, 60, 10)
    assert all(pairs.of(2 * number) == pairs.of(2 * number + 1) for number in range(30))
    rounds = [[pairs.of(2 * number).picture for number in range(start, start + 10)] for start in (0, 10, 20)]
    assert rounds[0] == list(range(10))
    assert rounds[1] != rounds[0]
    assert all(sorted(order) == list(range(10)) for order in rounds)

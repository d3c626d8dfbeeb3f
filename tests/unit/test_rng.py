import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.rng import Draws, for_sample


def reference(path: str, index: int, count: int) -> list[float]:
    """Return the stream as numpy gives it: blocks of 64 words, each read from its end."""
    key = int.from_bytes(hashlib.blake2b(path.encode(), digest_size=16).digest(), "little")
    words = np.random.Philox(key=key, counter=index << 64).random_raw(-(-count // 64) * 64)
    blocks = words.reshape(-1, 64)[:, ::-1].ravel()[:count]
    return [(int(word) >> 11) / (1 << 53) for word in blocks]


@given(st.integers(0, 10**12), st.integers(0, 2**63 - 1))
def test_a_stream_is_philox_keyed_by_its_name_and_counted_by_the_index(index: int, seed: int) -> None:
    draws = for_sample(seed, "stage", index)
    assert [draws.random() for _ in range(150)] == reference(f"{seed}/stage", index, 150)
    assert draws.fork("part").random() == reference(f"{seed}/stage/part", index, 1)[0]


def test_streams_do_not_disturb_each_other() -> None:
    one, two = for_sample(1, "a", 5), for_sample(1, "b", 5)
    mixed = [(one.random(), two.random()) for _ in range(200)]
    assert [first for first, _ in mixed] == reference("1/a", 5, 200)
    assert [second for _, second in mixed] == reference("1/b", 5, 200)


def test_threads_have_streams_of_their_own() -> None:
    def draw(index: int) -> list[float]:
        draws = for_sample(2, "t", index)
        return [draws.random() for _ in range(500)]

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(draw, range(40)))
    assert found == [reference("2/t", index, 500) for index in range(40)]


def test_a_generator_is_apart_from_the_scalars() -> None:
    draws = for_sample(3, "t", 1)
    first = draws.generator().random(4).tolist()
    draws.random()
    assert draws.generator().random(4).tolist() == first
    assert first[0] != for_sample(3, "t", 1).random()


def test_a_source_is_the_same_for_the_same_stream_alone() -> None:
    words = for_sample(3, "t", 1).source().random_raw(4).tolist()
    assert for_sample(3, "t", 1).source().random_raw(4).tolist() == words
    others = [
        for_sample(4, "t", 1),
        for_sample(3, "u", 1),
        for_sample(3, "t", 2),
        for_sample(3, "t", 1).fork("v"),
    ]
    for draws in others:
        assert not set(draws.source().random_raw(4).tolist()) & set(words)


@given(st.integers(-50, 50), st.integers(0, 100), st.integers(0, 1000))
def test_scalars_keep_to_their_ranges(low: int, more: int, index: int) -> None:
    draws = Draws("p", index)
    assert low <= draws.integer(low, low + more) <= low + more
    assert low <= draws.uniform(low, low + more) <= low + more
    assert draws.choice(range(low, low + more + 1)) in range(low, low + more + 1)
    assert sorted(draws.shuffled(range(more))) == list(range(more))
    assert len(set(draws.sample(range(more + 3), 3))) == 3


def test_chances_come_out() -> None:
    draws = for_sample(4, "t", 0)
    assert 0.27 < sum(draws.chance(0.3) for _ in range(4000)) / 4000 < 0.33
    picked = [draws.weighted("abc", (1, 0, 3)) for _ in range(4000)]
    assert picked.count("b") == 0
    assert 0.71 < picked.count("c") / 4000 < 0.79
    values = [draws.normal(5, 2) for _ in range(4000)]
    assert abs(np.mean(values) - 5) < 0.15
    assert abs(np.std(values) - 2) < 0.15


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match=r"integer\(3, 2\): the range is empty"):
        Draws("p", 0).integer(3, 2)
    with pytest.raises(ValueError, match=r"sample\(4\) of only 3 items"):
        Draws("p", 0).sample("abc", 4)

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.rng import for_sample
from sigh_batch.scene.clock import Clock

STEPS = st.lists(st.sampled_from(("burst", "answer", "pause", "rest")), max_size=80)


@given(st.integers(0, 10**6), STEPS)
def test_time_only_goes_forward(index: int, steps: list[str]) -> None:
    clock = Clock(for_sample(2, "t", index))
    moments = [clock.now]
    for step in steps:
        moments.append(getattr(clock, step)(40) if step in ("burst", "answer") else getattr(clock, step)())
    assert all(one < two for one, two in itertools.pairwise(moments))
    assert clock.look() > clock.now
    assert 2019 <= moments[0].year <= 2026


def test_few_write_at_night() -> None:
    clock = Clock(for_sample(2, "t", 1))
    hours = [clock.rest().hour for _ in range(400)]
    assert sum(hour < 6 for hour in hours) < 25

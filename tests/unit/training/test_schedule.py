from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.config.train import TrainConfig
from sigh_batch.training.schedule import Schedule

NAMES = ("cosine", "one_cycle", "plateau", "step", "constant")
totals = st.integers(2, 500)


def schedule(name: str, total: int, **settings: object) -> Schedule:
    config = TrainConfig.model_validate({"schedule": name, **settings})
    return Schedule(config, total, per_epoch=max(1, total // 5))


@given(st.sampled_from(NAMES), totals, st.floats(0, 0.9))
def test_the_rate_rises_through_the_warm_up_to_its_highest_and_not_again(
    name: str, total: int, warmup: float
) -> None:
    made = schedule(name, total, warmup=warmup)
    shares = [made.share(step) for step in range(total)]
    rising, after = shares[: made.warmup], shares[made.warmup :]
    assert all(0 < share <= 1 for share in rising)
    assert rising == sorted(rising)
    assert after == sorted(after, reverse=True)
    if made.warmup:
        assert rising[-1] == pytest.approx(1)
    if made.warmup < total - 1:
        assert after[0] == 1


@given(st.sampled_from(("cosine", "one_cycle")), totals, st.floats(0, 1))
def test_what_falls_ends_where_it_should(name: str, total: int, final: float) -> None:
    made = schedule(name, total, final_lr=final, warmup=0.1)
    assert made.share(total - 1) == pytest.approx(final)


def test_a_step_is_taken_every_so_many_epochs_and_not_below_the_end() -> None:
    made = Schedule(
        TrainConfig(schedule="step", warmup=0, step_epochs=2, shrink=0.1, final_lr=0.005), 80, per_epoch=10
    )
    assert [made.share(step) for step in (0, 19, 20, 39, 40, 79)] == pytest.approx(
        [1, 1, 0.1, 0.1, 0.01, 0.005]
    )


def test_a_plateau_shrinks_what_validation_says_and_nothing_else() -> None:
    made = Schedule(TrainConfig(schedule="plateau", warmup=0, shrink=0.5, final_lr=0.1), 80, per_epoch=10)
    assert [made.share(79, shrinks) for shrinks in range(5)] == [1, 0.5, 0.25, 0.125, 0.1]

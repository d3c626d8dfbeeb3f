"""Which pictures stand for a batch."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.report.predictions.choice import Best, share_room


@given(st.lists(st.lists(st.integers(0, 20), max_size=30), max_size=8), st.integers(1, 10))
def test_the_best_of_all_batches_is_kept_however_they_are_divided(
    batches: list[list[int]], most: int
) -> None:
    best = Best(most)
    row = 0
    keyed = []
    for batch in batches:
        rows = np.arange(row, row + len(batch), dtype=np.int64)
        best.offer(np.array(batch, np.float64), rows)
        keyed += list(zip(batch, rows.tolist(), strict=True))
        row += len(batch)
    assert best.rows == [place for _, place in sorted(keyed)[:most]]


@given(
    st.dictionaries(
        st.sampled_from(["missed", "false_alarm", "disputed", "flagged", "uncertain", "clean"]),
        st.lists(st.integers(0, 60), unique=True, max_size=40),
    ),
    st.integers(1, 50),
)
def test_the_room_is_used_up_and_never_exceeded(pools: dict[str, list[int]], room: int) -> None:
    chosen = share_room(dict(pools), room)
    every = {row for rows in pools.values() for row in rows}
    assert len(chosen) == min(room, len(every))
    assert all(row in pools[name] for row, name in chosen.items())


def test_a_cut_leaves_some_of_every_pool() -> None:
    chosen = share_room({"flagged": range(400), "clean": range(400, 800), "missed": range(800, 820)}, 100)
    foremost = list(chosen.values())[:20]
    assert {"flagged", "clean", "missed"} == set(foremost)
    assert next(row for row, name in chosen.items() if name == "flagged") == 0

from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.degrade.operation import find
from sigh_batch.degrade.picture import picture_of

WHITE = picture_of(np.full((300, 400, 3), 255, np.uint8), np.ones((300, 400), bool))


def test_it_goes_from_tail_to_tip_and_has_a_head_at_the_tip() -> None:
    params = {"tail": [0.25, 0.5], "tip": [0.75, 0.5], "head": 0.2, "thickness": 0.01, "color": [255, 0, 0]}
    done = find("arrow").apply(WHITE, params)
    red = (done.pixels == (255, 0, 0)).all(axis=2)
    columns = np.flatnonzero(red.any(axis=0))
    assert columns[0] == pytest.approx(100, abs=3)
    assert columns[-1] == pytest.approx(300, abs=3)
    assert np.ptp(np.flatnonzero(red[:, 150])) <= 4
    assert np.ptp(np.flatnonzero(red[:, 275])) > 20
    assert np.array_equal(done.mask == 0, red)
    assert int(red.sum()) > 500

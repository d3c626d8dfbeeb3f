from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.degrade.operation import find
from sigh_batch.degrade.picture import picture_of
from sigh_batch.rng import for_sample
from tests.chats import chat

WHITE = picture_of(np.full((300, 400, 3), 255, np.uint8))


def test_a_steady_hand_draws_an_ellipse() -> None:
    ring = {"middle": [0.5, 0.5], "radii": [0.25, 0.2], "wobble": 0.0, "start": 0.0, "turn": 6.2832}
    done = find("circle").apply(WHITE, {**ring, "thickness": 0.005, "color": [0, 0, 255]})
    rows, columns = np.nonzero((done.pixels == (0, 0, 255)).all(axis=2))
    distance = np.hypot((columns + 0.5 - 200) / 100, (rows + 0.5 - 150) / 60)
    assert np.abs(distance - 1).max() < 0.04
    angles = np.degrees(np.arctan2(rows - 150, columns - 200))
    assert np.histogram(angles, 12)[0].min() > 5


def test_drawn_rings_go_around_an_element() -> None:
    operation, picture = find("circle"), chat()
    for index in range(40):
        params = operation.draw(for_sample(1, "c", index), picture)
        (x, y), (across, down) = params["middle"], params["radii"]
        around = [
            box
            for kind, box in zip(picture.kinds, picture.boxes.tolist(), strict=True)
            if kind in ("author", "line", "avatar")
            and (box[0] + box[2] / 2) / 400 == pytest.approx(x, abs=1e-4)
            and (box[1] + box[3] / 2) / 320 == pytest.approx(y, abs=1e-4)
        ]
        assert len(around) == 1
        assert across * 400 > around[0][2] / 2
        assert down * 320 > around[0][3] / 2

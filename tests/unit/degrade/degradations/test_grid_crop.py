from __future__ import annotations

from sigh_batch.degrade.operation import find
from sigh_batch.rng import for_sample
from tests.chats import chat


def test_a_drawn_crop_always_moves_the_grid() -> None:
    operation = find("grid_crop")
    for index in range(300):
        params = operation.draw(for_sample(1, "g", index), chat())
        assert params["left"] % 8 or params["top"] % 8
        done = operation.apply(chat(), params)
        assert done.width == 400 - params["left"] - params["right"]

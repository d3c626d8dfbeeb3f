from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.degrade.operation import find
from tests.chats import chat


@pytest.mark.parametrize("method", ["octree", "median_cut"])
@pytest.mark.parametrize("dither", [False, True])
@pytest.mark.parametrize("colors", [2, 16, 100])
def test_no_more_colours_are_left(method: str, dither: bool, colors: int) -> None:
    params = {"colors": colors, "method": method, "dither": dither}
    done = find("palette").apply(chat(), params).pixels
    left = len(np.unique(done.reshape(-1, 3), axis=0))
    assert 2 <= left <= colors


def test_posterizing_leaves_evenly_spaced_levels_from_0_to_255() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8).reshape(1, 256, 1), 3, 2)
    picture = chat()
    for levels in (2, 3, 17, 256):
        params = {"colors": levels, "method": "posterize", "dither": False}
        left = np.unique(
            find("palette").apply(picture.moved(ramp, picture.mask[:1, :256], picture.boxes), params).pixels
        )
        assert left.tolist() == [round(255 * step / (levels - 1)) for step in range(levels)]

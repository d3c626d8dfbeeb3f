from __future__ import annotations

import numpy as np

from sigh_batch.degrade.operation import find
from tests.chats import chat


def test_the_picture_is_whole_between_bars_of_the_colour() -> None:
    params = {"sides": 0.25, "ends": 0.1, "fill": "color", "color": [1, 2, 3]}
    done = find("letterbox").apply(chat(), params)
    assert done.pixels.shape == (384, 600, 3)
    assert np.array_equal(done.pixels[32:352, 100:500], chat().pixels)
    assert (done.pixels[:32] == (1, 2, 3)).all()
    assert (done.pixels[:, 500:] == (1, 2, 3)).all()
    assert int(done.mask.sum()) == int(chat().mask.sum())


def test_a_blurred_backdrop_has_the_picture_s_colours_without_its_detail() -> None:
    params = {"sides": 0.5, "ends": 0.0, "fill": "blur", "color": [0, 0, 0]}
    done = find("letterbox").apply(chat(), params)
    assert np.array_equal(done.pixels[:, 200:600], chat().pixels)
    bar = done.pixels[:, :200].astype(float)
    assert 0.6 < bar.mean() / chat().pixels.mean() < 0.85
    assert np.abs(np.diff(bar, axis=1)).max() < 12

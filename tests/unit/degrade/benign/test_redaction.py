from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.degrade.operation import find
from sigh_batch.degrade.picture import picture_of
from tests.chats import chat

MARKED = picture_of(chat().pixels, np.ones((320, 400), bool))
PLACE = [0.25, 0.25, 0.5, 0.25]  # 100, 80 to 300, 160


def test_under_a_bar_nothing_is_left_to_be_forged() -> None:
    params = {"places": [PLACE], "style": "bar", "color": [9, 8, 7]}
    done = find("redaction").apply(MARKED, params)
    assert (done.pixels[80:160, 100:300] == (9, 8, 7)).all()
    assert not done.mask[80:160, 100:300].any()
    assert int(done.mask.sum()) == 320 * 400 - 80 * 200
    outside = np.ones((320, 400), bool)
    outside[80:160, 100:300] = False
    assert np.array_equal(done.pixels[outside], MARKED.pixels[outside])


@pytest.mark.parametrize("style", ["rounded", "scribble"])
def test_marks_go_exactly_where_the_paint_is_opaque(style: str) -> None:
    white = picture_of(np.full((320, 400, 3), 255, np.uint8), np.ones((320, 400), bool))
    done = find("redaction").apply(white, {"places": [PLACE], "style": style, "color": [0, 0, 0]})
    black = (done.pixels == 0).all(axis=2)
    assert np.array_equal(done.mask == 0, black)
    covered = black[80:160, 100:300].mean()
    assert 0.5 < covered < 1
    assert not black[:80].any()
    assert not black[:, 300:].any()

from __future__ import annotations

import numpy as np

from sigh_batch.degrade.operation import find
from sigh_batch.degrade.picture import picture_of
from tests.chats import chat

WHITE = picture_of(np.full((200, 200, 3), 240, np.uint8))
PLACE = [0.25, 0.4, 0.5, 0.1]


def test_blending_mixes_and_multiplying_darkens() -> None:
    pen = {"places": [PLACE], "color": [255, 100, 0], "strength": 0.5, "slant": 0.0}
    blend = find("highlighter").apply(WHITE, {**pen, "style": "blend"}).pixels
    assert blend[90, 100].tolist() == [248, 170, 120]
    multiply = find("highlighter").apply(WHITE, {**pen, "style": "multiply"}).pixels
    assert multiply[90, 100].tolist() == [240, 167, 120]
    changed = (blend != 240).any(axis=2)
    assert np.array_equal(np.flatnonzero(changed.any(axis=1)), np.arange(80, 100))
    assert np.array_equal(np.flatnonzero(changed.any(axis=0)), np.arange(50, 150))


def test_a_slanted_stroke_rises_to_the_right() -> None:
    pen = {"places": [PLACE], "color": [255, 0, 0], "strength": 0.5, "slant": 0.5, "style": "blend"}
    changed = (find("highlighter").apply(WHITE, pen).pixels != 240).any(axis=2)
    left, right = (np.flatnonzero(changed[:, column]).mean() for column in (51, 148))
    assert 8 < left - right < 12


def test_text_stays_readable_and_marks_stay() -> None:
    done = find("highlighter").apply(chat(), find("highlighter").at(0.6))
    assert np.array_equal(done.mask, chat().mask)
    assert done.pixels[150:166].std() > 20

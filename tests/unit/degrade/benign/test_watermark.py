from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.degrade.operation import find
from sigh_batch.degrade.picture import picture_of
from tests.chats import chat

WHITE = picture_of(np.full((300, 400, 3), 255, np.uint8), np.ones((300, 400), bool))
WORD = {"text": "SAMPLE", "size": 0.1, "angle": 0.0, "color": [0, 0, 0]}


@pytest.mark.parametrize(
    ("place", "rows", "columns"),
    [
        ("top left", (0, 60), (0, 200)),
        ("top right", (0, 60), (200, 400)),
        ("bottom left", (240, 300), (0, 200)),
        ("bottom right", (240, 300), (200, 400)),
        ("middle", (120, 180), (100, 300)),
    ],
)
def test_the_word_is_where_it_should_be(place: str, rows: tuple[int, int], columns: tuple[int, int]) -> None:
    done = find("watermark").apply(WHITE, {**WORD, "place": place, "opacity": 1.0})
    y, x = np.nonzero(done.pixels[:, :, 0] < 250)
    assert len(y) > 300
    assert rows[0] <= y.min()
    assert y.max() < rows[1]
    assert columns[0] <= x.min()
    assert x.max() < columns[1]
    assert 17 <= np.ptp(y) <= 23  # capitals of a font of 30 pixels


def test_opacity_is_a_limit_and_opaque_letters_take_the_marks() -> None:
    half = find("watermark").apply(WHITE, {**WORD, "place": "tiled", "opacity": 0.5})
    assert 126 <= half.pixels.min() <= 129
    assert (half.mask == 1).all()
    full = find("watermark").apply(WHITE, {**WORD, "place": "tiled", "opacity": 1.0})
    assert np.array_equal(full.mask == 0, (full.pixels == 0).all(axis=2))
    assert (full.mask == 0).any()


def test_tiles_reach_all_over_and_turn() -> None:
    for angle in (0.0, 37.0):
        params = {**WORD, "size": 0.05, "angle": angle, "place": "tiled", "opacity": 0.4}
        done = find("watermark").apply(chat(), params).pixels != chat().pixels
        quarters = [part for half in np.split(done.any(axis=2), 2) for part in np.split(half, 2, axis=1)]
        assert all(part.mean() > 0.01 for part in quarters)

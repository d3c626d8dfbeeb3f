from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.degrade.picture import picture_of
from sigh_batch.degrade.places import area_of, draw_places
from sigh_batch.rng import for_sample
from tests.chats import chat


def test_places_are_around_elements_of_the_kinds() -> None:
    picture = chat()
    lines = [box for kind, box in zip(picture.kinds, picture.boxes.tolist(), strict=True) if kind == "line"]
    areas = [area_of(picture, place) for place in draw_places(for_sample(1, "p", 0), picture, ("line",), 9)]
    assert len(areas) == len(lines) == 4
    found = sorted((left, top, right - left, bottom - top) for left, top, right, bottom in areas)
    assert found == sorted((int(x), int(y), int(wide), int(high)) for x, y, wide, high in lines)


def test_grown_places_reach_further_by_a_share_of_their_height() -> None:
    picture = picture_of(chat().pixels, None, [[100, 100, 50, 20]], ["word"])
    (place,) = draw_places(for_sample(1, "p", 0), picture, ("word",), 1, 0.5)
    assert area_of(picture, place) == (90, 90, 160, 130)


def test_a_picture_without_elements_gets_places_all_the_same() -> None:
    bare = picture_of(chat().pixels)
    places = draw_places(for_sample(1, "p", 0), bare, ("word",), 3)
    assert len(places) == 3
    assert all(0 <= share <= 1 for place in places for share in place)


@pytest.mark.parametrize("size", [(1, 1), (7, 1000), (320, 3)])
@given(place=st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_an_area_is_never_empty_and_never_outside(size: tuple[int, int], place: list[float]) -> None:
    picture = picture_of(np.zeros((*size, 3), np.uint8))
    left, top, right, bottom = area_of(picture, place)
    assert 0 <= left < right <= picture.width
    assert 0 <= top < bottom <= picture.height

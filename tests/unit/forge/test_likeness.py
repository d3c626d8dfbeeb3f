import numpy as np

from sigh_batch.forge.box import Box
from sigh_batch.forge.ground import ink_of
from sigh_batch.forge.likeness import like_place
from sigh_batch.forge.places import boxes
from tests.cases import chat, photograph, tiled, written


def test_a_place_is_found_where_a_pattern_repeats() -> None:
    clean = tiled(400, 300)
    box = Box(150, 120, 60, 50)
    place = like_place(written(clean, box), box)
    assert place is not None
    assert not place.meets(box)
    assert ((place.x - box.x) % 40, (place.y - box.y) % 40) == (0, 0)


def test_no_text_is_taken_for_ground() -> None:
    found, loud = 0, 0
    for index in (1, 2, 4, 6, 16, 20):
        case = chat(index)
        for _, box in boxes(case, ("word",))[::5]:
            place = like_place(case.pixels, box.grown(2).inside(case.width, case.height))
            if place is not None:
                found += 1
                loud += int(np.count_nonzero(ink_of(case.pixels, place, 40)) > 3)
    assert found >= 20
    assert loud * 20 <= found


def test_where_nothing_is_alike_there_is_no_place() -> None:
    assert like_place(np.zeros((30, 30, 3), np.uint8), Box(2, 2, 26, 26)) is None
    noise = np.random.Generator(np.random.Philox(1)).integers(0, 256, (90, 120, 3)).astype(np.uint8)
    assert like_place(noise, Box(30, 30, 40, 20)) is None


def test_a_photograph_gives_the_same_place_twice() -> None:
    pixels = photograph(2).pixels
    box = Box(100, 90, 30, 20)
    assert like_place(pixels, box) == like_place(pixels.copy(), box)

import numpy as np

from sigh_batch.models.regions import Region, find_regions


def test_parts_become_boxes_heaviest_first() -> None:
    found = np.zeros((40, 60), np.float32)
    found[2:6, 3:13] = 0.5
    found[20:30, 40:50] = 1.0
    found[20:22, 40:42] = 0.5
    found[35, 1] = 1.0
    assert find_regions(found, 0.5, most=9, least_pixels=2) == (
        Region(40, 20, 10, 10, 0.98),
        Region(3, 2, 10, 4, 0.5),
    )
    assert len(find_regions(found, 0.5, most=9, least_pixels=1)) == 3
    assert find_regions(found, 0.5, most=1, least_pixels=1)[0].x == 40
    assert find_regions(found, 0.6, most=9, least_pixels=2) == (Region(40, 20, 10, 10, 1.0),)


def test_parts_that_touch_at_a_corner_are_one() -> None:
    found = np.zeros((8, 8), np.float32)
    found[0:2, 0:2] = found[2:4, 2:4] = 0.75
    assert find_regions(found, 0.5, most=9, least_pixels=1) == (Region(0, 0, 4, 4, 0.75),)


def test_nothing_lit_and_nothing_asked_for_are_no_boxes() -> None:
    found = np.ones((4, 4), np.float32)
    assert find_regions(found * 0.4, 0.5, most=9, least_pixels=1) == ()
    assert find_regions(found, 0.5, most=0, least_pixels=1) == ()

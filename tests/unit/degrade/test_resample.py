from __future__ import annotations

import cv2
import numpy as np
import pytest

from sigh_batch.degrade.resample import FILTERS, resample
from tests.chats import chat

EDGE = np.repeat(np.repeat(np.array([[0] * 8 + [200] * 8], np.uint8), 16, 0)[:, :, None], 3, 2)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("size", [(4, 4), (7, 33), (16, 16), (40, 5), (1, 1)])
def test_a_flat_wall_stays_flat_and_an_edge_stays_in_the_middle(
    name: str, antialias: bool, size: tuple[int, int]
) -> None:
    flat = np.full((16, 16, 3), (7, 130, 251), np.uint8)
    assert (resample(flat, *size, name, antialias) == (7, 130, 251)).all()
    done = resample(EDGE, *size, name, antialias)
    assert done.shape == (size[1], size[0], 3)
    if size[0] > 1:
        dark, bright = done[:, : size[0] // 2 - 1], done[:, (size[0] + 1) // 2 + 1 :]
        assert not dark.size or dark.mean() < 20
        assert not bright.size or bright.mean() > 180


def test_smoothing_keeps_what_plain_filters_lose_in_shrinking() -> None:
    stripes = np.zeros((32, 256, 3), np.uint8)
    stripes[:, ::8] = 255
    mean = stripes.mean()
    for name in ("bilinear", "bicubic", "lanczos", "area"):
        smooth = resample(stripes, 36, 32, name, True)
        assert abs(smooth.mean() - mean) < 3
        assert smooth.std() < 20
    assert resample(stripes, 36, 32, "bilinear", False).std() > 40


def test_the_filters_differ() -> None:
    for size in ((133, 107), (611, 489)):
        made = {
            resample(chat().pixels, *size, name, antialias).tobytes()
            for name in FILTERS
            for antialias in (False, True)
        }
        assert len(made) >= 7


def test_the_thread_s_use_of_ipp_is_as_before() -> None:
    before = cv2.ipp.useIPP()
    for wanted in (True, False):
        cv2.ipp.setUseIPP(wanted)
        expected = cv2.ipp.useIPP()  # a build without it answers no to both
        resample(EDGE, 5, 5, "bicubic", False)
        assert cv2.ipp.useIPP() == expected
    cv2.ipp.setUseIPP(before)

from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.data.sample import Json
from sigh_batch.degrade.operation import find
from sigh_batch.degrade.picture import picture_of
from sigh_batch.errors import ConfigError

PHOTO = find("screen_photo")
WHITE = picture_of(np.full((300, 400, 3), 255, np.uint8))
STRAIGHT = [[0, 0], [1, 0], [1, 1], [0, 1]]


def bare(**changes: object) -> Json:
    """Return a photo without any fault but those given."""
    faults = ("blur", "moire", "bend", "vignette", "noise")
    still = {"corners": STRAIGHT, "gamma": 1.0, "gains": [1.0, 1.0, 1.0], "quality": 100}
    return {**PHOTO.at(1.0), **dict.fromkeys(faults, 0.0), **still, **changes}


def test_without_faults_only_the_camera_s_jpeg_is_left() -> None:
    assert np.array_equal(PHOTO.apply(WHITE, bare()).pixels, WHITE.pixels)


def test_bands_have_the_pitch_and_angle_and_a_third_between_the_colours() -> None:
    done = PHOTO.apply(WHITE, bare(moire=0.3, pitch=20.0, angle=0.0)).pixels.astype(float)
    rows = done.mean(axis=0)
    assert done.std(axis=0).max() < 3
    peaks = [
        int(np.argmax(np.abs(np.fft.rfft(rows[:, channel] - rows[:, channel].mean()))))
        for channel in range(3)
    ]
    assert peaks == [20, 20, 20]  # 400 pixels, a band every 20
    phases = [np.angle(np.fft.rfft(rows[:, channel])[20]) for channel in range(3)]
    for one, other in ((0, 1), (1, 2), (2, 0)):
        assert (phases[other] - phases[one]) % (2 * np.pi) == pytest.approx(2 * np.pi / 3, abs=0.3)
    down = PHOTO.apply(WHITE, bare(moire=0.3, pitch=20.0, angle=90.0)).pixels.astype(float)
    assert down.std(axis=1).max() < 3


def test_the_vignette_darkens_corners_and_spares_the_middle() -> None:
    done = PHOTO.apply(WHITE, bare(vignette=0.5)).pixels
    assert done[150, 200].min() >= 253
    for corner in (done[2, 2], done[2, -3], done[-3, 2], done[-3, -3]):
        assert abs(int(corner[1]) - 128) <= 4
    edge = done[150, 2, 1]
    assert 180 < edge < 200  # half of the corner's distance squared


def test_corners_come_to_lie_where_they_are_sent() -> None:
    corners = [[0.1, 0.05], [0.95, 0.1], [0.9, 0.9], [0.05, 0.95]]
    done = PHOTO.apply(
        picture_of(WHITE.pixels, None, [[0, 0, 400, 300]]), bare(corners=corners, room=[0, 0, 0])
    )
    bright = done.pixels[:, :, 1] > 127
    for x, y in corners:
        row, column = round(y * 300), round(x * 400)
        assert bright[row - 6 : row + 6, column - 6 : column + 6].any()
        assert not bright[row - 6 : row + 6, column - 6 : column + 6].all()
    assert done.boxes.tolist() == [pytest.approx([20, 15, 360, 270], abs=1e-3)]


@pytest.mark.parametrize(
    "corners",
    [[[0, 0], [1, 1], [1, 0], [0, 1]], [[0, 0], [0, 0], [1, 1], [0, 1]], [[0, 0], [0, 1], [1, 1], [1, 0]]],
)
def test_corners_that_make_no_shape_are_refused(corners: list[list[float]]) -> None:
    with pytest.raises(
        ConfigError, match="its sides cross or fold; give a convex shape, clockwise from top left"
    ):
        PHOTO.apply(WHITE, bare(corners=corners))

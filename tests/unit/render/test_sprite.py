import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.render import coverage
from sigh_batch.render.sprite import round_off

sides = st.integers(1, 90)
radii = st.one_of(st.floats(0.01, 60), st.tuples(*[st.just(0.0) | st.floats(0.01, 45)] * 4))


@given(sides, sides, radii)
def test_rounded_corners_are_those_of_a_rectangle(
    width: int, height: int, radius: float | tuple[float, float, float, float]
) -> None:
    corners = radius if isinstance(radius, tuple) else (radius,) * 4
    cut = round_off(np.full((height, width, 3), 90, np.uint8), radius)
    whole = coverage.rectangle(0, 0, width, height, corners, (0, 0, width, height))
    if any(corners):
        assert np.array_equal(cut[..., 3], whole)
    assert (cut[..., :3] == 90).all()


def test_a_picture_that_is_transparent_already_becomes_no_more_opaque() -> None:
    glass = np.full((40, 40, 4), 100, np.uint8)
    cut = round_off(glass, 12.0)
    assert cut[20, 20, 3] == 100
    assert cut[0, 0, 3] == 0
    assert (glass == 100).all()

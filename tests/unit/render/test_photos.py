import numpy as np
import pytest

from sigh_batch.render.photos import photo


@pytest.mark.parametrize(
    ("shape", "size"), [("wide", (384, 512)), ("tall", (512, 384)), ("square", (420, 420))]
)
def test_a_picture_has_its_format_and_something_on_it(shape: str, size: tuple[int, int]) -> None:
    for seed in range(12):
        pixels = photo(seed, shape)
        assert pixels.shape == (*size, 3)
        assert pixels.std() > 8


def test_a_seed_gives_one_picture_and_another_seed_another() -> None:
    assert np.array_equal(photo(7, "wide"), photo(7, "wide"))
    assert np.abs(photo(7, "wide").astype(int) - photo(8, "wide")).mean() > 5


def test_what_is_drawn_on_a_picture_stays_there() -> None:
    photo(3, "tall")[:] = 0
    assert photo(3, "tall").any()

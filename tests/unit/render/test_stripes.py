import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.render.painter import CHROMIUM, TextMode
from sigh_batch.render.stripes import COLUMNS, blend, find_ink, settle

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
LINEAR = {coverage: TextMode(edging="subpixel", coverage=coverage) for coverage in COLUMNS}  # type: ignore[arg-type]


def stripes(columns: list[int], coverage: str) -> list[int]:
    """Return what is taken from white in each stripe of one row."""
    levels = np.array([columns], np.uint8)
    kept, added = blend(levels, BLACK, LINEAR[coverage])
    assert not added[..., :3].any()
    return [int(255 - value) for value in kept[0, :, :3].reshape(-1)]


def test_an_edge_colours_the_stripes_beside_it_from_left_to_right() -> None:
    for coverage, times in COLUMNS.items():
        row = stripes([0] * 2 * times + [255] * 3 * times, coverage)[:12]
        assert row == sorted(row)
        assert row[:3] == [0, 0, 0]
        assert row[-4:] == [255, 255, 255, 255]
        assert 0 < row[6] < 255


@given(st.lists(st.integers(0, 255), min_size=24, max_size=24))
def test_what_is_sampled_is_mirrored_with_its_columns(columns: list[int]) -> None:
    row = stripes(columns, "sampled")
    assert stripes(columns[::-1], "sampled") == row[::-1]
    assert sum(row) <= 3 * (sum(columns) / 4) * 272 / 256 + 1e-6


def test_ink_is_found_with_a_pixel_around_it() -> None:
    for times in COLUMNS.values():
        columns = np.zeros((5, 8 * times), np.uint8)
        assert find_ink(columns, times) == (0, 0, 0, 0)
        columns[2, 3 * times] = 9
        columns[3, 5 * times - 1] = 9
        assert find_ink(columns, times) == (2, 2, 6, 4)


@given(st.lists(st.floats(0, 900), max_size=8), st.floats(-30, 900))
def test_places_settle_on_quarters_nearby(xs: list[float], start: float) -> None:
    for before, after in zip(xs, settle(xs, start), strict=True):
        assert abs(after - before) <= 0.125 + 1e-9
        assert abs((after + start) * 4 - round((after + start) * 4)) < 1e-6


def test_light_text_is_added_to_what_is_kept() -> None:
    columns = np.full((1, 12), 255, np.uint8)
    kept, added = blend(columns, WHITE, CHROMIUM)
    assert kept[0, 1, :3].tolist() == [0, 0, 0]
    assert added[0, 1, :3].tolist() == [255, 255, 255]

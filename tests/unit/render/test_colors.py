import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.render.colors import (
    BLACK,
    WHITE,
    contrast,
    luminance,
    mix,
    oklch,
    readable,
    see_through,
    text_on,
)

UNIT = st.floats(0, 1)
COLORS = st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))


@pytest.mark.parametrize(
    ("one", "two", "ratio"),
    [(BLACK, WHITE, 21.0), (WHITE, WHITE, 1.0), ((119, 119, 119), WHITE, 4.48), ((255, 0, 0), WHITE, 3.998)],
)
def test_contrast_is_that_of_wcag(one: tuple[int, int, int], two: tuple[int, int, int], ratio: float) -> None:
    assert contrast(one, two) == pytest.approx(ratio, abs=0.005)
    assert contrast(two, one) == contrast(one, two)


@pytest.mark.parametrize(
    ("lightness", "chroma", "hue", "color"),
    [
        (1.0, 0.0, 0.0, WHITE),
        (0.0, 0.0, 0.0, BLACK),
        (0.628, 0.2577, 29.23 / 360, (255, 0, 0)),
        (0.5999, 0, 0, (128,) * 3),
    ],
)
def test_oklch_gives_known_colors(
    lightness: float, chroma: float, hue: float, color: tuple[int, ...]
) -> None:
    assert max(abs(a - b) for a, b in zip(oklch(lightness, chroma, hue), color, strict=True)) <= 1


@given(UNIT, st.floats(0, 0.37), UNIT)
def test_every_oklch_color_can_be_shown(lightness: float, chroma: float, hue: float) -> None:
    color = oklch(lightness, chroma, hue)
    assert all(0 <= part <= 255 for part in color)
    assert luminance(color) == pytest.approx(luminance(oklch(lightness, 0.0, 0.0)), abs=0.14)


@given(UNIT, st.floats(0, 0.2), UNIT, COLORS, st.sampled_from((3.0, 4.0, 4.5)))
def test_a_readable_color_keeps_the_contrast(
    lightness: float, chroma: float, hue: float, background: tuple[int, int, int], least: float
) -> None:
    color = readable(lightness, chroma, hue, background, least)
    assert contrast(color, background) >= least


def test_a_color_that_is_readable_is_kept() -> None:
    assert readable(0.4, 0.1, 0.6, WHITE, 4.5) == oklch(0.4, 0.1, 0.6)
    assert readable(0.9, 0.1, 0.6, WHITE, 4.5) != oklch(0.9, 0.1, 0.6)


@given(COLORS)
def test_text_on_any_ground_can_be_read(background: tuple[int, int, int]) -> None:
    assert contrast(text_on(background), background) >= 4.5


def test_mixing_and_seeing_through() -> None:
    assert mix(BLACK, WHITE, 0.5) == (128, 128, 128)
    assert mix((10, 20, 30), (50, 60, 70), 0.0) == (10, 20, 30)
    assert see_through((1, 2, 3), 0.5) == (1, 2, 3, 128)

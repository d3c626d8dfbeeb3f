"""Contours: smoothed surfaces of trials, as paths of SVG."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.report.contours import HEIGHT, WIDTH, contours, region, smooth
from tests.studies import study_document

LINE = np.linspace(0, 1, 5)


def area(path: str) -> float:
    """Return the area that a path encloses, by the formula of Gauss; all its polygons go round one way."""
    total = 0.0
    for text in filter(None, path.split("Z")):
        if "H" in text:
            left, top, right, bottom = map(float, re.findall(r"-?[\d.]+", text)[:4])
            total += (right - left) * (bottom - top)
            continue
        points = [tuple(map(float, pair.split(","))) for pair in text.removeprefix("M").split("L")]
        signed = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True))
        assert signed >= -1
        total += signed / 2
    return total


@given(st.lists(st.lists(st.floats(-9, 9), min_size=4, max_size=4), min_size=3, max_size=3))
def test_the_higher_the_level_the_smaller_the_region(rows: list[list[float]]) -> None:
    heights = np.array(rows)
    areas = [area(region(heights, level, 300, 200)) for level in np.linspace(-9, 9.1, 7)]
    assert areas[0] == pytest.approx(60_000)
    assert all(below >= above - 1 for below, above in itertools.pairwise(areas))
    assert areas[-1] == 0


def test_a_slope_is_cut_where_it_reaches_the_level() -> None:
    heights = np.array([[0.0, 1.0], [0.0, 1.0]])
    assert area(region(heights, 0.75, 100, 100)) == pytest.approx(2500)


def test_what_is_smoothed_is_like_the_nearest_trials_and_blank_far_from_all() -> None:
    heights, known = smooth([(0, 0), (0.25, 0.25), (0, 0.25)], [1.0, 5.0, 3.0], LINE, LINE)
    assert heights[0, 0] < heights[0, 1] < heights[1, 1]
    assert known[1, 1]
    assert not known[4, 4]


def test_pairs_of_settings_that_vary_have_a_plot_each() -> None:
    (plot,) = contours(study_document(8), "auc", "max")
    assert (plot.x, plot.y) == ("train.lr", "train.optimiser")
    assert len(plot.marks) == 8
    assert [mark.kind for mark in plot.marks][-1] == "best"
    areas = [area(path) for path in plot.areas]
    assert areas == sorted(areas, reverse=True)
    assert 0 < areas[-1] < areas[0] < WIDTH * HEIGHT
    turned = contours(study_document(8), "auc", "min")[0]
    assert turned.areas != plot.areas


def test_few_trials_make_no_surface() -> None:
    assert contours(study_document(5), "auc", "max") == []
    assert contours(study_document(0), "auc", "max") == []


def test_what_matters_most_is_paired_first() -> None:
    (plot,) = contours(
        study_document(8, importances={"auc": {"train.optimiser": 0.9, "train.lr": 0.1}}), "auc", "max"
    )
    assert (plot.x, plot.y) == ("train.optimiser", "train.lr")

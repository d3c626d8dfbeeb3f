"""Contours: what two settings reach together, smoothed over the trials that there are.

As in the plots of single settings, trials that were stopped early count as they last were.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sigh_batch.data.sample import Json
from sigh_batch.report.plots import Plot
from sigh_batch.report.trials import axis_scale, mark_of, way_of

WIDTH, HEIGHT = 260.0, 180.0
_COLUMNS, _ROWS = 26, 18
_LEVELS = 8
_SETTINGS = 4
"""Settings that are paired: those that matter most."""
_FEWEST = 6
"""Trials below which a surface would be made up."""
_REACH = 0.15
"""How far a trial tells of its neighbours: a standard deviation, as a share of each side."""
_FAR = 0.135
"""How near all trials together must be for a place to be coloured: one trial two deviations away."""

Corner = tuple[float, float, float]
"""A place, and how high the surface is there."""


def contours(study: Json, name: str, mode: str) -> list[Plot]:
    """Return a plot for each pair of the settings that matter most, where enough trials have both."""
    shares = study["importances"].get(name, {})
    axes = sorted(study["axes"], key=lambda axis: -shares.get(axis["path"], 0.0))[:_SETTINGS]
    found = (_contour(study, first, second, name, mode) for first, second in itertools.combinations(axes, 2))
    return [plot for plot in found if plot is not None]


def smooth(
    places: Sequence[tuple[float, float]],
    values: Sequence[float],
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the mean of all values at each crossing of a grid, weighed by nearness, and where any is near.

    Places and grid are shares of the two sides.
    """
    x, y = np.asarray(places, dtype=float).T
    across, down = (np.exp(-(((line[:, None] - at) / _REACH) ** 2) / 2) for line, at in ((xs, x), (ys, y)))
    near = down @ across.T
    mean: NDArray[np.float64] = (down * np.asarray(values)) @ across.T / near
    known: NDArray[np.bool_] = near >= _FAR
    return mean, known


def region(heights: NDArray[np.float64], level: float, width: float, height: float) -> str:
    """Return all of a surface that is as high as a level, as a path of SVG.

    The path has a polygon a cell, and one for each run of cells that are whole. All go round the same way,
    so that nothing shows where they touch.
    """
    rows, columns = heights.shape
    xs, ys = np.linspace(0, width, columns), np.linspace(0, height, rows)
    parts = []
    for row in range(rows - 1):
        run: float | None = None
        for column in range(columns - 1):
            corners = [
                (float(xs[c]), float(ys[r]), float(heights[r, c]))
                for r, c in ((row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column))
            ]
            whole = all(corner[2] >= level for corner in corners)
            if whole and run is None:
                run = corners[0][0]
            if run is not None and (not whole or column == columns - 2):
                end = corners[1][0] if whole else corners[0][0]
                parts.append(f"M{run:.0f},{ys[row]:.0f}H{end:.0f}V{ys[row + 1]:.0f}H{run:.0f}Z")
                run = None
            if not whole and (points := _cut(corners, level)):
                parts.append("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + "Z")
    return "".join(parts)


def _cut(corners: list[Corner], level: float) -> list[tuple[float, float]]:
    """Return the part of a cell that is as high as a level."""
    points = []
    for (x, y, here), (to_x, to_y, there) in zip(corners, corners[1:] + corners[:1], strict=True):
        if here >= level:
            points.append((x, y))
        if (here >= level) != (there >= level):
            share = (level - here) / (there - here)
            points.append((x + share * (to_x - x), y + share * (to_y - y)))
    return points


def _contour(study: Json, first: Json, second: Json, name: str, mode: str) -> Plot | None:
    paths = first["path"], second["path"]
    rows = [
        row
        for row in study["trials"]
        if row["state"] in ("complete", "pruned")
        and name in row["values"]
        and all(path in row["params"] for path in paths)
    ]
    values = [row["values"][name] for row in rows]
    if len(rows) < _FEWEST or min(values) == max(values):
        return None
    (x, x_ticks), (y, y_ticks) = axis_scale(first, WIDTH), axis_scale(second, HEIGHT, turned=True)
    places = [(x(row["params"][paths[0]]), y(row["params"][paths[1]])) for row in rows]
    if any(len(set(side)) < 2 for side in zip(*places, strict=True)):
        return None
    heights, known = smooth(
        [(across / WIDTH, down / HEIGHT) for across, down in places],
        [-way_of(mode) * value for value in values],
        np.linspace(0, 1, _COLUMNS + 1),
        np.linspace(0, 1, _ROWS + 1),
    )
    # Shades of equal area: one trial that went very wrong does not make all others look the same.
    levels = np.quantile(heights[known], np.linspace(0, 1, _LEVELS + 1)[1:-1])
    heights[~known] = heights.min()
    return Plot(
        title=f"{paths[0]} and {paths[1]}",
        label=f"{name} by both, smoothed",
        x=paths[0],
        y=paths[1],
        x_ticks=x_ticks,
        y_ticks=y_ticks,
        areas=[region(heights, float(level), WIDTH, HEIGHT) for level in levels],
        marks=[mark_of(row, *place, study["best"]) for row, place in zip(rows, places, strict=True)],
        width=WIDTH,
        height=HEIGHT,
    )

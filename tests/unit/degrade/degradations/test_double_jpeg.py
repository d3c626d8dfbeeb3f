"""Two saves leave two grids: where the blocks of the first end is measured in the pixels."""

from __future__ import annotations

import numpy as np
import pytest

from sigh_batch.degrade.encode import annex_k
from sigh_batch.degrade.operation import find
from sigh_batch.degrade.picture import Picture, Pixels, picture_of
from sigh_batch.rng import for_sample


def textured() -> Picture:
    """Return a picture with detail everywhere, so that blocks show."""
    generator = for_sample(3, "texture", 0).generator()
    coarse = generator.normal(0, 1, (64, 80))
    fine = np.kron(coarse, np.ones((5, 5))) * 30 + generator.normal(0, 14, (320, 400))
    return picture_of(np.repeat(np.clip(fine + 128, 0, 255).astype(np.uint8)[:, :, None], 3, 2))


def seams(pixels: Pixels, axis: int) -> list[float]:
    """Return how much larger steps are between pixel n - 1 and n for each n modulo 8."""
    grey = pixels[:, :, 1].astype(np.float64)
    # A block's edge shows as a step that its neighbours on both sides do not have.
    second = np.abs(np.diff(grey, 1, axis)).mean(axis=1 - axis)
    excess = second[2:-1] - (second[1:-2] + second[3:]) / 2
    phases = (np.arange(len(excess)) + 3) % 8
    return [float(excess[phases == phase].mean()) for phase in range(8)]


@pytest.mark.parametrize("shift", [(1, 2), (3, 5), (4, 0), (7, 7), (0, 6)])
def test_the_grid_of_the_first_save_lies_where_the_shift_says(shift: tuple[int, int]) -> None:
    params = {"first": annex_k(12, "4:4:4"), "second": annex_k(95, "4:4:4"), "shift": list(shift)}
    done = find("double_jpeg").apply(textured(), params)
    assert int(np.argmax(seams(done.pixels, 1))) == shift[0]
    assert int(np.argmax(seams(done.pixels, 0))) == shift[1]


def test_aligned_it_is_two_plain_saves() -> None:
    first, second = annex_k(60), annex_k(85)
    done = find("double_jpeg").apply(textured(), {"first": first, "second": second, "shift": [0, 0]})
    twice = find("jpeg").apply(find("jpeg").apply(textured(), first), second)
    assert np.array_equal(done.pixels, twice.pixels)
    assert done.encodes == twice.encodes


def test_both_passes_are_real_and_noted() -> None:
    operation = find("double_jpeg")
    done = operation.apply(textured(), operation.at(30))
    assert [entry["quality"] for entry in done.encodes] == [30, 85]
    assert [(entry["width"], entry["height"]) for entry in done.encodes] == [(405, 323), (400, 320)]
    once = find("jpeg").apply(textured(), annex_k(85))
    before = textured().pixels.astype(int)
    assert np.abs(done.pixels - before).mean() > 1.5 * np.abs(once.pixels - before).mean()


def test_drawn_shifts_are_aligned_or_any_other() -> None:
    operation, picture = find("double_jpeg"), textured()
    shifts = [tuple(operation.draw(for_sample(1, "d", i), picture)["shift"]) for i in range(400)]
    assert 0.2 < shifts.count((0, 0)) / len(shifts) < 0.4
    assert len(set(shifts)) > 50

"""Words written over others: in their line, in their colour, and nowhere else."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sigh_batch.rng import for_sample
from sigh_batch.training.writing import _paths, write_over

GROUND, INK = (240, 238, 250), (30, 40, 60)


def page() -> np.ndarray:
    """Return three lines of words."""
    sheet = Image.new("RGB", (320, 150), GROUND)
    font = ImageFont.truetype(_paths()[0], 18)
    for line in range(3):
        ImageDraw.Draw(sheet).text((12, 12 + 42 * line), "some words and more of them", INK, font)
    return np.array(sheet)


def strokes(pixels: np.ndarray) -> np.ndarray:
    """Return which pixels are darker than the ground."""
    return np.asarray(pixels[..., 0] < 200)


def test_words_are_replaced_in_their_line_and_stand_where_they_stood() -> None:
    before = page()
    rows, columns = strokes(before).nonzero()
    changed = 0
    for index in range(40):
        at = for_sample(0, "test", index).integer(0, len(rows) - 1)
        after = before.copy()
        write_over(after, int(rows[at]), int(columns[at]), for_sample(1, "test", index))
        differs = (after != before).any(2)
        if not differs.any():
            continue
        changed += 1
        lines = {int(row) // 42 for row in differs.nonzero()[0] - 8}
        assert lines == {(int(rows[at]) - 8) // 42}
        new = strokes(after) & differs
        assert new.any()
        # What is drawn is as dark as what was there, and lies within the words' own rows.
        assert abs(int(after[new].min()) - int(before.min())) < 40
        old = strokes(before)[min(differs.nonzero()[0]) : max(differs.nonzero()[0]) + 1]
        assert old.any()
    assert changed > 30


def test_the_same_is_written_again() -> None:
    pages = page(), page()
    row, column = (int(at[0]) for at in strokes(pages[0]).nonzero())
    for pixels in pages:
        write_over(pixels, row, column, for_sample(2, "test", 0))
    assert np.array_equal(*pages)
    assert (pages[0] != page()).any()


def test_nothing_is_written_where_there_are_no_words() -> None:
    flat = np.full((80, 200, 3), 200, np.uint8)
    tall = flat.copy()
    tall[:, 50:60] = 10
    speck = flat.copy()
    speck[40:43, 50:53] = 10
    for pixels, column in ((flat, 55), (tall, 55), (speck, 51)):
        kept = pixels.copy()
        write_over(pixels, 41, column, for_sample(0, "test", 0))
        assert np.array_equal(pixels, kept)

import itertools

import numpy as np

from sigh_batch.forge.digits import digit_boxes
from tests.cases import CHATS, chat


def test_digits_of_one_line_are_of_one_height_and_in_order() -> None:
    seen = 0
    for index in CHATS[:16]:
        case = chat(index)
        found = digit_boxes(case)
        for one, other in itertools.pairwise(found):
            if one.element == other.element and one.at < other.at:
                seen += 1
                assert one.box.right <= other.box.x
                assert abs(one.box.height - other.box.height) <= 0.3 * one.box.height
        for digit in found:
            text = case.elements[digit.element].text
            assert text is not None
            assert text[digit.at] == digit.digit
    assert seen >= 40


def test_the_same_digit_looks_the_same() -> None:
    """Equal digits of one element are nearly equal pixels: the boxes hold what they say."""
    alike, other = [], []
    for index in CHATS[:16]:
        case = chat(index)
        found = digit_boxes(case)
        for one in found:
            for two in found:
                if one.element == two.element and one.at < two.at and one.box[2:] == two.box[2:]:
                    apart = np.abs(
                        case.pixels[one.box.window].astype(int) - case.pixels[two.box.window]
                    ).mean()
                    (alike if one.digit == two.digit else other).append(apart)
    assert len(alike) >= 8
    assert np.median(alike) * 2 < np.median(other)

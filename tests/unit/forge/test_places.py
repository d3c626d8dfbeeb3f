import numpy as np
import pytest

from sigh_batch.data.sample import Element
from sigh_batch.errors import ConfigError
from sigh_batch.forge.box import Box
from sigh_batch.forge.case import Case
from sigh_batch.forge.places import boxes, element_box, ink_box, pick, said, shows, spot, told_box
from sigh_batch.rng import Draws
from tests.cases import chat, photograph, written

WHITE = np.full((100, 160, 3), 255, np.uint8)
INKED = Case(
    pixels=written(WHITE, Box(20, 30, 40, 12)),
    elements=(
        Element("word", 15, 28, 50, 16, "here"),
        Element("word", 90, 28, 50, 16, "nothing"),
        Element("word", 150, 28, 50, 16, "beyond"),
        Element("word", 20, 30, 2, 12, "thin"),
    ),
)


def test_only_what_can_be_seen_is_picked() -> None:
    assert [number for number, _ in boxes(INKED, ("word",))] == [0, 1]
    for at in range(8):
        assert pick(Draws("pick", at), INKED, ("word",)) == (0, Box(15, 28, 50, 16))
    assert pick(Draws("pick", 0), INKED, ("word",), lambda box: box.width > 60) is None


def test_the_box_of_ink_is_tight() -> None:
    assert ink_box(INKED.pixels, Box(10, 20, 80, 40)) == Box(20, 30, 40, 12)
    assert ink_box(WHITE, Box(10, 20, 80, 40)) == Box(10, 20, 80, 40)


def test_spots_show_something() -> None:
    case = photograph(1)
    found = [spot(Draws("spot", at), case) for at in range(20)]
    assert all(box is not None and shows(case.pixels, box) for box in found)
    assert spot(Draws("spot", 0), Case(pixels=WHITE)) is None


def test_parameters_are_checked_against_the_picture() -> None:
    assert told_box(INKED, {"box": [1, 2, 3, 4]}) == Box(1, 2, 3, 4)
    with pytest.raises(ConfigError, match="does not lie in the picture of 160x100"):
        told_box(INKED, {"box": [150, 2, 30, 4]})
    with pytest.raises(ConfigError, match="target 9 is not one of the 4 elements"):
        said(INKED, {"target": 9})
    assert said(INKED, {"target": 1}) == "nothing"
    assert said(INKED, {"target": None}) is None


def test_element_boxes_stay_in_the_picture() -> None:
    assert element_box(INKED, 2) == Box(150, 28, 10, 16)
    case = chat(1)
    whole = Box(0, 0, case.width, case.height)
    assert all(element_box(case, number).within(whole) for number in range(len(case.elements)))

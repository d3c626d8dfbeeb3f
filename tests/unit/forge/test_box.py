from hypothesis import given
from hypothesis import strategies as st

from sigh_batch.data.sample import Element
from sigh_batch.forge.box import Box, box_of, united

boxes = st.builds(Box, st.integers(-40, 90), st.integers(-40, 90), st.integers(1, 60), st.integers(1, 60))


@given(boxes, st.integers(-40, 40), st.integers(-40, 40))
def test_growing_keeps_the_middle_and_never_empties(box: Box, across: int, down: int) -> None:
    grown = box.grown(across, down)
    assert grown.width >= 1
    assert grown.height >= 1
    assert grown.x + grown.right == box.x + box.right
    assert grown.y + grown.bottom == box.y + box.bottom


@given(boxes)
def test_what_is_inside_a_picture_lies_in_it(box: Box) -> None:
    whole = Box(0, 0, 50, 40)
    part = box.inside(50, 40)
    assert part.within(whole)
    if box.meets(whole):
        assert part.within(box)
    if box.within(whole):
        assert part == box


@given(boxes, boxes)
def test_a_union_holds_both_and_no_more(one: Box, other: Box) -> None:
    both = united((one, other))
    assert one.within(both)
    assert other.within(both)
    assert both.x in (one.x, other.x)
    assert both.bottom in (one.bottom, other.bottom)
    assert one.meets(other) == other.meets(one)


def test_an_element_takes_every_pixel_that_it_touches() -> None:
    assert box_of(Element("word", 10.2, 20.9, 5.0, 0.2)) == Box(10, 20, 6, 2)
    assert box_of(Element("word", 3, 4, 0, 0)) == Box(3, 4, 1, 1)

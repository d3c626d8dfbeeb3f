import numpy as np

from sigh_batch.data.sample import Element
from sigh_batch.forge.case import Edit
from sigh_batch.stages.annotations import boxes_of, elements_after, moved, pruned, said_anew

PIXELS = np.zeros((4, 4, 3), np.uint8)
ELEMENTS = (
    Element("message", 0, 0, 200, 40, "pay 5 or 5", message=0),
    Element("text", 10, 5, 180, 30, "pay 5 or 5", message=0, parent=0),
    Element("line", 10, 5, 180, 15, "pay 5 or 5", message=0, parent=1),
    Element("word", 10, 5, 30, 15, "pay", message=0, parent=2),
    Element("word", 45, 5, 10, 15, "5", message=0, parent=2),
    Element("word", 60, 5, 20, 15, "or", message=0, parent=2),
    Element("word", 85, 5, 10, 15, "5", message=0, parent=2),
)


def edit(**entry: object) -> Edit:
    return Edit(pixels=PIXELS, entry={"type": "x", "params": {}, **entry})


def texts(elements: tuple[Element, ...]) -> list[str | None]:
    return [element.text if element.width else None for element in elements]


def test_the_right_one_of_equal_words_is_said_anew_in_all_that_it_belongs_to() -> None:
    after = elements_after(ELEMENTS, edit(target=6, old="5", new="9"))
    assert texts(after) == ["pay 5 or 9", "pay 5 or 9", "pay 5 or 9", "pay", "5", "or", "9"]
    assert said_anew(ELEMENTS, 2, 4, "5", "9") == "pay 9 or 5"


def test_a_line_that_is_written_anew_has_no_words_that_are_known() -> None:
    after = elements_after(ELEMENTS, edit(target=2, old="pay 5 or 5", new="all is paid"))
    assert texts(after) == ["all is paid"] * 3 + [None] * 4


def test_what_is_erased_is_gone_and_what_is_blurred_is_not() -> None:
    gone = elements_after(ELEMENTS, edit(target=3, old="pay", new=""))
    assert texts(gone)[3] is None
    assert gone[2].text == " 5 or 5"
    assert elements_after(ELEMENTS, edit(target=3, old="pay", new="pay")) == ELEMENTS
    assert elements_after(ELEMENTS, edit(target=3, old=None, new=None)) == ELEMENTS
    assert elements_after(ELEMENTS, edit(target=None, old=None, new="")) == ELEMENTS


def test_an_edits_own_word_counts_most() -> None:
    own = ELEMENTS[:2]
    assert elements_after(ELEMENTS, Edit(pixels=PIXELS, entry={"target": 3, "new": "x"}, elements=own)) is own


def test_elements_follow_their_boxes_and_cut_words_go() -> None:
    boxes = np.array(boxes_of(ELEMENTS)) * 0.5
    boxes[6, 2] *= 0.5
    boxes[3, 3] *= 0.7
    found = moved(ELEMENTS, boxes)
    assert found[0][1:5] == (0, 0, 100, 20)
    assert texts(found) == ["pay 5 or 5", "pay 5 or 5", "pay 5 or 5", "pay", "5", "or", None]


def test_what_is_left_is_numbered_anew_and_edits_follow() -> None:
    elements = tuple(
        element._replace(width=0, height=0) if number in (1, 3) else element
        for number, element in enumerate(ELEMENTS)
    )
    left, ops = pruned(elements, [{"type": "a", "target": 4}, {"type": "b", "target": 3}, {"type": "c"}])
    assert [element.text for element in left] == ["pay 5 or 5", "pay 5 or 5", "5", "or", "5"]
    assert [element.parent for element in left] == [None, 0, 1, 1, 1]
    assert [op["target"] for op in ops] == [2, None, None]

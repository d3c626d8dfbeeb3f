"""What a picture says and where, kept true while it is edited, moved and painted over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from sigh_batch.data.sample import Element, Json
from sigh_batch.degrade.picture import Boxes
from sigh_batch.forge.case import Edit

Elements = tuple[Element, ...]

_LEAST = 0.6
"""A word or line of which less than this part is left is no longer told of."""
_PARTS = frozenset({"line", "word"})


def elements_after(elements: Elements, edit: Edit) -> Elements:
    """Return what stands where after an edit: by its own word, or by what its entry says of the target.

    An element keeps its number; one that is gone has no size.
    """
    if edit.elements is not None:
        return edit.elements
    target, old, new = edit.entry.get("target"), edit.entry.get("old"), edit.entry.get("new")
    if target is None or new is None or new == old:
        return elements
    changed = list(elements)
    # Where the new words break into lines is not known, and the old lines are not there.
    for number in _below(elements, target):
        changed[number] = gone(elements[number])
    changed[target] = elements[target]._replace(text=new) if new else gone(elements[target])
    for parent in _above(elements, target):
        if old and elements[parent].text:
            changed[parent] = elements[parent]._replace(text=said_anew(elements, parent, target, old, new))
    return tuple(changed)


def gone(element: Element) -> Element:
    """Return an element that is no longer to be seen."""
    return element._replace(width=0.0, height=0.0)


def boxes_of(elements: Elements) -> list[tuple[float, float, float, float]]:
    """Return x, y, width and height of every element."""
    return [element[1:5] for element in elements]


def moved(elements: Elements, boxes: Boxes) -> Elements:
    """Return elements at the places that their boxes have come to; a cut word or line is gone."""
    if not elements:
        return elements
    wide = _usual([place[2] / element.width for element, place in _sized(elements, boxes)])
    high = _usual([place[3] / element.height for element, place in _sized(elements, boxes)])
    found = []
    for element, (x, y, width, height) in zip(elements, boxes.tolist(), strict=True):
        cut = element.kind in _PARTS and (
            width < _LEAST * wide * element.width or height < _LEAST * high * element.height
        )
        size = (0.0, 0.0) if cut else (round(width, 2), round(height, 2))
        found.append(element._replace(x=round(x, 2), y=round(y, 2), width=size[0], height=size[1]))
    return tuple(found)


def pruned(elements: Elements, ops: Sequence[Json]) -> tuple[Elements, tuple[Json, ...]]:
    """Return the elements that are to be seen, numbered anew, and operations whose targets follow them."""
    kept = [number for number, element in enumerate(elements) if element.width > 0 and element.height > 0]
    numbers = {old: new for new, old in enumerate(kept)}
    left = []
    for number in kept:
        element = elements[number]
        parent = element.parent
        while parent is not None and parent not in numbers:
            parent = elements[parent].parent
        left.append(element._replace(parent=None if parent is None else numbers[parent]))
    return tuple(left), tuple({**op, "target": numbers.get(op.get("target", -1))} for op in ops)


def _below(elements: Elements, target: int) -> Iterator[int]:
    """Yield the numbers of all that belongs to an element."""
    for number in range(len(elements)):
        if target in _above(elements, number):
            yield number


def _above(elements: Elements, number: int) -> Iterator[int]:
    """Yield the numbers of what an element belongs to, the nearest first."""
    parent = elements[number].parent
    while parent is not None:
        yield parent
        parent = elements[parent].parent


def said_anew(elements: Elements, parent: int, target: int, old: str, new: str) -> str:
    """Return a text with one of its parts replaced: the one that follows all earlier parts of its kind."""
    text, place = elements[parent].text or "", 0
    for number in range(target):
        part = elements[number]
        if part.kind == elements[target].kind and part.text and parent in _above(elements, number):
            found = text.find(part.text, place)
            place = place if found < 0 else found + len(part.text)
    start = text.find(old, place)
    if start < 0:
        start = text.find(old)
    return text if start < 0 else text[:start] + new + text[start + len(old) :]


def _sized(elements: Elements, boxes: Boxes) -> Iterator[tuple[Element, Sequence[float]]]:
    for element, place in zip(elements, boxes.tolist(), strict=True):
        if element.width > 0 and element.height > 0 and place[2] > 0:
            yield element, place


def _usual(ratios: Sequence[float]) -> float:
    return median(ratios) if ratios else 1.0

"""What stands where, and says what, once a line was written anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sigh_batch.data.sample import Element
from sigh_batch.forge import easel
from sigh_batch.forge.passage import Passage, Stretch
from sigh_batch.forge.planning import left_of, passage_from


def elements_after(
    before: tuple[Element, ...], params: Mapping[str, Any], target: int
) -> tuple[Element, ...]:
    """Return the elements as they are once a plan is carried out."""
    passage, stretch = passage_from(params, target)
    shift = int(params["shift"])
    new = str(params["becomes"])
    elements = list(before)
    line = elements[target]
    grown = passage.lettering.set(new).width - passage.width
    back = -grown if passage.lettering.rtl else 0.0
    if stretch.old == passage.text:
        back = left_of(passage, stretch, passage.width + grown) - stretch.left
    elements[target] = line._replace(
        text=new,
        value=params.get("value", line.value),
        x=round(line.x + back, 2),
        width=round(line.width + grown, 2),
    )
    if passage.tail and shift:
        _move_tail(elements, passage, shift)
    if line.kind == "line":
        _exchange_words(elements, passage, stretch, shift)
    parent = line.parent
    while line.kind == "line" and parent is not None:
        above = elements[parent]
        if above.text and passage.text in above.text:
            elements[parent] = above._replace(text=above.text.replace(passage.text, new, 1))
        parent = above.parent
    return tuple(elements)


def _move_tail(elements: list[Element], passage: Passage, shift: int) -> None:
    """Move the times that stand in the row of a name and follow it."""
    own = elements[passage.target]
    first, last = passage.right - 0.5, passage.right + passage.tail + 0.5
    if passage.lettering.rtl:
        first, last = passage.lettering.x - passage.tail - 0.5, passage.lettering.x + 0.5
    for number, other in enumerate(elements):
        same = other.kind == "time" and other.parent == own.parent
        if same and first <= other.x and other.x + other.width <= last:
            elements[number] = other._replace(x=round(other.x + shift, 2))


def _exchange_words(elements: list[Element], passage: Passage, stretch: Stretch, shift: int) -> None:
    """Take the words of a stretch away, move those after it, and put the new ones at the end."""
    rtl = passage.lettering.rtl
    for number, element in enumerate(elements):
        if element.kind != "word" or element.parent != passage.target:
            continue
        middle = element.x + element.width / 2
        if stretch.left - 0.5 <= middle <= stretch.right + 0.5:
            elements[number] = element._replace(width=0.0, height=0.0)
        elif (middle < stretch.left) == rtl:
            elements[number] = element._replace(x=round(element.x + shift, 2))
    line = elements[passage.target]
    fresh = passage.lettering.set(stretch.new)
    left = left_of(passage, stretch, fresh.width)
    for word in easel.words_in(fresh):
        x, width = round(left + word.x, 2), round(word.width, 2)
        elements.append(
            Element("word", x, line.y, width, line.height, word.text, None, line.message, passage.target)
        )

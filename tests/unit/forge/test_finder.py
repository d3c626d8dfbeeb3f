import itertools
import time

import numpy as np

from sigh_batch.data.sample import Element
from sigh_batch.forge.finder import find_text
from tests.cases import chat, photograph

TEXTS = ("line", "author", "time", "separator", "system", "header", "input")


def _overlap(one: Element, other: Element) -> tuple[float, float]:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(0.0, across), max(0.0, down)


def _holds(found: Element, known: Element) -> bool:
    across, down = _overlap(found, known)
    return (
        across > 0.7 * known.width
        and down > 0.5 * min(found.height, known.height)
        and found.height < 1.7 * known.height
    )


def test_lines_of_screenshots_are_found_and_little_else() -> None:
    known, hits, found, astray = 0, 0, 0, 0
    for index in range(20):
        case = chat(index)
        lines = [element for element in find_text(case.pixels) if element.kind == "line"]
        for element in case.elements:
            if element.kind == "line":
                known += 1
                hits += any(_holds(line, element) for line in lines)
        true = [element for element in case.elements if element.kind in TEXTS]
        said = [element for element in case.elements if element.message is not None]
        left, right = min(one.x for one in said), max(one.x + one.width for one in said)
        top, bottom = min(one.y for one in said), max(one.y + one.height for one in said)
        for line in lines:
            across, down = line.x + line.width / 2, line.y + line.height / 2
            if not (left <= across <= right and top <= down <= bottom):
                continue  # in bars and lists at the side not every text is noted
            found += 1
            areas = [across * down for across, down in (_overlap(line, element) for element in true)]
            astray += max(areas, default=0.0) < 0.3 * line.width * line.height
    assert known >= 100
    assert hits >= 0.9 * known
    assert astray <= 0.2 * found


def test_words_belong_to_their_line_and_lines_are_in_reading_order() -> None:
    elements = find_text(chat(1).pixels)
    assert any(element.kind == "word" for element in elements)
    tops = [element.y for element in elements if element.kind == "line"]
    assert sum(one > other + 20 for one, other in itertools.pairwise(tops)) == 0
    for element in elements:
        assert element.text is None
        if element.kind == "word":
            assert element.parent is not None
            line = elements[element.parent]
            assert line.kind == "line"
            across, down = _overlap(element, line)
            assert across * down >= 0.7 * element.width * element.height


def test_boxes_lie_in_the_picture() -> None:
    case = chat(0)
    for element in find_text(case.pixels):
        assert element.x >= 0
        assert element.y >= 0
        assert element.x + element.width <= case.width
        assert element.y + element.height <= case.height


def test_photographs_and_noise_hold_little_text() -> None:
    assert sum(len(find_text(photograph(seed, 640, 480).pixels)) for seed in range(4)) <= 12
    noise = np.random.Generator(np.random.Philox(0)).integers(0, 256, (500, 600, 3)).astype(np.uint8)
    assert len(find_text(noise)) <= 2
    assert find_text(np.full((40, 40, 3), 7, np.uint8)) == ()
    assert find_text(np.zeros((1, 1, 3), np.uint8)) == ()


def test_it_takes_no_time() -> None:
    pixels = chat(0).pixels
    find_text(pixels)
    times = []
    for _ in range(5):
        start = time.process_time()
        find_text(pixels)
        times.append(time.process_time() - start)
    assert min(times) < 0.05 * pixels.size / 3e6

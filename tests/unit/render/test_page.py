import numpy as np
import pytest

from sigh_batch.errors import MissingGlyph
from sigh_batch.render.page import Page
from tests.unit.render.pages import blank_page

INK = (10, 20, 30)


def inked(page: Page) -> tuple[int, int, int, int]:
    """Return the box of everything that is not white: left, top, right, bottom."""
    rows, columns = np.nonzero(page.canvas.rgba()[..., :3].min(axis=2) < 250)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


@pytest.mark.parametrize(("rtl", "left"), [(False, 30), (True, 310)])
def test_a_page_mirrors_what_is_drawn_and_noted(rtl: bool, left: int) -> None:
    page = blank_page(rtl=rtl)
    page.box(30, 40, 60, 20, INK)
    assert page.note("bubble", 30, 40, 60, 20, value="v") == 0
    assert inked(page) == (left, 40, left + 60, 60)
    assert page.elements[0][:5] == ("bubble", left, 40, 60, 20)


def test_corners_are_mirrored_with_the_box() -> None:
    pictures = []
    for rtl in (False, True):
        page = blank_page(100, 100, rtl=rtl)
        page.box(10, 10, 60, 60, INK, (20.0, 0.0, 8.0, 0.0))
        pictures.append(page.canvas.pixels())
    straight, mirrored = (picture.astype(int) for picture in pictures)
    assert abs(straight - mirrored[:, ::-1]).max() < 40
    assert abs(straight - straight[:, ::-1]).max() > 200


@pytest.mark.parametrize("rtl", [False, True])
def test_a_column_at_the_start_moves_the_rest(rtl: bool) -> None:
    page = blank_page(400, 100, rtl=rtl)
    with page.beside(150):
        assert page.width == 250
        page.box(0, 0, page.width, 10, INK)
    assert page.width == 400
    assert inked(page) == ((0, 0, 250, 10) if rtl else (150, 0, 400, 10))


def test_nothing_is_drawn_or_noted_outside_a_view() -> None:
    page = blank_page()
    with page.view(0, 100, 400, 100):
        page.box(50, 80, 100, 300, INK)
        assert page.note("message", 50, 80, 100, 300) == 0
        assert page.note("message", 50, 210, 100, 50) is None
        assert page.note("line", 50, 80, 100, 30, least=0.6) is None
    assert page.note("message", 50, 210, 100, 50) == 1
    assert inked(page) == (50, 100, 150, 200)
    assert page.elements[0][1:5] == (50, 100, 100, 100)


def test_a_text_is_noted_with_its_lines_and_words() -> None:
    page = blank_page()
    text = page.set("Hello there, this is long enough to wrap", page.style(15, 400, 1.3), 150)
    page.body(text, 20, 30, INK, message=4)
    kinds = [element.kind for element in page.elements]
    assert kinds.count("text") == 1
    assert kinds.count("line") == len(text.lines) > 1
    words = [element for element in page.elements if element.kind == "word"]
    assert [word.text for word in words] == ["Hello", "there,", "this", "is", "long", "enough", "to", "wrap"]
    for word in words:
        line = page.elements[word.parent or 0]
        assert line.kind == "line"
        assert word.text in (line.text or "")
        assert page.elements[line.parent or 0].kind == "text"
    assert {element.message for element in page.elements} == {4}


def test_boxes_lie_where_the_ink_is() -> None:
    page = blank_page()
    text = page.set("wonderful", page.style(40))
    page.body(text, 50, 60, INK)
    left, top, right, bottom = inked(page)
    word = page.elements[-1]
    assert word.text == "wonderful"
    assert abs(word.x - left) < 4
    assert abs(word.x + word.width - right) < 4
    assert word.y <= top
    assert word.y + word.height >= bottom


def test_an_address_has_its_own_color_also_where_it_wraps() -> None:
    page = blank_page()
    text = page.set("See https://photos.example.com/a/abcdefgh ok", page.style(15, 400, 1.3), 120)
    page.body(text, 10, 10, (0, 0, 0), link=(255, 0, 0))
    pixels = page.canvas.pixels().astype(int)
    red = (pixels[..., 0] > 200) & (pixels[..., 1] < 80)
    rows = np.nonzero(red.any(axis=1))[0]
    assert rows.max() - rows.min() > 20
    assert ((pixels.max(axis=2) < 80).sum()) > 20


def test_a_character_without_a_glyph_is_refused_by_name() -> None:
    with pytest.raises(
        MissingGlyph, match=r"no font has a glyph for \u1200 \(U\+1200\); put one that has into"
    ):
        blank_page().set("ok \u1200", blank_page().style(15))


@pytest.mark.parametrize(
    ("name", "turns"), [("back", True), ("smile", False), ("send", True), ("search", False)]
)
def test_icons_that_point_are_mirrored(name: str, turns: bool) -> None:
    pictures = []
    for rtl in (False, True):
        page = blank_page(60, 60, rtl=rtl)
        page.icon(name, 10, 10, 40, INK)
        pictures.append(page.canvas.pixels().astype(int))
    straight, mirrored = pictures
    assert (straight < 200).any()
    likeness = abs(mirrored - straight[:, ::-1]).mean()
    assert (likeness < 1.5) == (turns or name == "smile")


def test_lengths_become_whole_pixels() -> None:
    page = blank_page(scale=1.5)
    assert [page.px(value) for value in (1, 2, 3, 10.4)] == [2, 3, 5, 16]
    assert page.style(15).size == 22.5
